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
    strip: int = 0
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
    def __init__(self, nodes: Sequence[Node], column: dict[str, int], row: dict[str, int], strips: int) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.column = column
        self.last = {node.id: column[node.id] + node.span - 1 for node in nodes}
        self.columns = max(self.last.values(), default=0) + 1
        self.row, self.row_strip = _number_rows(nodes, row, strips)
        self.across: list[Line] = []  # the vertical lines, left to right
        self.down: list[Line] = []  # the horizontal lines, top to bottom
        self.column_line: list[int] = []
        self.row_line: list[int] = []
        self.stub_line: dict[str, int] = {}
        self._draw_across(nodes)
        self._draw_down(strips)
        self.taken = {place for node in nodes for place in self._covered(node.id)}

    def lines(self, axis: Axis) -> list[Line]:
        return self.down if axis == "h" else self.across

    def is_taken(self, i: int, j: int) -> bool:
        """Whether a node's cell covers this crossing."""
        return (i, j) in self.taken

    def home(self, node: str) -> tuple[int, int]:
        middle = (self.column[node] + self.last[node]) // 2
        return self.column_line[middle], self.row_line[self.row[node]]

    def column_of(self, host: Node, event: str) -> int:
        """Where a boundary event stands: a frame's events each in a column of their own, toward its right end."""
        index = [attached.id for attached in host.attached].index(event)
        return self.last[host.id] - (len(host.attached) - 1 - index if host.span > 1 else 0)

    def door(self, node: str, side: Side) -> tuple[int, int]:
        """The crossing in front of a side of the node."""
        i, j = self.home(node)
        if side == "top":
            return i, j - 1
        if side == "bottom":
            return i, j + 1
        step = -1 if side == "left" else 1
        i = self.column_line[self.column[node] if side == "left" else self.last[node]]
        while self.across[i].kind != "channel":
            i += step
        return i, j

    def _covered(self, node: str) -> list[tuple[int, int]]:
        j = self.row_line[self.row[node]]
        left, right = self.door(node, "left")[0], self.door(node, "right")[0]
        return [(i, j) for i in range(left + 1, right)]

    def _draw_across(self, nodes: Sequence[Node]) -> None:
        for column in range(self.columns):
            self.across.append(Line("channel", column))
            stubs = [(a.offset, a.id) for n in nodes for a in n.attached if self.column_of(n, a.id) == column]
            for offset, event in sorted([*stubs, (0.0, "")]):
                if event:
                    self.stub_line[event] = len(self.across)
                    self.across.append(Line("stub", column, offset=offset))
                else:
                    self.column_line.append(len(self.across))
                    self.across.append(Line("middle", column))
        self.across.append(Line("channel", self.columns))

    def _draw_down(self, strips: int) -> None:
        for strip in range(strips):
            for row, owner in enumerate(self.row_strip):
                if owner == strip:
                    self.down.append(Line("channel", row, strip))
                    self.row_line.append(len(self.down))
                    self.down.append(Line("middle", row, strip))
            self.down.append(Line("channel", len(self.row_line), strip))


def _number_rows(nodes: Sequence[Node], row: dict[str, int], strips: int) -> tuple[dict[str, int], list[int]]:
    numbered: dict[str, int] = {}
    row_strip: list[int] = []
    for strip in range(strips):
        depth = max((row[node.id] for node in nodes if node.strip == strip), default=-1) + 1
        numbered |= {node.id: len(row_strip) + row[node.id] for node in nodes if node.strip == strip}
        row_strip += [strip] * depth
    return numbered, row_strip
