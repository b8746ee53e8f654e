"""One running process: start or restore it, move it one step, freeze it again. A calculation; it touches nothing outside `World`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol, Self

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .. import clock
from ..errors import Conflict
from .bundle import Bundle
from .expressions import ExpressionError, Scalar, evaluate
from .freezing import freeze, thaw
from .nodes import Node
from .pruning import prune
from .specs import ACTIVE, FirstEventGateway, HumanTask, ListeningBoundary, Message, Moment, Timer

STEP_BUDGET = 300
OFFICE_CLOSE = time(17, 30)


class World(Protocol):
    """What a run may ask of its surroundings. `now` is aware UTC and moved by the engine while it ticks."""

    now: datetime

    @property
    def facts(self) -> Mapping[str, Scalar]: ...
    def call(self, name: str, args: list[Scalar]) -> Scalar: ...
    def due(self, rule: str) -> datetime: ...
    def operate(self, name: str, node: Node) -> None: ...
    def held(self, statutory: bool) -> bool: ...


class StepBudgetExceeded(Conflict):
    """The diagram runs in a circle without a person in it."""

    code = "step_budget"


class TokenGone(Conflict):
    """The task is not open any more: done, or taken away by a timer or an event."""

    code = "task_gone"


class AmbiguousMessage(Conflict):
    """More than one place waits for a message meant for one."""

    code = "message_ambiguous"


@dataclass(frozen=True)
class Token:
    """An open user task. `phase` is the innermost called process it is in."""

    id: str
    node_id: str
    phase: str


@dataclass(frozen=True)
class Visit:
    node_id: str
    kind: Moment


class Run:
    """Moves only through `complete`, `deliver` and `tick`; after each, nothing automatic is left to do.

    Any of them may raise what the world's operations raise, `ExpressionError` for an expression
    that has no value, or `StepBudgetExceeded`; then throw the run away and keep the old frozen state.
    """

    def __init__(self, bundle: Bundle, process_key: str, world: World) -> None:
        """Use `start` or `restore`."""
        self.bundle, self.process_key, self.world = bundle, process_key, world
        self.trail: list[Visit] = []
        self._surroundings = _Surroundings(world, self.trail)
        self._workflow: Any = None

    @classmethod
    def start(cls, bundle: Bundle, process_key: str, world: World) -> Self:
        run = cls(bundle, process_key, world)
        run._workflow = BpmnWorkflow(bundle.specs[process_key], bundle.specs, script_engine=run._surroundings)
        run._settle()
        return run

    @classmethod
    def restore(cls, frozen: bytes, bundle: Bundle, process_key: str, world: World) -> Self:
        run = cls(bundle, process_key, world)
        run._workflow = thaw(frozen, process_key, bundle.specs, run._surroundings)
        return run

    def freeze(self) -> bytes:
        return freeze(self._workflow, self.process_key)

    # ---------------------------------------------------------------- moving

    def complete(self, token_id: str) -> None:
        """Finish an open user task; its outcome is already a fact. Raises `TokenGone`."""
        task = next((task for task in self._open() if task.id.hex == token_id), None)
        if task is None:
            raise TokenGone("该任务已办结，或已因其他情况撤销")
        task.run()
        self._settle()

    def deliver(self, message: str, everyone: bool = False) -> list[str]:
        """Hand a message to the place waiting for it; with `everyone`, to all that still wait when their turn comes.

        Returns the elements that heard it, none if nobody waits. Raises `AmbiguousMessage`.
        """
        places = sorted(self._waiting_for(message), key=self._path)
        if len(places) > 1 and not everyone:
            raise AmbiguousMessage(f"消息“{message}”同时有{len(places)}处等待：{'、'.join(self._path(place) for place in places)}")
        heard = []
        for task in places:
            if task.id in self._workflow.event_manager.tasks and task.state == TaskState.WAITING:
                heard.append(_catch(task, message))
                self._settle()
        return heard

    def tick(self) -> None:
        """Fire everything due by `world.now`, in due order, the clock standing at each timer's own instant."""
        until = self.world.now
        while timers := [(at, task) for at, task in self._timers() if at <= until]:
            self.world.now = min(at for at, _ in timers)
            self._settle()
        self.world.now = until

    def postpone(self, pause: timedelta) -> None:
        """After a hold: work timers wait longer by as much as the hold lasted, statutory ones do not."""
        for at, task in self._timers(held=True):
            if not _timer(task).statutory:
                task.internal_data["event_value"] = (at + pause).isoformat()

    # ---------------------------------------------------------------- looking

    @property
    def ready(self) -> list[Token]:
        """Open user tasks, in the order of their paths."""
        return [Token(task.id.hex, task.task_spec.node.id, self._phase(task)) for task in self._open()]

    @property
    def completed(self) -> bool:
        return bool(self._workflow.completed)

    @property
    def next_due(self) -> datetime | None:
        """When to tick next; timers that a hold keeps from firing do not count."""
        return min((at for at, _ in self._timers()), default=None)

    def hears(self, message: str) -> bool:
        return any(True for _ in self._waiting_for(message))

    @property
    def active(self) -> list[str]:
        """Everything drawn where the run stands, as paths of blocks and calls down to the element: LIFE/WORK/C_SP40/SP40_T09."""
        tasks = (task for tree in self._trees() for task in tree.tasks.values() if task.has_state(ACTIVE))
        return sorted(self._path(task) for task in tasks if _drawn(task) and not isinstance(task.task_spec, ListeningBoundary))

    @property
    def waits(self) -> list[str]:
        """Ids of elements that wait for a message or an instant, boundary events included."""
        return sorted(task.task_spec.node.id for task in self._workflow.event_manager.tasks.values() if _listens(task))

    @property
    def phases(self) -> set[str]:
        """The called processes the run is in, itself included while it runs."""
        keys = self.bundle.keys
        called = {keys[tree.spec.name] for tree in self._workflow.subprocesses.values() if tree.spec.name in keys}
        return called if self.completed else {self.process_key, *called}

    # ---------------------------------------------------------------- inside

    def _settle(self) -> None:
        """Run until every task waits: for a person, a message or an instant still to come."""
        left = STEP_BUDGET

        def count(_: Task) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise StepBudgetExceeded("流程图存在没有人工任务的循环，已停止自动推进")

        while True:
            try:
                while self._workflow._do_engine_steps(did_complete_task=count):
                    pass
            except RecursionError:
                raise StepBudgetExceeded("流程图自动推进层数过多，已停止") from None
            prune(self._workflow)
            due = [(at, task) for at, task in self._timers() if at <= self.world.now]
            if not due:
                break
            count(due[0][1])
            _fire(min(due, key=lambda pair: (pair[0], self._path(pair[1])))[1])
        if self._workflow.is_completed():
            self._workflow.event_manager.tasks.clear()

    def _trees(self) -> Iterator[Any]:
        yield self._workflow
        yield from self._workflow.subprocesses.values()

    def _open(self) -> list[Task]:
        tasks = (task for tree in self._trees() for task in tree.tasks.values() if task.state == TaskState.READY)
        return sorted((task for task in tasks if isinstance(task.task_spec, HumanTask)), key=self._path)

    def _timers(self, held: bool = False) -> list[tuple[datetime, Task]]:
        """Waiting timers with their instants; without those a hold stops, unless `held` asks for them too."""
        stopped = not held and self.world.held(False)
        found = []
        for task in self._workflow.event_manager.tasks.values():
            value = task.internal_data.get("event_value")
            if value and not (stopped and not _timer(task).statutory):
                found.append((datetime.fromisoformat(value), task))
        return found

    def _waiting_for(self, message: str) -> Iterator[Task]:
        return (task for task in self._workflow.event_manager.tasks.values() if message in _messages(task))

    def _path(self, task: Task) -> str:
        names = [_name(task)]
        tree = task.workflow
        while tree.parent_task_id is not None:
            owner = self._workflow.get_task_from_id(tree.parent_task_id)
            names.append(_name(owner))
            tree = owner.workflow
        return "/".join(reversed(names))

    def _phase(self, task: Task) -> str:
        tree = task.workflow
        while tree.spec.name not in self.bundle.keys:
            tree = tree.parent_workflow
        return self.bundle.keys[tree.spec.name]


