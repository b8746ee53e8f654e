"""The street map: node cells, and between them channels in which flows may run side by side.

Lines are either channels (any number of flows, each on a track of its own) or
fixed (the middle of a row or column of cells, or the stub under a boundary
event: one flow at a place). A route is found on this map before any coordinate
exists; channels then become as wide as the flows in them need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .model import Flow, Node

Axis = Literal["h", "v"]
Side = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True)
class Line:
    kind: Literal["channel", "middle", "stub"]
    cell: int  # the column or row it goes through; for a channel the one after it
    lane: int = 0
    offset: float = 0  # of a stub, from the middle of its column


@dataclass
class Run:
    """A straight part of a route: along `line`, from crossing line `start` to `end`."""

    flow: Flow
    axis: Axis
    line: int
    start: int
    end: int
    before: Run | None = None
    after: Run | None = None
    key: tuple[str, str] = ("", "")

    @property
    def low(self) -> int:
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        return max(self.start, self.end)


class Grid:
    def __init__(self, nodes: Sequence[Node], column: dict[str, int], row: dict[str, int], lanes: int) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.column = column
        self.columns = max(column.values(), default=0) + 1
        self.row, self.row_lane = _number_rows(nodes, row, lanes)
        self.cells = {(column[node.id], self.row[node.id]) for node in nodes}
        self.across: list[Line] = []  # the vertical lines, left to right
        self.down: list[Line] = []  # the horizontal lines, top to bottom
        self.column_line: list[int] = []
        self.row_line: list[int] = []
        self.stub_line: dict[str, int] = {}
        self._draw_across(nodes)
        self._draw_down(lanes)

    def lines(self, axis: Axis) -> list[Line]:
        return self.down if axis == "h" else self.across

    def is_taken(self, i: int, j: int) -> bool:
        """Whether a node's cell covers this crossing."""
        across, down = self.across[i], self.down[j]
        return across.kind != "channel" and down.kind == "middle" and (across.cell, down.cell) in self.cells

    def home(self, node: str) -> tuple[int, int]:
        return self.column_line[self.column[node]], self.row_line[self.row[node]]

    def door(self, node: str, side: Side) -> tuple[int, int]:
        """The crossing in front of a side of the node."""
        i, j = self.home(node)
        if side == "top":
            return i, j - 1
        if side == "bottom":
            return i, j + 1
        step = -1 if side == "left" else 1
        i += step
        while self.across[i].kind != "channel":
            i += step
        return i, j

    def _draw_across(self, nodes: Sequence[Node]) -> None:
        for column in range(self.columns):
            self.across.append(Line("channel", column))
            stubs = [(a.offset, a.id) for n in nodes if self.column[n.id] == column for a in n.attached]
            for offset, event in sorted([*stubs, (0.0, "")]):
                if event:
                    self.stub_line[event] = len(self.across)
                    self.across.append(Line("stub", column, offset=offset))
                else:
                    self.column_line.append(len(self.across))
                    self.across.append(Line("middle", column))
        self.across.append(Line("channel", self.columns))

    def _draw_down(self, lanes: int) -> None:
        for lane in range(max(lanes, 1)):
            for row, owner in enumerate(self.row_lane):
                if owner == lane:
                    self.down.append(Line("channel", row, lane))
                    self.row_line.append(len(self.down))
                    self.down.append(Line("middle", row, lane))
            self.down.append(Line("channel", len(self.row_line), lane))


def _number_rows(nodes: Sequence[Node], row: dict[str, int], lanes: int) -> tuple[dict[str, int], list[int]]:
    numbered: dict[str, int] = {}
    row_lane: list[int] = []
    for lane in range(max(lanes, 1)):
        depth = max((row[node.id] for node in nodes if node.lane == lane), default=-1) + 1
        numbered |= {node.id: len(row_lane) + row[node.id] for node in nodes if node.lane == lane}
        row_lane += [lane] * depth
    return numbered, row_lane
