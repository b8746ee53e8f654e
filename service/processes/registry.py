"""What diagrams may ask for and what rules listen: the seam between running diagrams and the domain.

Higher slices register here; a diagram may name only what is registered. Everything registered
runs inside the transaction of the step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from service.engine import Node, Scalar
from service.errors import Conflict

if TYPE_CHECKING:
    from service.processes.motion import Motion

Operation = Callable[["Motion", Node], None]
Function = Callable[..., Scalar]
Prefill = Callable[["Motion"], dict[str, Any]]
Rule = Callable[["Motion"], datetime | None]

operations: dict[str, Operation] = {}
functions: dict[str, Function] = {}
prefills: dict[str, Prefill] = {}
rules: list[Rule] = []
guards: list[Operation] = []
filed: dict[str, list[Operation]] = {}
messages: dict[str, "Message"] = {}
gates: dict[str, Callable[[], Conflict]] = {}
"""{outcome: what to say when it is asked for but not open in this county}"""


@dataclass(frozen=True)
class Message:
    """What becomes of a message (PATTERNS section 4).

    `start`: it opens a companion, or joins the open one where `once`. `deliver`: it goes to the
    instance of the case that waits for it; `unheard` says what happens when none does.
    """

    name: str
    kind: Literal["start", "deliver"]
    process: str = ""
    once: bool = True
    unheard: Literal["hold", "note", "refuse"] = "note"
    everyone: bool = False


def operation(name: str) -> Callable[[Operation], Operation]:
    """Let diagrams name this operation in a service task."""

    def register(function: Operation) -> Operation:
        operations[name] = function
        return function

    return register


def function(name: str) -> Callable[[Function], Function]:
    """Let expressions call this function; it is given the motion and the arguments."""

    def register(body: Function) -> Function:
        functions[name] = body
        return body

    return register


def prefill(*form_keys: str) -> Callable[[Prefill], Prefill]:
    """Values a form shows before anybody types, and those it computes (auto fields)."""

    def register(body: Prefill) -> Prefill:
        for key in form_keys:
            prefills[key] = body
        return body

    return register


def guard(check: Operation) -> Operation:
    """Have a check look at every task about to be completed; it raises what forbids that."""
    guards.append(check)
    return check


def on_filed(*form_keys: str) -> Callable[[Operation], Operation]:
    """Have a form's answers (`motion.answers`) noted where the domain keeps them, before the step goes on."""

    def register(body: Operation) -> Operation:
        for key in form_keys:
            filed.setdefault(key, []).append(body)
        return body

    return register


def after_step(rule: Rule) -> Rule:
    """Have a rule look at the case after every settled step; it may send messages, and says when to look again."""
    rules.append(rule)
    return rule


def message(declared: Message) -> None:
    """Declare a message the service knows."""
    messages[declared.name] = declared