class _Surroundings:
    """The bridge the library's specs see as their script engine. Nothing a diagram says is ever executed as a script."""

    def __init__(self, world: World, trail: list[Visit]) -> None:
        self._world, self._trail = world, trail

    def test(self, text: str) -> bool:
        return bool(evaluate(text, self._fact, self._world.call))

    def due(self, text: str) -> datetime:
        """The instant a timer text means: a due rule asked of the world, or `=expression` giving an ISO date or instant."""
        if not text.startswith("="):
            return self._world.due(text).astimezone(UTC)
        value = evaluate(text, self._fact, self._world.call)
        try:
            return _instant(value)
        except (TypeError, ValueError):
            raise ExpressionError(f"定时“{text}”没有得出日期") from None

    def operate(self, node: Node) -> None:
        self._world.operate(node.properties["operation"], node)

    def visit(self, node: Node, kind: Moment) -> None:
        self._trail.append(Visit(node.id, kind))

    def _fact(self, name: str) -> Scalar:
        return self._world.facts.get(name)


def _instant(value: Scalar) -> datetime:
    """An ISO date means the close of business of that day; an instant without a zone is local."""
    if not isinstance(value, str):
        raise TypeError(value)
    if len(value) == 10:
        return clock.local(date.fromisoformat(value), OFFICE_CLOSE)
    instant = datetime.fromisoformat(value)
    return (instant if instant.tzinfo else instant.replace(tzinfo=clock.LOCAL)).astimezone(UTC)


def _drawn(task: Task) -> bool:
    return hasattr(task.task_spec, "node")


def _name(task: Task) -> str:
    return str(task.task_spec.name)


def _definitions(task: Task) -> list[Any]:
    definition = task.task_spec.event_definition
    return list(definition.event_definitions) if isinstance(task.task_spec, FirstEventGateway) else [definition]


def _messages(task: Task) -> list[str]:
    return [definition.name for definition in _definitions(task) if isinstance(definition, Message)]


def _timer(task: Task) -> Timer:
    return next(definition for definition in _definitions(task) if isinstance(definition, Timer))


def _listens(task: Task) -> bool:
    return any(isinstance(definition, Message | Timer) for definition in _definitions(task))


def _fire(task: Task) -> None:
    task.internal_data["event_fired"] = True
    task.task_spec._update(task)


def _catch(task: Task, message: str) -> str:
    """Let a waiting task hear a message. Returns what heard it: at an event gateway, the event of the branch taken."""
    task.task_spec.catch(task, BpmnEvent(Message(message)))
    task.task_spec._update(task)
    if isinstance(task.task_spec, FirstEventGateway):
        return next(str(event.name) for event in task.task_spec.outputs if event.node.event.name == message)
    return _name(task)
