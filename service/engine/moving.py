"""Whether a running case may go on with another bundle of diagram versions.

Where a run stands is the path of blocks and calls down to each active element. It may move when
every active element, and every block around it, is still there, of the same kind, with the same
boundary events, calling the same process. Due instants already fixed stay as they are.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from .bundle import Bundle
from .freezing import decode
from .nodes import Node, Scope
from .specs import ACTIVE


def movable(frozen: bytes, old: Bundle, new: Bundle) -> list[str]:
    """Reasons why the frozen run cannot continue on `new`, in Chinese, none if it can."""
    state = decode(frozen)
    if state["p"] not in new.diagrams:
        return [f"新版本中没有流程“{state['p']}”"]
    reasons: list[str] = []
    scopes: list[tuple[Scope, Scope | None]] = []
    for owner, row, rows in state["t"]:
        if owner is None:
            before: Scope = old.diagrams[state["p"]].top
            after: Scope | None = new.diagrams[state["p"]].top
        else:
            outer, outer_after = scopes[owner]
            block = outer.nodes[state["t"][owner][2][row][0]]
            before, after = _inside(old, outer, block.id), _inside(new, outer_after, block.id)
        scopes.append((before, after))
        if after is not None:
            reasons += _compare(before, after, rows, new)
    return reasons


def _inside(bundle: Bundle, scope: Scope | None, node_id: str) -> Any:
    """The scope a block or call opens, None where there is no such block."""
    node = scope.nodes.get(node_id) if scope is not None else None
    if node is None or (node.called is not None and node.called not in bundle.diagrams):
        return None
    return bundle.diagrams[node.called].top if node.called else bundle.scopes.get(node.id)


def _compare(before: Scope, after: Scope, rows: list[list[Any]], new: Bundle) -> list[str]:
    reasons = []
    for name, state, *_ in rows:
        node = before.nodes.get(name)
        if node is not None and state & ACTIVE and not (node.attached_to and state == TaskState.WAITING):
            reasons += _differences(node, after.nodes.get(name), before, after)
        elif name not in new.specs[after.id].task_specs and not (node is not None and node.attached_to):
            reasons.append(f"经过的元素“{node.name if node else name}”在新版本中不存在")
    return reasons


def _differences(node: Node, other: Node | None, before: Scope, after: Scope) -> list[str]:
    if other is None:
        return [f"正在办理的“{node.name}”（{node.id}）在新版本中不存在"]
    if (other.kind, other.called) != (node.kind, node.called):
        return [f"正在办理的“{node.name}”（{node.id}）在新版本中换了类型或所调用的流程"]
    if {event.id for event in before.boundaries[node.id]} != {event.id for event in after.boundaries[node.id]}:
        return [f"正在办理的“{node.name}”（{node.id}）在新版本中的边界事件不同"]
    return []
