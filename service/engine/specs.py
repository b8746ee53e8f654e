"""The library's task specs as we need them: traced, reading facts instead of token data, with its silent faults repaired.

Every repair names the fault of SpiffWorkflow 3.2.0 it answers; each has a test that shows it.
A spec is shared by all runs and threads and never changes after `assembly` has connected it.
"""
# mypy: disallow-subclassing-any=False
# (the library has no types, and this is the one file that extends its classes)

from datetime import datetime
from typing import Any, Literal, Protocol

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .expressions import parse
from .nodes import Node

Moment = Literal["entered", "left", "cancelled"]
ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Surroundings(Protocol):
    """What specs ask of the run they belong to (the library calls this place the script engine)."""

    def test(self, text: str) -> bool: ...
    def due(self, text: str) -> datetime: ...
    def operate(self, node: Node) -> None: ...
    def visit(self, node: Node, kind: Moment) -> None: ...


class UncaughtError(RuntimeError):
    """An error end without a boundary event around it; refused at publish."""


def surroundings(task: Task) -> Surroundings:
    found: Surroundings = task.workflow.script_engine
    return found


# ------------------------------------------------------------------ what every drawn element does


class Drawn(BpmnTaskSpec):
    """An element of the diagram: says when it is entered, left and cancelled."""

    passive = False  # waiting (for a boundary's event, for other arrivals) is not yet a visit

    def __init__(self, spec: Any, node: Node, **rest: Any) -> None:
        super().__init__(spec, node.id, **rest)
        self.node = node

    def _update(self, task: Task) -> None:
        super()._update(task)
        if not self.passive and not hasattr(task, "visited") and task.has_state(ACTIVE):
            task.visited = True
            surroundings(task).visit(self.node, "entered")

    def _on_complete(self, task: Task) -> None:
        if not hasattr(task, "visited"):
            task.visited = True
            surroundings(task).visit(self.node, "entered")
        surroundings(task).visit(self.node, "left")
        super()._on_complete(task)

    def _on_cancel(self, task: Task) -> None:
        if hasattr(task, "visited"):
            surroundings(task).visit(self.node, "cancelled")
        super()._on_cancel(task)


class Start(Drawn, defaults.StartEvent): ...


class HumanTask(Drawn, defaults.UserTask): ...


class Choice(Drawn, defaults.ExclusiveGateway): ...


class Catch(Drawn, defaults.IntermediateCatchEvent): ...


class OperationTask(Drawn):
    """A service task: a registered operation, run inside the step. (The library's never completes.)"""

    def _run_hook(self, task: Task) -> bool:
        surroundings(task).operate(self.node)
        return True


class Container(Drawn):
    def start_workflow(self, task: Task) -> None:
        """A block is entered before what is in it."""
        task.visited = True
        surroundings(task).visit(self.node, "entered")
        super().start_workflow(task)

    def _on_subworkflow_completed(self, subworkflow: Any, task: Task) -> None:
        """An interrupted block must not come back to life when its last task reports."""
        if not task.has_state(TaskState.FINISHED_MASK):
            super()._on_subworkflow_completed(subworkflow, task)


class Block(Container, defaults.SubWorkflowTask): ...


class CalledBlock(Container, defaults.CallActivity): ...


class End(Drawn, defaults.EndEvent):
    def _on_cancel(self, task: Task) -> None:
        """An error end is cancelled together with the block it ends; it was left, not cancelled."""
        BpmnTaskSpec._on_cancel(self, task)


class FirstEventGateway(Drawn, defaults.EventBasedGateway):
    """The first event wins. (The library follows a due timer *and* a message that came before the tick.)"""

    def __init__(self, spec: Any, node: Node) -> None:
        super().__init__(spec, node, event_definition=MultipleEventDefinition())

    def _run_hook(self, task: Task) -> bool:
        task.internal_data["seen_events"] = task.internal_data.get("seen_events", [])[:1]
        super()._run_hook(task)
        task.internal_data.clear()
        return True


