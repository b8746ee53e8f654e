"""What must not be published, each with its element and a reason an analyst understands."""

from collections.abc import Mapping

from .nodes import Diagram, Problem


def unrunnable(diagram: Diagram) -> list[Problem]:
    return []


def check_bundle(diagrams: Mapping[str, Diagram]) -> list[Problem]:
    return []
