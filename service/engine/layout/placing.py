"""From tracks to coordinates: how wide every column and channel is, and where each flow bends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .channels import Channels
from .grid import Axis, Grid, Run
from .lettering import EVENT_LINE, label_size
from .model import Box, Drawing, Lane, Node, Point
from .routing import Router

EVENT = 36.0
GATEWAY = 50.0
_TRACK = 14.0
_PAD = {"v": 18.0, "h": 15.0}
_LEAST = {"v": 34.0, "h": 22.0}
_RIM = {"v": 18.0, "h": 18.0}
_LANE_CHARACTER = 15.0


class Room:
    """What a node needs on each side of the lines its flows run on, its label included.

    A label may stick out to the left and right as long as it meets nothing;
    `claim` makes the column wide enough for it.
    """

    def __init__(self, node: Node, router: Router) -> None:
        half = node.width / 2 if node.span == 1 else 0
        self.left, self.right, self.up, self.down = half, half, node.up, node.down
        self.label: Box | None = None  # relative to the node's place
        if node.shape in {"event", "gateway"} and node.name:
            self._add_label(node, {side for (owner, side) in router.doors if owner == node.id})
        for event in node.attached:
            width, height = event.label
            self.down = max(self.down, node.down + max(EVENT / 2, height + 4) + 4)
            if node.span == 1:
                self.right = max(self.right, event.offset + EVENT / 2 + 4 + width)

    def claim(self) -> None:
        if self.label is not None:
            self.left = max(self.left, -self.label.x)
            self.right = max(self.right, self.label.right)

    def _add_label(self, node: Node, used: set[str]) -> None:
        width, height = label_size(node.name, EVENT_LINE)
        sides = ("top", "bottom") if node.shape == "gateway" else ("bottom", "top")
        free = [side for side in sides if side not in used]
        if free:
            y = node.down + 4 if free[0] == "bottom" else -node.up - 4 - height
            self.label = Box(-width / 2, y, width, height)
        else:
            self.label = Box(8, -node.up - 3 - height, width, height)
        self.up = max(self.up, -self.label.y)
        self.down = max(self.down, self.label.bottom)


class Plan:
    """Coordinates of every line and track, and the drawing they make."""

    def __init__(self, grid: Grid, router: Router, channels: Channels, lanes: Sequence[Lane], bands: int) -> None:
        self.grid, self.router, self.channels, self.lanes = grid, router, channels, lanes
        self.bands = bands
        self.rooms = {node.id: Room(node, router) for node in grid.nodes.values()}
        self.wider: dict[tuple[Axis, int], float] = defaultdict(float)  # behind the tracks, asked for by labels
        self.headroom: dict[int, float] = defaultdict(float)  # before a strand, by id
        self.xs: list[float] = []
        self.ys: list[float] = []
        self._tracks: dict[tuple[Axis, int], list[float]] = {}
        self._channel_edges: dict[int, tuple[float, float]] = {}
        self._edges: list[tuple[float, float]] = []  # left and right edge of each column

    def draw(self) -> Drawing:
        rows = [(0.0, 0.0)] * len(self.grid.row_strip)
        for name, room in self.rooms.items():
            j = self.grid.row[name]
            rows[j] = (max(rows[j][0], room.up), max(rows[j][1], room.down))
        self.xs, width, self._edges = self._place("v", self._column_rooms())
        self.ys, height, _ = self._place("h", rows)
        start = next((node.id for node in self.grid.nodes.values() if node.is_start), next(iter(self.grid.nodes)))
        drawing = Drawing(width, height, self.centre(start).y)
        for index, lane in enumerate(self.lanes):
            drawing.lanes[lane.id] = self._lane_edges(index) if len(self.lanes) > 1 else (0, height)
        for node in self.grid.nodes.values():
            self._draw_node(drawing, node)
        for name, runs in self.router.routes.items():
            drawing.lines[name] = self._points(runs[0])
        return drawing

    def _column_rooms(self) -> list[tuple[float, float]]:
        columns = [(0.0, 0.0)] * self.grid.columns
        for node in self.grid.nodes.values():
            room = self.rooms[node.id]
            first, last = self.grid.column[node.id], self.grid.last[node.id]
            if first == last:
                columns[first] = (max(columns[first][0], room.left), max(columns[first][1], room.right))
                continue
            for event in node.attached:
                at = self.grid.column_of(node, event.id)
                left, right = columns[at]
                columns[at] = (max(left, EVENT / 2 - event.offset + 4), max(right, event.offset + EVENT / 2 + event.label[0] + 8))
        for node in sorted(self.grid.nodes.values(), key=lambda n: n.span):
            first, last = self.grid.column[node.id], self.grid.last[node.id]
            if first != last:
                _, _, edges = self._place("v", columns)
                lacking = node.width - (edges[last][1] - edges[first][0])
                for at in range(first, last + 1) if lacking > 0 else ():
                    left, right = columns[at]
                    columns[at] = (left + lacking / node.span / 2, right + lacking / node.span / 2)
        return columns

    def _lane_edges(self, lane: int) -> tuple[float, float]:
        edges = [
            self._channel_edges[j] for j, line in enumerate(self.grid.down) if line.kind == "channel" and line.strip // self.bands == lane
        ]
        return edges[0][0], edges[-1][1]

    def centre(self, node: str) -> Point:
        i, j = self.grid.home(node)
        return Point(self.xs[i], self.ys[j])

    def along(self, run: Run) -> float:
        """The coordinate a run keeps."""
        strand = self.channels.strand_of.get(id(run))
        if strand is not None:
            return self._tracks[run.axis, run.line][strand.track]
        return (self.ys if run.axis == "h" else self.xs)[run.line]

    def _place(self, axis: Axis, cells: list[tuple[float, float]]) -> tuple[list[float], float, list[tuple[float, float]]]:
        """Coordinate of each line across `axis`, the whole extent, and the edges of each column or row."""
        lines = self.grid.lines(axis)
        places: list[float] = []
        edges: list[tuple[float, float]] = []
        edge = middle = 0.0
        self._channel_edges = {}
        for index, line in enumerate(lines):
            if line.kind != "channel":
                places.append(middle + line.offset)
                continue
            width = self._channel_width(axis, index, edge, self._is_rim(axis, index)) + self._lane_padding(axis, index, cells)
            places.append(edge + width / 2)
            self._channel_edges[index] = (edge, edge + width)
            edge += width
            if index + 1 < len(lines) and lines[index + 1].kind != "channel":
                before, behind = cells[line.cell]
                middle = edge + before
                edges.append((edge, edge + before + behind))
                edge += before + behind
        return places, edge, edges

    def _is_rim(self, axis: Axis, index: int) -> bool:
        lines = self.grid.lines(axis)
        at_edge = index in {0, len(lines) - 1}
        return at_edge or lines[index - 1].kind == "channel" or lines[index + 1].kind == "channel"

    def _channel_width(self, axis: Axis, index: int, edge: float, outer: bool) -> float:
        channel = self.channels.by_line.get((axis, index))
        tracks = channel.tracks if channel else 0
        extra = self.wider[axis, index]
        if not channel or not tracks:
            self._tracks[axis, index] = []
            return (_RIM[axis] if outer else _LEAST[axis]) + extra
        room = [max((self.headroom[id(s)] for s in channel.strands if s.track == track), default=0) for track in range(tracks)]
        at = edge + _PAD[axis]
        self._tracks[axis, index] = []
        for track in range(tracks):
            at += room[track] + (_TRACK if track else 0)
            self._tracks[axis, index].append(at)
        return max(at + _PAD[axis] - edge, _RIM[axis] if outer else _LEAST[axis]) + extra

    def _lane_padding(self, axis: Axis, index: int, cells: list[tuple[float, float]]) -> float:
        """What the lane's first and last channel add so that the lane's name fits beside it."""
        if axis == "v" or len(self.lanes) < 2:
            return 0
        lane = self.grid.down[index].strip // self.bands
        channels = [j for j, line in enumerate(self.grid.down) if line.kind == "channel" and line.strip // self.bands == lane]
        if index not in {channels[0], channels[-1]}:
            return 0
        rows = sum(sum(cells[row]) for row, strip in enumerate(self.grid.row_strip) if strip // self.bands == lane)
        wanted = min(len(self.lanes[lane].name), 9) * _LANE_CHARACTER + 20
        return max(0, wanted - rows - _RIM["h"] * len(channels)) / (1 if channels[0] == channels[-1] else 2)

    def sides(self, node: Node) -> tuple[float, float]:
        """Left and right edge of the node itself."""
        if node.span > 1:
            left = self._edges[self.grid.column[node.id]][0]
            return left, max(left + node.width, self._edges[self.grid.last[node.id]][1])
        x = self.centre(node.id).x
        return x - node.width / 2, x + node.width / 2

    def _draw_node(self, drawing: Drawing, node: Node) -> None:
        x, y = self.centre(node.id)
        left, right = self.sides(node)
        drawing.boxes[node.id] = Box(left, y - node.up, right - left, node.up + node.down)
        label = self.rooms[node.id].label
        if label is not None:
            drawing.labels[node.id] = label.moved(x, y)
        for event in node.attached:
            left, top = self.xs[self.grid.stub_line[event.id]] - EVENT / 2, y + node.down - EVENT / 2
            drawing.boxes[event.id] = Box(left, top, EVENT, EVENT)
            if event.name:
                drawing.labels[event.id] = Box(left + EVENT + 2, y + node.down + 4, *event.label)

    def _points(self, first: Run) -> list[Point]:
        points = [self._port(first, first.flow.source, leaving=True)]
        run = first
        while run.after is not None:
            flat, upright = (run, run.after) if run.axis == "h" else (run.after, run)
            points.append(Point(self.along(upright), self.along(flat)))
            run = run.after
        points.append(self._port(run, run.flow.target, leaving=False))
        return _tidy(points)

    def _port(self, run: Run, name: str, *, leaving: bool) -> Point:
        node = self.grid.nodes[name]
        x, y = self.centre(name)
        outward = run.end > run.start if leaving else run.start > run.end
        if leaving and run.flow.attached:
            return Point(self.along(run), y + node.down + EVENT / 2)
        if run.axis == "h":
            return Point(self.sides(node)[1 if outward else 0], y)
        return Point(x, y + node.down if outward else y - node.up)


def _tidy(points: list[Point]) -> list[Point]:
    """Without repeated points and without points on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1].x - point.x) < 0.01 and abs(kept[-1].y - point.y) < 0.01:
            continue
        if len(kept) > 1 and (kept[-2].x == kept[-1].x == point.x or kept[-2].y == kept[-1].y == point.y):
            kept.pop()
        kept.append(point)
    return kept
