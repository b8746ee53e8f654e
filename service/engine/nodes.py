"""What a diagram consists of, in our own words: nodes, flows, events, outcomes, problems. Plain values, no library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..errors import Invalid

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """Something an analyst should change (`error`: must change before publishing), with the element it is about."""

    severity: Severity
    rule: str
    element_id: str
    message: str


class Unreadable(Invalid):
    """A file or a set of files that cannot become a runnable process; `problems` says why, element by element."""

    code = "diagram_unreadable"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        more = f"（共{len(self.problems)}处问题）" if len(self.problems) > 1 else ""
        super().__init__(self.problems[0].message + more, {problem.element_id: [problem.message] for problem in self.problems})


@dataclass(frozen=True)
class Outcome:
    """One way a user task may end; offered only while `offer` (an expression) holds."""

    id: str
    name: str
    offer: str | None = None


@dataclass(frozen=True)
class Event:
    """What an event waits for or throws.

    `name` is a message's or error's name, `text` a timer's due rule or `=expression`; a
    statutory timer does not stop while the case is on hold.
    """

    kind: str
    name: str = ""
    text: str = ""
    timer_form: str = ""
    statutory: bool = False


PLAIN = Event("none")
DONE = (Outcome("done", "完成"),)


@dataclass(frozen=True)
class Node:
    """One drawn element: what happens here, who does it, until when.

    `kind` is the BPMN element's name (userTask, serviceTask, exclusiveGateway ...); `process`
    the key of the process it is drawn in, `scope` the id of the process or subprocess directly around it.
    """

    id: str
    name: str
    kind: str
    process: str
    scope: str = ""
    lane_role: str | None = None
    form_key: str | None = None
    roles: tuple[str, ...] = ()
    due: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = DONE
    copies: tuple[str, ...] = ()
    documentation: str = ""
    event: Event = PLAIN
    called: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None
    marks: frozenset[str] = frozenset()

    @property
    def short_id(self) -> str:
        """The first two parts of the id, as used in outcome facts: SP40_T09_choose_next -> SP40_T09."""
        return "_".join(self.id.split("_")[:2])


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    condition: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Scope:
    """A process or an embedded subprocess: its own nodes and the flows between them, in drawing order."""

    id: str
    parent: str | None
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        return {key: tuple(flow for flow in self.flows if flow.source == key) for key in self.nodes}

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        return {key: tuple(flow for flow in self.flows if flow.target == key) for key in self.nodes}

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Boundary events by the activity they sit on."""
        events = [node for node in self.nodes.values() if node.attached_to]
        return {key: tuple(event for event in events if event.attached_to == key) for key in self.nodes}

    @cached_property
    def starts(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes.values() if node.kind == "startEvent")


@dataclass(frozen=True)
class Lane:
    id: str
    name: str
    role: str | None


@dataclass(frozen=True, eq=False)
class Diagram:
    """One file: one process with its embedded subprocesses. `digest` names exactly these bytes.

    `process_key` is the name the process is started and called by: its property `key`, or its id.
    (A companion may carry the id of its only task as key, and in a file an id stands only once.)
    """

    process_key: str
    process_id: str
    name: str
    digest: str
    xml: bytes
    properties: Mapping[str, str]
    scopes: Mapping[str, Scope]
    nodes: Mapping[str, Node]
    lanes: tuple[Lane, ...]
    ids: frozenset[str]
    documentation: str = ""

    @property
    def top(self) -> Scope:
        return self.scopes[self.process_id]

    @property
    def calls(self) -> frozenset[str]:
        """Keys of the processes this one calls."""
        return frozenset(node.called for node in self.nodes.values() if node.called)
