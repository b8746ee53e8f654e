"""What must not be published, each with its element and a reason an analyst understands."""

from collections.abc import Mapping

from ..nodes import Diagram, Problem
from .bundles import check_together
from .elements import check_elements
from .findings import Findings, Vocabulary
from .house import check_house
from .paths import check_paths
from .trial import check_trial
from .wording import check_texts, check_wording

__all__ = ["Vocabulary", "check", "check_bundle", "unrunnable"]


def check(diagram: Diagram, vocabulary: Vocabulary) -> list[Problem]:
    """Everything one diagram must get right by itself. Errors forbid publishing, warnings ask to look again."""
    problems = unrunnable(diagram)
    found = Findings()
    check_wording(diagram, vocabulary, found)
    check_house(diagram, found)
    if not problems:
        check_paths(diagram, found)
        check_trial(diagram, found)
    return problems + found.problems


def check_bundle(diagrams: Mapping[str, Diagram], vocabulary: Vocabulary | None = None) -> list[Problem]:
    """Everything diagrams (by the key they are called by) must agree on to run one case together."""
    found = Findings()
    check_together(diagrams, vocabulary, found)
    return found.problems


def unrunnable(diagram: Diagram) -> list[Problem]:
    """What the engine would refuse, ignore or run wrongly, whatever words the service knows."""
    found = Findings()
    check_elements(diagram, found)
    check_texts(diagram, found)
    return found.problems
