"""What several diagrams must agree on before they run one case together."""

from collections.abc import Iterator, Mapping

from ..nodes import Diagram
from .findings import Findings, Vocabulary
from .wording import OUTCOME_FACT, expressions, facts_set


def check_together(diagrams: Mapping[str, Diagram], words: Vocabulary | None, found: Findings) -> None:
    _keys(diagrams, found)
    _ids(diagrams, found)
    _calls(diagrams, found)
    _errors(diagrams, found)
    _outcomes(diagrams, found)
    if words is not None:
        _facts(diagrams, words, found)


def _keys(diagrams: Mapping[str, Diagram], found: Findings) -> None:
    for key, diagram in diagrams.items():
        if key != diagram.process_key:
            found.error("bundle_key", diagram.process_id, f"流程“{diagram.process_key}”被放在“{key}”的位置")


def _ids(diagrams: Mapping[str, Diagram], found: Findings) -> None:
    """One name space for all: the library would silently run one process's block inside another."""
    owner: dict[str, str] = {}
    for key, diagram in diagrams.items():
        for id in sorted({*diagram.nodes, *diagram.scopes}):
            if id in owner:
                found.error("id_twice", id, f"标识“{id}”同时用于流程“{owner[id]}”和“{key}”，各流程的标识不得重复")
            owner[id] = key


def _calls(diagrams: Mapping[str, Diagram], found: Findings) -> None:
    for diagram in diagrams.values():
        for node in diagram.nodes.values():
            if node.called and node.called not in diagrams:
                found.error("call_missing", node, f"调用的流程“{node.called}”不存在")
    for key in diagrams:
        if key in _called(diagrams, key):
            found.error("call_cycle", diagrams[key].process_id, f"流程“{key}”直接或间接调用了自己，会无休止地嵌套")


def _called(diagrams: Mapping[str, Diagram], key: str) -> set[str]:
    seen: set[str] = set()
    stack = list(diagrams[key].calls)
    while stack:
        one = stack.pop()
        if one not in seen and one in diagrams:
            seen.add(one)
            stack.extend(diagrams[one].calls)
    return seen


def _errors(diagrams: Mapping[str, Diagram], found: Findings) -> None:
    for diagram in diagrams.values():
        for node in diagram.nodes.values():
            if (
                node.kind == "endEvent"
                and node.event.kind == "error"
                and not _caught(diagrams, diagram, node.scope, node.event.name, set())
            ):
                found.error("error_uncaught", node, f"抛出的错误“{node.event.name}”没有边界事件接住")


def _caught(diagrams: Mapping[str, Diagram], diagram: Diagram, scope: str, name: str, seen: set[str]) -> bool:
    """Is there a boundary event for the error on the way out, by every caller?"""
    if scope in seen:
        return True
    seen.add(scope)
    around = list(_around(diagrams, diagram, scope))
    return bool(around) and all(
        any(event.event.kind == "error" and event.event.name == name for event in other.scopes[outer].boundaries[block])
        or _caught(diagrams, other, outer, name, seen)
        for other, outer, block in around
    )


def _around(diagrams: Mapping[str, Diagram], diagram: Diagram, scope: str) -> Iterator[tuple[Diagram, str, str]]:
    """Where a scope is run from: the block itself in its own file, or every call of the process."""
    parent = diagram.scopes[scope].parent
    if parent is not None:
        yield diagram, parent, scope
        return
    for other in diagrams.values():
        yield from ((other, node.scope, node.id) for node in other.nodes.values() if node.called == diagram.process_key)


def _outcomes(diagrams: Mapping[str, Diagram], found: Findings) -> None:
    """A gateway that asks for an outcome no task has never goes that way; a county variant may have left it out on purpose."""
    outcomes: dict[str, set[str]] = {}
    for diagram in diagrams.values():
        for node in diagram.nodes.values():
            if node.kind == "userTask":
                outcomes.setdefault(f"o_{node.short_id}", set()).update(outcome.id for outcome in node.outcomes)
    for diagram in diagrams.values():
        for id, expression in expressions(diagram):
            for name, value in sorted(expression.compared):
                if name in outcomes and value not in outcomes[name]:
                    message = f"条件“{expression.text}”比较的结果“{value}”在所选流程的任务“{name[2:]}”中不存在，这条路不会走到"
                    found.warning("outcome_unknown", id, message)


def _facts(diagrams: Mapping[str, Diagram], words: Vocabulary, found: Findings) -> None:
    known = words.facts | {name for diagram in diagrams.values() for name in facts_set(diagram)}
    for diagram in diagrams.values():
        for id, expression in expressions(diagram):
            for name in sorted(expression.names - known):
                what = "没有这个任务" if OUTCOME_FACT.match(name) else "没有任务、步骤或服务设置它"
                found.error("fact_unknown", id, f"表达式“{expression.text}”用到的“{name}”永远为空：{what}")
