"""Find each flow's way over the grid: short, few bends, few crossings, never through a node."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .grid import Axis, Grid, Run, Side
from .model import Flow

_BEND = 45.0
_CROSSING = 40.0
_CROWD = 5.0
_TWIN = 300.0  # two flows between the same nodes must not look like one
_STEPS = {"right": (1, 0), "left": (-1, 0), "bottom": (0, 1), "top": (0, -1)}
_OPPOSITE: dict[Side, Side] = {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}

Crossing = tuple[int, int]
_State = tuple[int, int, Side]


class Router:
    """Takes flows one after the other; later ones go around earlier ones."""

    def __init__(self, grid: Grid, flows: Sequence[Flow]) -> None:
        self.grid = grid
        self.leaving: dict[str, int] = defaultdict(int)
        for flow in flows:
            self.leaving[flow.source] += 1
        pairs = [(flow.source, flow.target) for flow in flows]
        self.twins = {flow.id for flow in flows if pairs.count((flow.source, flow.target)) > 1}
        self.routes: dict[str, list[Run]] = {}
        self.doors: dict[tuple[str, Side], str] = {}
        self._steps: dict[tuple[Axis, int, int], list[Flow]] = defaultdict(list)
        self._passing: dict[Crossing, list[tuple[Flow, Side, Side]]] = defaultdict(list)
        self._at_x, self._at_y = _nominal_places(grid)

    def route(self, flow: Flow) -> None:
        found = self._search(flow)
        self._remember(flow, found)
        self.routes[flow.id] = _runs(flow, [place for place, _ in found], self.leaving[flow.source])
        if flow.id in self.twins:
            for run in self.routes[flow.id]:
                run.key = ("twin", flow.id)

    def _search(self, flow: Flow) -> list[tuple[Crossing, Side]]:
        """Dijkstra over (crossing, heading); the answer runs from the source's place to the target's."""
        ends = {(self.grid.door(flow.target, side), side): cost for side, cost in self._entries(flow)}
        best: dict[_State, float] = {}
        came: dict[_State, _State | None] = {}
        queue: list[tuple[float, int, _State]] = []
        count = 0
        for state, cost in self._starts(flow):
            best[state], came[state] = cost, None
            heapq.heappush(queue, (cost, count, state))
            count += 1
        goal: tuple[float, _State, Side] | None = None
        while queue:
            cost, _, state = heapq.heappop(queue)
            if cost > best[state]:
                continue
            if goal is not None and cost >= goal[0]:
                break
            i, j, heading = state
            for side, extra in [(side, extra) for (door, side), extra in ends.items() if door == (i, j)]:
                toward = _OPPOSITE[side]
                turn = self._turn_cost(flow, (i, j), heading, toward)
                if turn is not None and (goal is None or cost + turn + extra < goal[0]):
                    goal = (cost + turn + extra, state, side)
            for after, step in self._moves(flow, state):
                if cost + step < best.get(after, float("inf")):
                    best[after], came[after] = cost + step, state
                    heapq.heappush(queue, (cost + step, count, after))
                    count += 1
        assert goal is not None, "the channels around every node are always open"
        return self._trace(flow, goal[1], goal[2], came)

    def _trace(self, flow: Flow, last: _State, side: Side, came: dict[_State, _State | None]) -> list[tuple[Crossing, Side]]:
        way: list[tuple[Crossing, Side]] = []
        state: _State | None = last
        while state is not None:
            way.append(((state[0], state[1]), state[2]))
            state = came[state]
        way.reverse()
        first = self.grid.home(flow.source)
        if flow.attached:
            first = (self.grid.stub_line[flow.attached], first[1])
        return [(first, way[0][1]), *way, (self.grid.home(flow.target), _OPPOSITE[side])]

    def _starts(self, flow: Flow) -> Iterator[tuple[_State, float]]:
        if flow.attached:
            i = self.grid.stub_line[flow.attached]
            yield (i, self.grid.home(flow.source)[1] + 1, "bottom"), 0
            return
        shape = self.grid.nodes[flow.source].shape
        prices: dict[Side, float] = {"right": 0, "top": 12 if shape == "gateway" else 90, "bottom": 10 if shape == "gateway" else 88}
        if flow.source == flow.target:
            prices = {"right": 0}
        elif shape == "note" or flow.is_association:
            prices = {"right": 120, "top": 0, "bottom": 0}
        for side, price in prices.items():
            if self._may_use(flow.source, side, "out"):
                i, j = self.grid.door(flow.source, side)
                yield (i, j, side), price + self._label_price(flow.source, side)

    def _entries(self, flow: Flow) -> Iterator[tuple[Side, float]]:
        node = self.grid.nodes[flow.target]
        price = {"gateway": 20, "event": 45, "note": 0}.get(node.shape, 55)
        prices: dict[Side, float] = {"left": 0, "top": price, "bottom": price + 2}
        if flow.is_association:
            prices = {"left": 120, "top": 0, "bottom": 0}
        for side, cost in prices.items():
            if side == "bottom" and node.attached:
                continue
            if self._may_use(flow.target, side, "in"):
                yield side, cost + self._label_price(flow.target, side)

    def _may_use(self, node: str, side: Side, way: str) -> bool:
        if side == "bottom" and self.grid.nodes[node].attached:
            return False
        return self.doors.get((node, side), way) == way

    def _label_price(self, node: str, side: Side) -> float:
        """A named event or gateway keeps its name above or below: better not to use both."""
        if side in {"left", "right"} or self.grid.nodes[node].shape not in {"event", "gateway"} or not self.grid.nodes[node].name:
            return 0
        other: Side = "bottom" if side == "top" else "top"
        return 30 if (node, other) in self.doors else 0

    def _moves(self, flow: Flow, state: _State) -> Iterator[tuple[_State, float]]:
        i, j, heading = state
        sides: tuple[Side, ...] = ("right", "left", "bottom", "top")
        for toward in sides:
            if toward == _OPPOSITE[heading]:
                continue
            di, dj = _STEPS[toward]
            if not (0 <= i + di < len(self.grid.across) and 0 <= j + dj < len(self.grid.down)):
                continue
            if self.grid.is_taken(i + di, j + dj) or (dj and self.grid.across[i].kind == "stub"):
                continue
            turn = self._turn_cost(flow, (i, j), heading, toward)
            step = self._step_cost(flow, i, j, di, dj)
            if turn is not None and step is not None:
                yield (i + di, j + dj, toward), turn + step

    def _step_cost(self, flow: Flow, i: int, j: int, di: int, dj: int) -> float | None:
        axis: Axis = "h" if di else "v"
        line = j if di else i
        users = self._steps[axis, line, min(i, i + di) if di else min(j, j + dj)]
        length = abs(self._at_x[i] - self._at_x[i + di]) + abs(self._at_y[j] - self._at_y[j + dj])
        strangers = [user for user in users if not _are_kin(flow, user)]
        if strangers and self.grid.lines(axis)[line].kind != "channel":
            return None
        if any(user.source == flow.source and user.target == flow.target for user in users):
            return length + _TWIN
        if users and not strangers and any(user.target == flow.target for user in users):
            return 0.55 * length
        return length + _CROWD * len(strangers)

    def _turn_cost(self, flow: Flow, place: Crossing, heading: Side, toward: Side) -> float | None:
        fixed = self.grid.across[place[0]].kind != "channel" and self.grid.down[place[1]].kind != "channel"
        cost = 0.0 if heading == toward else _BEND
        for user, arrived, left in self._passing[place]:
            if _are_kin(flow, user):
                continue
            straight = heading == toward and arrived == left
            if fixed and not straight:
                return None
            if straight and (heading in {"left", "right"}) != (arrived in {"left", "right"}):
                cost += _CROSSING
        return cost

    def _remember(self, flow: Flow, way: list[tuple[Crossing, Side]]) -> None:
        if not flow.attached:
            self.doors[flow.source, way[1][1]] = "out"
        self.doors[flow.target, _OPPOSITE[way[-1][1]]] = "in"
        for (place, _), (after, toward) in itertools.pairwise(way):
            axis: Axis = "h" if toward in {"left", "right"} else "v"
            line, at, to = (place[1], place[0], after[0]) if axis == "h" else (place[0], place[1], after[1])
            for step in range(min(at, to), max(at, to)):
                self._steps[axis, line, step].append(flow)
        for (place, heading), (_, toward) in itertools.pairwise(way):
            self._passing[place].append((flow, heading, toward))


def order_flows(flows: Iterable[Flow], main: list[str], back: set[str], grid: Grid) -> list[Flow]:
    """The main line first, then short ways before long ones, then the ways back."""

    def urgency(flow: Flow) -> tuple[int, int, int]:
        span = abs(grid.column[flow.target] - grid.column[flow.source])
        height = abs(grid.row[flow.target] - grid.row[flow.source])
        group = 3 if flow.is_association else 2 if flow.id in back else 0 if flow.id in main else 1
        return group, span + height, height

    return sorted(flows, key=urgency)


def _are_kin(one: Flow, two: Flow) -> bool:
    """Flows from the same place or to the same place may share a stretch of line."""
    return (one.source, one.attached) == (two.source, two.attached) or one.target == two.target


def _nominal_places(grid: Grid) -> tuple[list[float], list[float]]:
    """Rough coordinates, good enough to compare ways."""
    wide = [60.0] * grid.columns
    high = [70.0] * len(grid.row_strip)
    for node in grid.nodes.values():
        for column in range(grid.column[node.id], grid.last[node.id] + 1):
            wide[column] = max(wide[column], node.width / node.span)
        high[grid.row[node.id]] = max(high[grid.row[node.id]], node.up + node.down)
    xs: list[float] = []
    edge = 0.0
    for line in grid.across:
        if line.kind == "channel":
            xs.append(edge + 25)
            edge += 50 + (wide[line.cell] if line.cell < grid.columns else 0)
        else:
            xs.append(edge - wide[line.cell] / 2 + line.offset)
    ys: list[float] = []
    edge = 0.0
    for line in grid.down:
        if line.kind == "channel":
            ys.append(edge + 20)
            edge += 40
        else:
            ys.append(edge + high[line.cell] / 2)
            edge += high[line.cell]
    return xs, ys


def _runs(flow: Flow, places: list[Crossing], leaving: int) -> list[Run]:
    runs: list[Run] = []
    for (i, j), (k, m) in itertools.pairwise(places):
        axis: Axis = "h" if j == m else "v"
        line, start, end = (j, i, k) if axis == "h" else (i, j, m)
        if runs and runs[-1].axis == axis:
            runs[-1].end = end
        else:
            runs.append(Run(flow, axis, line, start, end))
    for one, two in itertools.pairwise(runs):
        one.after, two.before = two, one
    for index, run in enumerate(runs):
        shares_start = index == 0 or (index == 1 and leaving > 1 and not flow.attached)
        run.key = ("from", flow.source) if shares_start else ("to", flow.target)
    return runs
