"""Find a place for each flow's name: beside its own line, near where it starts, on nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from .grid import Run
from .lettering import FLOW_LINE, label_size
from .model import Box, Drawing, Flow, Point
from .placing import Plan

_GAP = 3.0
_TRIES = 14
_AMBIGUOUS = 1000.0
_PATIENCE = 3  # tries with little room before all the flow passes is widened

Segment = tuple[Point, Point]


def place_labels(plan: Plan, flows: list[Flow]) -> Drawing:
    """Draw the plan; where a name finds no place, make room for it and draw again."""
    named = [flow for flow in flows if flow.name.strip()]
    best: tuple[tuple[int, int], Drawing] | None = None
    for attempt in range(_TRIES):
        drawing = plan.draw()
        cramped = _cramped(plan, drawing)
        if cramped:
            for name in cramped:
                plan.rooms[name].claim()
            drawing = plan.draw()
        homeless, ambiguous = _settle(drawing, named)
        score = (len(homeless), len(ambiguous))
        if best is None or score < best[0]:
            best = (score, drawing)
        if score == (0, 0) or (not homeless and attempt >= _PATIENCE):
            break
        for flow in [*homeless, *ambiguous]:
            _make_room(plan, flow, attempt)
    assert best is not None
    return best[1]


def _cramped(plan: Plan, drawing: Drawing) -> list[str]:
    """Nodes whose own name meets something."""
    found: list[str] = []
    parts = [part for line in drawing.lines.values() for part in itertools.pairwise(line)]
    for name in plan.rooms:
        box = drawing.labels.get(name)
        if box is None:
            continue
        rest = Drawing(drawing.width, drawing.height, 0, drawing.boxes, {key: b for key, b in drawing.labels.items() if key != name})
        if not _is_free(box, rest, parts, []):
            found.append(name)
    return found


def _settle(drawing: Drawing, named: list[Flow]) -> tuple[list[Flow], list[Flow]]:
    """Place every name; the flows whose names found no place, and those whose place is beside several lines."""
    segments = {name: list(itertools.pairwise(line)) for name, line in drawing.lines.items()}
    borders = [y for edges in list(drawing.lanes.values())[1:] for y in edges[:1]]
    homeless: list[Flow] = []
    ambiguous: list[Flow] = []
    for flow in named:
        size = label_size(flow.name, FLOW_LINE)
        others = [part for name, parts in segments.items() if name != flow.id for part in parts]
        best: tuple[float, Box] | None = None
        for box, cost in _candidates(segments[flow.id], size, others):
            if (best is None or cost < best[0]) and _is_free(box, drawing, others + segments[flow.id], borders):
                best = (cost, box)
        if best is None:
            homeless.append(flow)
            best = (0, _fallback(segments[flow.id], size, drawing))
        elif best[0] >= _AMBIGUOUS:
            ambiguous.append(flow)
        drawing.labels[flow.id] = best[1]
    return homeless, ambiguous


def _candidates(parts: list[Segment], size: tuple[float, float], others: list[Segment]) -> Iterator[tuple[Box, float]]:
    """Boxes along the line; beside a stretch shared with other flows a name would be ambiguous."""
    width, height = size
    walked = 0.0
    for start, end in parts:
        flat = start.y == end.y
        shared = _shared_stretches(start, end, others)
        length = abs(end.x - start.x) + abs(end.y - start.y)
        need = width if flat else height
        onward = (end.x > start.x) if flat else (end.y > start.y)
        at = 5.0
        while at <= length - 3:
            near = (start.x if flat else start.y) + (at if onward else -at - need)
            cost = (walked + at) * 0.2 + (0 if flat else 8) + max(0, need - (length - at - 3)) * 0.6
            if any(low < near + need and near < high for low, high in shared):
                cost += _AMBIGUOUS
            if flat:
                yield Box(near, start.y - _GAP - height, width, height), cost
                yield Box(near, start.y + _GAP, width, height), cost + 6
            else:
                yield Box(start.x + _GAP + 1, near, width, height), cost
                yield Box(start.x - _GAP - 1 - width, near, width, height), cost + 6
            at += 7
        walked += length


def _shared_stretches(start: Point, end: Point, others: list[Segment]) -> list[tuple[float, float]]:
    """Where other flows run on this very line."""
    if start.y == end.y:
        return [(min(a.x, b.x), max(a.x, b.x)) for a, b in others if a.y == b.y and abs(a.y - start.y) < 1 and a.x != b.x]
    return [(min(a.y, b.y), max(a.y, b.y)) for a, b in others if a.x == b.x and abs(a.x - start.x) < 1 and a.y != b.y]


def _is_free(box: Box, drawing: Drawing, segments: list[Segment], borders: list[float]) -> bool:
    if box.x < 2 or box.y < 2 or box.right > drawing.width - 2 or box.bottom > drawing.height - 2:
        return False
    if any(box.overlaps(other, 2) for other in drawing.boxes.values()):
        return False
    if any(box.overlaps(other, 2) for other in drawing.labels.values()):
        return False
    if any(box.y - 1 < border < box.bottom + 1 for border in borders):
        return False
    return not any(crosses(box, a, b) for a, b in segments)


def crosses(box: Box, a: Point, b: Point, margin: float = 2) -> bool:
    """Whether the straight line from a to b touches the box."""
    return (
        min(a.x, b.x) < box.right + margin
        and max(a.x, b.x) > box.x - margin
        and min(a.y, b.y) < box.bottom + margin
        and max(a.y, b.y) > box.y - margin
    )


def _fallback(parts: list[Segment], size: tuple[float, float], drawing: Drawing) -> Box:
    start, end = max(parts, key=lambda part: abs(part[0].x - part[1].x))
    x = max(2, min((start.x + end.x - size[0]) / 2, drawing.width - size[0] - 2))
    return Box(x, max(2, start.y - _GAP - size[1]), *size)


def _make_room(plan: Plan, flow: Flow, attempt: int) -> None:
    """Widen what the flow passes: the gaps at its two ends, then also the tracks it runs on."""
    width, _ = label_size(flow.name, FLOW_LINE)
    run: Run | None = plan.router.routes[flow.id][0]
    first = last = plan.router.routes[flow.id][0]
    strands: dict[int, Run] = {}
    while run is not None:
        if id(run) in plan.channels.strand_of:
            strands[id(plan.channels.strand_of[id(run)])] = run
        last, run = run, run.after
    if last.axis == "h":
        plan.wider["v", plan.grid.door(flow.target, "left")[0]] += min(30, width + 10)
        if attempt < _PATIENCE:
            return
    if first.axis == "h":
        plan.wider["v", plan.grid.door(flow.source, "right")[0]] += min(30, width + 10)
    for strand, passing in strands.items():
        plan.headroom[strand] += 12 if passing.axis == "h" else 30
    if attempt >= _PATIENCE and first.axis == "v":
        j = plan.grid.home(flow.source)[1]
        plan.wider["h", j + (1 if first.end > first.start else -1)] += 12
    if not strands:
        plan.wider["h", plan.grid.home(flow.target)[1] + (1 if last.end < last.start else -1)] += 12
