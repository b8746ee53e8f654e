"""Collecting problems, and the words a diagram may use."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..nodes import Node, Problem, Severity


def any_rule(_: str) -> None:
    """Accepts every due rule; for callers that have no calendar at hand."""


@dataclass(frozen=True)
class Vocabulary:
    """What exists in the service for diagrams to name. `due_rule` raises when a text is no due rule."""

    roles: frozenset[str]
    forms: frozenset[str]
    operations: frozenset[str]
    facts: frozenset[str]
    functions: frozenset[str]
    messages: frozenset[str]
    due_rule: Callable[[str], object] = any_rule


@dataclass
class Findings:
    problems: list[Problem] = field(default_factory=list)

    def error(self, rule: str, element: Node | str, message: str) -> None:
        self._add("error", rule, element, message)

    def warning(self, rule: str, element: Node | str, message: str) -> None:
        self._add("warning", rule, element, message)

    def _add(self, severity: Severity, rule: str, element: Node | str, message: str) -> None:
        id, name = (element.id, f"“{element.name}”") if isinstance(element, Node) else (element, "")
        self.problems.append(Problem(severity, rule, id, f"{name}{message}"))
