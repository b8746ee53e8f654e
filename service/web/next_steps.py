"""What may come after a step, read off the drawing. Pure."""

from collections.abc import Iterator

from service.access import ROLE_NAMES
from service.engine import Diagram, Node

PARTS = {
    "issuer": "签发人",
    "issuing_officer": "承办执法人员",
    "second_officer": "协办执法人员",
    "document_officer": "文书承办人",
    "visit_leader": "家访组长",
    "persuasion_leader": "劝返组长",
    "mentor": "帮扶教师",
    "closure_applicant": "销号申请人",
    "closure_approver": "销号审批人",
}
"""Parts played in a case, in words."""


def role_name(role: str) -> str:
    """A drawn role in words, whether a post or a part."""
    return ROLE_NAMES.get(role) or PARTS.get(role, role)


def following(diagram: Diagram, node: Node) -> list[Node]:
    """The tasks and phases that may come next, nearest first, each once."""
    return list(dict.fromkeys(_ahead(diagram, node.id, {node.id})))


def _ahead(diagram: Diagram, node_id: str, seen: set[str]) -> Iterator[Node]:
    scope = diagram.scopes.get(diagram.nodes[node_id].scope, diagram.top)
    for flow in scope.outgoing.get(node_id, ()):
        if flow.target in seen:
            continue
        seen.add(flow.target)
        target = diagram.nodes[flow.target]
        if target.kind in {"userTask", "callActivity"}:
            yield target
        else:
            yield from _ahead(diagram, target.id, seen)
