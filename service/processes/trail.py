"""What a step did to a drawing, noted compactly in the history: the painted diagram is read from it."""

from collections.abc import Iterable
from typing import Any

from service import engine


def leave_unsaid(row: dict[str, Any]) -> None:
    """That an event's own node was left goes without saying (`views.LEFT`): a case writes it a hundred times."""
    out = [node_id for node_id in row["data"].pop("out", ()) if node_id != row["node_id"]]
    if out:
        row["data"]["out"] = out


def path_of(visits: Iterable[engine.Visit]) -> dict[str, list[str]]:
    """Nodes passed, entered, left and cut off in a step, compactly, for the painted diagram."""
    entered: list[str] = []
    path: dict[str, list[str]] = {"passed": [], "in": [], "out": [], "cut": []}
    for visit in visits:
        if visit.kind == "entered":
            entered.append(visit.node_id)
        elif visit.node_id in entered:
            entered.remove(visit.node_id)
            path["passed" if visit.kind == "left" else "cut"].append(visit.node_id)
        else:
            path["out" if visit.kind == "left" else "cut"].append(visit.node_id)
    path["in"] = entered
    return {key: nodes for key, nodes in path.items() if nodes}
