"""Guard rails of the law and of the case's frame that no diagram may drop."""

from ..expressions import ExpressionError, parse
from ..nodes import Diagram, Flow, Scope
from .findings import Findings

MAIN = "P01_student_case"
PENALTY = "SP50_penalty"
PENALTY_LOCK = "penalty_open"
LEAVING: dict[str, frozenset[str]] = {
    "WORK": frozenset({"return_confirmed", "data_error"}),
    "LADDER": frozenset({"ladder_reset"}),
    "LIFE": frozenset(
        {"transfer_confirmed", "suspension_approved", "home_teaching_approved", "deceased", "emigrated", "completed"},
    ),
}


def check_house(diagram: Diagram, found: Findings) -> None:
    for scope in diagram.scopes.values():
        _penalty_locked(scope, found)
    if diagram.process_key == MAIN:
        _ways_out(diagram, found)


def _penalty_locked(scope: Scope, found: Findings) -> None:
    """Every way into the penalty process asks penalty_open(), whatever merges lie between."""
    for node in scope.nodes.values():
        if node.called == PENALTY:
            for flow in _unlocked(scope, node.id, set()):
                found.error("penalty_lock", flow.id, "通向行政处罚的连线必须带有条件 penalty_open()，处罚未依法启用时不得进入")


def _unlocked(scope: Scope, target: str, seen: set[str]) -> list[Flow]:
    seen.add(target)
    ways: list[Flow] = []
    for flow in scope.incoming[target]:
        merges = scope.nodes[flow.source].kind == "exclusiveGateway" and len(scope.outgoing[flow.source]) == 1
        if merges and not flow.condition:
            ways += _unlocked(scope, flow.source, seen) if flow.source not in seen else []
        elif not _locked(flow.condition):
            ways.append(flow)
    return ways


def _locked(condition: str | None) -> bool:
    try:
        return bool(condition) and PENALTY_LOCK in parse(condition or "").required
    except ExpressionError:
        return True  # reported as unreadable already


def _ways_out(diagram: Diagram, found: Findings) -> None:
    for block, messages in LEAVING.items():
        if block not in diagram.nodes:
            found.error("frame_block", diagram.process_id, f"主流程缺少子流程 {block}")
            continue
        events = diagram.scopes[diagram.nodes[block].scope].boundaries[block]
        heard = {event.event.name for event in events if event.event.kind == "message" and event.interrupting}
        for name in sorted(messages - heard):
            found.error("frame_event", block, f"子流程 {block} 上缺少等待消息“{name}”的中断边界事件")
