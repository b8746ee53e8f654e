"""Which row inside its strip each node goes to: few crossings, a straight main line, few rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .model import Flow, Node

_PASSES = 8


@dataclass(frozen=True)
class _Link:
    a: str
    b: str
    weight: float
    ends: tuple[int, int]  # the columns it leaves and reaches
    stub: float | None = None  # leaves from a boundary event, the so-manieth from the left


class _Board:
    """A trial arrangement that knows what it costs to read."""

    def __init__(self, nodes: Sequence[Node], column: dict[str, int], links: Sequence[_Link], strips: int) -> None:
        self.column = column
        self.strip = {node.id: node.strip for node in nodes}
        self.covers = {node.id: range(column[node.id], column[node.id] + node.span) for node in nodes}
        self.links = links
        self.of_node: dict[str, list[_Link]] = defaultdict(list)
        for link in links:
            self.of_node[link.a].append(link)
            if link.b != link.a:
                self.of_node[link.b].append(link)
        self.row: dict[str, int] = {}
        self.cell: dict[tuple[int, int, int], str] = {}
        self.depth = [1] * strips
        self.base: list[float] = []

    def put(self, node: str, row: int) -> None:
        self.row[node] = row
        for column in self.covers[node]:
            self.cell[column, self.strip[node], row] = node

    def lift(self, node: str) -> None:
        row = self.row.pop(node)
        for column in self.covers[node]:
            del self.cell[column, self.strip[node], row]

    def at(self, node: str, row: int) -> set[str]:
        """Who stands where the node would stand in that row."""
        found = (self.cell.get((column, self.strip[node], row)) for column in self.covers[node])
        return {other for other in found if other is not None}

    def settle_depth(self, spare: int) -> None:
        for strip in range(len(self.depth)):
            used = [row for node, row in self.row.items() if self.strip[node] == strip]
            self.depth[strip] = max(used, default=0) + 1 + spare
        self.base = [sum(self.depth[:strip]) + 0.4 * strip for strip in range(len(self.depth))]

    def y(self, node: str) -> float:
        return self.base[self.strip[node]] + self.row[node]

    def cost(self, moved: Iterable[str]) -> float:
        """Of everything that changes when these nodes move."""
        touched = {id(link): link for node in moved for link in self.of_node[node]}
        total = 0.0
        for link in touched.values():
            total += self._length(link) + self._obstacles(link)
            total += sum(1.6 for other in self.links if id(other) not in touched and self._cross(link, other))
        mine = list(touched.values())
        total += sum(1.6 for i, one in enumerate(mine) for two in mine[i + 1 :] if self._cross(one, two))
        return total + sum(0.1 * abs(self.row[node] - 1) + self._loneliness(node) for node in moved)

    def _loneliness(self, node: str) -> float:
        """A row opened for one node only costs height."""
        mates = sum(row == self.row[node] and self.strip[other] == self.strip[node] for other, row in self.row.items())
        return 1.2 if mates < 2 and self.row[node] != 1 else 0

    def _length(self, link: _Link) -> float:
        fall = self.y(link.b) - self.y(link.a)
        if link.stub is not None:
            return link.weight * (abs(fall - 1) if fall > 0 else abs(fall) + 1.5)
        return link.weight * (abs(fall) + (0.6 if fall else 0))

    def _obstacles(self, link: _Link) -> float:
        if link.stub is not None:
            return 0
        if self.column[link.a] == self.column[link.b] and self.covers[link.a] == self.covers[link.b]:
            between = sorted((self.y(link.a), self.y(link.b)))
            return 3.0 * sum(
                between[0] < self.y(n) < between[1] for n, c in self.column.items() if c == self.column[link.a] and n in self.row
            )
        low, high = sorted(link.ends)
        blocked = [
            any((column, self.strip[end], self.row[end]) in self.cell for column in range(low + 1, high))
            for end in ((link.a,) if self.y(link.a) == self.y(link.b) else (link.a, link.b))
        ]
        return 2.5 * link.weight if all(blocked) else 0

    def _cross(self, one: _Link, two: _Link) -> bool:
        if one.stub is not None and two.stub is not None and one.a == two.a:
            inward = -1 if one.ends[1] < one.ends[0] else 1  # going left, the stub nearest to the left turns first
            return inward * (one.stub - two.stub) * (self.y(one.b) - self.y(two.b)) > 0
        if {one.a, one.b} & {two.a, two.b}:
            return False
        first, second = sorted(one.ends), sorted(two.ends)
        low, high = max(first[0], second[0]), min(first[1], second[1])
        if low > high:
            return False
        if low == high:
            return self._crosses_upright(one, two) or self._crosses_upright(two, one)
        return (self._on(one, low) - self._on(two, low)) * (self._on(one, high) - self._on(two, high)) < 0

    def _crosses_upright(self, upright: _Link, other: _Link) -> bool:
        column, reached = upright.ends
        if column != reached or not min(other.ends) < column < max(other.ends):
            return False
        return (self.y(upright.a) - self._on(other, column)) * (self.y(upright.b) - self._on(other, column)) < 0

    def _on(self, link: _Link, column: int) -> float:
        start, end = link.ends
        part = (column - start) / (end - start)
        return self.y(link.a) + part * (self.y(link.b) - self.y(link.a))


def assign_rows(
    nodes: Sequence[Node], flows: Sequence[Flow], column: dict[str, int], back: set[str], main: list[str], strips: int
) -> dict[str, int]:
    """Row of each node inside its strip, counted from 0; no two nodes of a strip share column and row."""
    heavy = set(main)
    stubs = {event.id: float(index) for node in nodes for index, event in enumerate(node.attached)}
    covers = {node.id: range(column[node.id], column[node.id] + node.span) for node in nodes}
    links = [
        _Link(
            f.source,
            f.target,
            3.0 if f.id in heavy else 0.4 if f.id in back else 1.0,
            _ends(covers[f.source], covers[f.target]),
            stubs.get(f.attached or ""),
        )
        for f in flows
        if f.source != f.target
    ]
    board = _Board(nodes, column, links, strips)
    _first_guess(board, nodes, flows, column, heavy)
    for attempt in range(_PASSES):
        board.settle_depth(spare=1 if attempt < _PASSES - 2 else 0)
        if not _improve(board, nodes):
            break
    return _close_gaps(board, strips)


def _ends(a: range, b: range) -> tuple[int, int]:
    return (a[-1], b[0]) if b[0] > a[-1] else (a[0], b[-1]) if a[0] > b[-1] else (a[0], a[0])


def _first_guess(board: _Board, nodes: Sequence[Node], flows: Sequence[Flow], column: dict[str, int], heavy: set[str]) -> None:
    on_main = {end for flow in flows if flow.id in heavy for end in (flow.source, flow.target)}
    for node in nodes:
        if node.id in on_main and not board.at(node.id, 1):
            board.put(node.id, 1)
    for node in sorted(nodes, key=lambda n: column[n.id]):
        if node.id in board.row:
            continue
        near = [f.source for f in flows if f.target == node.id] + [f.target for f in flows if f.source == node.id]
        rows = [board.row[other] for other in near if other in board.row and board.strip[other] == node.strip]
        wanted = rows[0] if rows else 1
        free = (row for row in sorted(range(len(nodes) + 1), key=lambda r: (abs(r - wanted), r)) if not board.at(node.id, row))
        board.put(node.id, next(free))


def _improve(board: _Board, nodes: Sequence[Node]) -> bool:
    better = False
    for node in nodes:
        for row in range(board.depth[node.strip]):
            if row == board.row[node.id]:
                continue
            others = board.at(node.id, row)
            if len(others) > 1 or any(board.covers[other] != board.covers[node.id] for other in others):
                continue
            other = next(iter(others), None)
            movers = [node.id, *others]
            before = board.cost(movers)
            home = board.row[node.id]
            _swap(board, node.id, other, row)
            if board.cost(movers) < before - 1e-6:
                better = True
            else:
                _swap(board, node.id, other, home)
    return better


def _swap(board: _Board, node: str, other: str | None, row: int) -> None:
    home = board.row[node]
    board.lift(node)
    if other is not None:
        board.lift(other)
        board.put(other, home)
    board.put(node, row)


def _close_gaps(board: _Board, strips: int) -> dict[str, int]:
    result: dict[str, int] = {}
    for strip in range(strips):
        used = sorted({row for node, row in board.row.items() if board.strip[node] == strip})
        result |= {node: used.index(row) for node, row in board.row.items() if board.strip[node] == strip}
    return result
