"""Reading diagrams for people: what follows a task, which diagram a case runs on, which nodes a filter means."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import engine, tasks
from service.engine import Diagram, Node, Scalar, Scope
from service.errors import NotFound
from service.processes import library
from service.processes.instances import Sheet
from service.processes.models import Instance
from service.processes.returning import way_back

MOST_SHOWN = 6
WAITS = frozenset({"intermediateCatchEvent", "receiveTask", "eventBasedGateway"})


def ahead(session: Session, task: tasks.Task, sheet: Sheet) -> list[dict[str, Any]]:
    """What comes next for each outcome, in the words of the diagram; where facts decide, all that may come."""
    bundle = library.frozen(session, task.bundle_id).bundle
    diagram = next(d for d in bundle.diagrams.values() if sheet.node.id in d.nodes)
    short = f"o_{sheet.node.short_id}"
    return [
        {
            "outcome": one.id,
            "name": one.name,
            "then": list(dict.fromkeys(_after(bundle, diagram, sheet.node, {**sheet.context.facts, short: one.id}, set())))[:MOST_SHOWN],
        }
        for one in sheet.outcomes
    ]


def may_return(session: Session, task: tasks.Task) -> bool:
    """Whether 退回上一步 is offered: the diagram has a way back, or nothing in the case moved since the step before."""
    if way_back(library.frozen(session, task.bundle_id).bundle.node(task.node_id)) is not None:
        return True
    undo = session.execute(select(Instance.undo_task_id, Instance.undo_revision).where(Instance.id == task.instance_id)).one()
    revision = session.scalar(select(Instance.revision).where(Instance.id == task.root_id))
    return undo.undo_task_id is not None and undo.undo_revision == revision


def diagram_of(session: Session, root_id: int, process_key: str) -> tuple[Diagram, int]:
    """The diagram that a case is pinned to under a key, with its version. Raises `NotFound`."""
    called = process_key.partition("@")[0]
    bundle_id = session.scalar(select(Instance.bundle_id).where(Instance.id == root_id))
    frozen = library.frozen(session, bundle_id) if bundle_id else None
    if frozen is None or called not in frozen.bundle.diagrams:
        raise NotFound("没有找到这张流程图")
    return frozen.bundle.diagrams[called], next(number for key, number in frozen.versions.items() if key.partition("@")[0] == called)


def node_ids(session: Session, county_id: int, process_key: str = "", node: str = "") -> list[str]:
    """The user tasks that a filter means: of a process, by full id or by its first two parts; as drawn now."""
    found = {
        one.id
        for version in library.live_versions(session, county_id)
        if not process_key or version.key.partition("@")[0] == process_key.partition("@")[0]
        for one in engine.read(version.xml).nodes.values()
        if one.kind == "userTask" and (not node or node in {one.id, one.short_id})
    }
    return sorted(found | ({node} if node and not process_key else set()))


def _after(bundle: engine.Bundle, diagram: Diagram, node: Node, facts: Mapping[str, Scalar], seen: set[str]) -> Iterator[str]:
    scope = diagram.scopes[node.scope]
    for target in _targets(scope, node, facts):
        if target.id not in seen:
            seen.add(target.id)
            yield from _arrived(bundle, diagram, scope, target, facts, seen)


def _arrived(
    bundle: engine.Bundle, diagram: Diagram, scope: Scope, node: Node, facts: Mapping[str, Scalar], seen: set[str]
) -> Iterator[str]:
    if node.kind == "userTask":
        yield node.name
    elif node.kind in WAITS:
        yield f"等待：{node.name}"
    elif node.kind == "callActivity":
        called = bundle.diagrams.get(node.called or "")
        yield f"进入“{called.name if called else node.name}”"
    elif node.kind == "endEvent":
        outer = diagram.nodes.get(scope.id)
        if outer is not None and node.event.kind == "none":
            yield from _after(bundle, diagram, outer, facts, seen)
        else:
            yield f"结束：{node.name}"
    elif node.id in diagram.scopes:
        yield f"进入“{node.name}”"
    else:
        yield from _after(bundle, diagram, node, facts, seen)


def _targets(scope: Scope, node: Node, facts: Mapping[str, Scalar]) -> list[Node]:
    """Where a token may go: by the conditions that the facts decide, and by every one that they do not."""
    flows = scope.outgoing[node.id]
    if node.kind != "exclusiveGateway" or len(flows) < 2:
        return [scope.nodes[flow.target] for flow in flows]
    possible = []
    for flow in sorted(flows, key=lambda flow: flow.id == node.default):
        holds = True if flow.id == node.default or not flow.condition else _holds(flow.condition, facts)
        if holds is not False:
            possible.append(scope.nodes[flow.target])
        if holds:
            break
    return possible


def _holds(condition: str, facts: Mapping[str, Scalar]) -> bool | None:
    """None where only the running case can tell."""
    try:
        return bool(engine.evaluate(condition, facts, _unknown))
    except engine.ExpressionError:
        return None


def _unknown(name: str, _arguments: list[Scalar]) -> Scalar:
    raise engine.ExpressionError(f"{name} is asked of the running case")