class ListeningBoundary(Drawn, defaults.BoundaryEvent):
    """A boundary event; a non-interrupting one goes on listening for messages. (The library's hears one, then is deaf.)"""

    passive = True

    def _run_hook(self, task: Task) -> bool:
        super()._run_hook(task)
        if not self.cancel_activity and isinstance(self.event_definition, Message):
            split = task.parent
            beside = (other for other in split.children if not isinstance(other.task_spec, ListeningBoundary))
            if any(other.has_state(TaskState.NOT_FINISHED_MASK) for other in beside):
                again = split._add_child(self, TaskState.FUTURE)
                again.triggered = True
                self._predict(again, mask=TaskState.NOT_FINISHED_MASK)
                self._update(again)
        return True


class CountingJoin(Drawn, defaults.ParallelGateway):
    """A parallel gateway that counts each arrival once. (In a loop the library counts arrivals of earlier passes again.)"""

    passive = True

    def _check_threshold_unstructured(self, task: Task) -> bool:
        missing = set(self._inputs)
        for other in task.workflow.tasks.values():
            if other.task_spec is self and other.parent is not None and (other is task or _unused_arrival(other)):
                missing.discard(other.parent.task_spec.name)
        return not missing

    def _run_hook(self, task: Task) -> bool:
        super()._run_hook(task)
        for other in task.workflow.tasks.values():
            if other.task_spec is self and other is not task and other.has_state(TaskState.FINISHED_MASK):
                other.internal_data["used"] = True
        return True


def _unused_arrival(task: Task) -> bool:
    arrived = task.has_state(TaskState.WAITING | TaskState.CANCELLED) and task.parent.has_state(TaskState.COMPLETED)
    return bool(arrived and not task.internal_data.get("used"))


# ------------------------------------------------------------------ events


class Message(EventDefinition):
    """Waits for a message by name; delivered by `Run.deliver` to one place, never broadcast, and without content."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Timer(TimerEventDefinition):
    """Due once, at an instant fixed when the token arrives and kept as text; fired only by `Run`, which owns the clock."""

    def __init__(self, text: str, statutory: bool) -> None:
        super().__init__(text, text)
        self.statutory = statutory

    def has_fired(self, task: Task) -> bool:
        if task.internal_data.get("event_value") is None:
            task.internal_data["event_value"] = surroundings(task).due(self.expression).isoformat()
        return bool(task.internal_data.get("event_fired"))

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Failure(EventDefinition):
    """A BPMN error: caught by the nearest boundary event around it, at once.

    (The library lets the block go on to its end in the same step, and lets every boundary event
    of the catching level hear the error, also those on other blocks.)
    """

    def throw(self, task: Task) -> None:
        workflow = task.workflow
        while workflow.parent_task_id is not None:
            block = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
            for other in block.parent.children:
                definition = getattr(other.task_spec, "event_definition", None)
                if isinstance(definition, Failure) and definition.name == self.name and other.has_state(TaskState.WAITING):
                    other.task_spec.catch(other, None)
                    other.task_spec._update(other)
                    other.run()
                    return
            workflow = block.workflow
        raise UncaughtError(f"{task.task_spec.name}: error {self.name!r} is not caught")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Termination(TerminateEventDefinition):
    def throw(self, task: Task) -> None:
        """Ends its own process only; the library would also leave a note for callers that nobody collects."""


def definition(node: Node) -> EventDefinition:
    match node.event.kind:
        case "message":
            return Message(node.event.name)
        case "timer":
            return Timer(node.event.text, node.event.statutory)
        case "error":
            return Failure(node.event.name)
        case "terminate":
            return Termination()
    return NoneEventDefinition()


class Condition:
    """A flow's condition, answered from the case's facts. Compiled when the diagram is read, not when a child is waiting."""

    def __init__(self, text: str) -> None:
        self.text = text
        parse(text)

    def _matches(self, task: Task) -> bool:
        return surroundings(task).test(self.text)
