"""Break a long process into bands, like a text into lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .model import Flow, Node

_LINE = 1900.0
_CUT = 30000.0  # what it costs to send one more flow back to the left


def fold(nodes: Sequence[Node], flows: Sequence[Flow], column: dict[str, int], back: set[str], lanes: int) -> int:
    """Move what stands too far right to the left, into another band of its lane.

    Changes `column` and the nodes' `strip`, returns the number of bands a lane
    has. Flows into another band count as ways back from here on. With lanes a
    fold costs every lane a band, so only a process nobody could read any more
    is folded.
    """
    last = max(column[node.id] + node.span for node in nodes)
    width = _widths(nodes, column, last)
    bands = math.ceil(sum(width) / _LINE - (0.4 if lanes > 1 else 0.15))
    for node in nodes:
        node.strip = node.lane
    if bands <= 1:
        return 1
    starts = _starts(nodes, flows, column, width, bands)
    band = {node.id: max(index for index, start in enumerate(starts) if start <= column[node.id]) for node in nodes}
    for node in nodes:
        node.strip = node.lane * len(starts) + band[node.id]
        column[node.id] -= starts[band[node.id]]
    back |= {flow.id for flow in flows if band[flow.source] != band[flow.target]}
    return len(starts)


def _widths(nodes: Sequence[Node], column: dict[str, int], last: int) -> list[float]:
    width = [0.0] * last
    for node in nodes:
        for at in range(column[node.id], column[node.id] + node.span):
            width[at] = max(width[at], node.width / node.span + 60)
    return width


def _starts(nodes: Sequence[Node], flows: Sequence[Flow], column: dict[str, int], width: list[float], bands: int) -> list[int]:
    """First column of each band: bands about equally long, few flows cut."""
    inside = {at for node in nodes for at in range(column[node.id] + 1, column[node.id] + node.span)}
    allowed = [at for at in range(1, len(width)) if at not in inside]
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}
    for _ in range(bands - 1):
        following: dict[int, tuple[float, list[int]]] = dict(best)
        for start, (cost, starts) in best.items():
            for at in allowed:
                if at <= start:
                    continue
                cut = sum(min(column[f.source], column[f.target]) < at <= max(column[f.source], column[f.target]) for f in flows)
                total = cost + sum(width[start:at]) ** 2 + cut * _CUT
                if at not in following or total < following[at][0]:
                    following[at] = (total, [*starts, at])
        best = following
    return min(((cost + sum(width[start:]) ** 2, starts) for start, (cost, starts) in best.items()))[1]
