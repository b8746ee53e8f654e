"""Which column each node goes to: loops are cut open, then everything stands right of what leads to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from .model import Flow, Node


def find_back_flows(nodes: Sequence[Node], flows: Sequence[Flow]) -> set[str]:
    """Flows that lead back to a node the walk from the start is still coming from."""
    leaving: dict[str, list[Flow]] = defaultdict(list)
    place = {node.id: index for index, node in enumerate(nodes)}
    for flow in sorted(flows, key=lambda f: (f.attached is not None, place[f.target])):
        leaving[flow.source].append(flow)  # authors write nodes in reading order, so the first way on is the earlier node
    entered = {flow.target for flow in flows}
    roots = [n.id for n in nodes if n.is_start] + [n.id for n in nodes if n.id not in entered] + [n.id for n in nodes]
    back: set[str] = set()
    finished: set[str] = set()
    for root in roots:
        if root in finished:
            continue
        path = [root]
        on_path = {root}
        trail = [iter(leaving[root])]
        while trail:
            step = next(trail[-1], None)
            if step is None:
                trail.pop()
                left = path.pop()
                on_path.discard(left)
                finished.add(left)
            elif step.target in on_path:
                back.add(step.id)
            elif step.target not in finished:
                path.append(step.target)
                on_path.add(step.target)
                trail.append(iter(leaving[step.target]))
    return back


def rank(nodes: Sequence[Node], flows: Sequence[Flow], back: set[str]) -> dict[str, int]:
    """Longest distance from a start; what nothing leads to stands right before its first successor."""
    forward = [flow for flow in flows if flow.id not in back and not flow.is_association]
    drops = _find_drops(nodes, forward)
    span = {node.id: node.span for node in nodes}
    column = dict.fromkeys((node.id for node in nodes), 0)
    for _ in nodes:
        moved = False
        for flow in forward:
            least = column[flow.source] + (0 if flow.id in drops else span[flow.source])
            if column[flow.target] < least:
                column[flow.target] = least
                moved = True
        if not moved:
            break
    entered = {flow.target for flow in forward}
    for node in nodes:
        after = [column[flow.target] for flow in forward if flow.source == node.id]
        if node.id not in entered and after and not node.is_start:
            column[node.id] = max(0, min(after) - node.span)
    for flow in flows:
        if flow.is_association:
            notes = [node.id for node in nodes if node.shape == "note"]
            note, other = (flow.source, flow.target) if flow.source in notes else (flow.target, flow.source)
            column[note] = column[other]
    return column


def _find_drops(nodes: Sequence[Node], forward: Sequence[Flow]) -> set[str]:
    """Flows straight down or up into another lane: their two ends may share a column.

    Only where nothing else enters the target, and never two in a row, so that
    the process still goes from left to right.
    """
    of_id = {node.id: node for node in nodes}
    entering = Counter(flow.target for flow in forward)
    leaving = Counter(flow.source for flow in forward)
    drops: set[str] = set()
    dropped: set[str] = set()
    for flow in forward:
        source, target = of_id[flow.source], of_id[flow.target]
        alone = entering[target.id] == 1 and (leaving[source.id] == 1 or source.shape == "gateway")
        calm = not source.attached and not target.attached and source.shape in {"task", "gateway"} and target.shape == "task"
        if alone and calm and source.lane != target.lane and not {source.id, target.id} & dropped:
            drops.add(flow.id)
            dropped |= {source.id, target.id}
    return drops


def find_main_line(nodes: Sequence[Node], flows: Sequence[Flow], back: set[str], column: dict[str, int]) -> list[str]:
    """The longest way through the process, as flow ids."""
    forward = [flow for flow in flows if flow.id not in back and not flow.is_association]
    weight = {node.id: 1.0 if node.shape in {"task", "frame"} else 0.6 for node in nodes}
    best: dict[str, tuple[float, list[str]]] = {node.id: (weight[node.id], []) for node in nodes}
    for flow in sorted(forward, key=lambda f: -column[f.source]):
        length, rest = best[flow.target]
        gain = weight[flow.source] + length - (0.3 if flow.attached else 0)
        if gain > best[flow.source][0] + 1e-9:
            best[flow.source] = (gain, [flow.id, *rest])
    starts = [node.id for node in nodes if node.is_start] or [node.id for node in nodes]
    return max((best[start] for start in starts), key=lambda found: found[0])[1] if starts else []
