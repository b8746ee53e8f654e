"""The only ways an instance moves: a person completes a task, an event is received, time passes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, aliased

from service import clock, engine, forms, people, tasks
from service.access import Actor, system
from service.engine import Node, Outcome
from service.errors import Invalid
from service.forms import attachments
from service.processes import registry
from service.processes.models import Instance
from service.processes.motion import Motion, TaskGone

LONGEST_ID = 19
"""Digits that a row's number can have; more would only make the database complain."""


class Stuck(Exception):
    """A case that time cannot move; `__cause__` says why."""

    def __init__(self, root_id: int) -> None:
        super().__init__(f"case of instance {root_id} cannot be moved")
        self.root_id = root_id


@dataclass(frozen=True)
class Progress:
    """What a step did, by task ids."""

    task_id: int
    case_id: int | None
    opened: list[int]
    closed: list[int]


@dataclass(frozen=True)
class Sheet:
    """A task opened for reading or filling in: the node, its form and what the form may know."""

    task: tasks.Task
    node: Node
    form: forms.Form
    form_version: int
    outcomes: tuple[Outcome, ...]
    context: forms.Context


def complete_task(
    session: Session, actor: Actor, task_id: int, *, revision: int, outcome: str | None, values: Mapping[str, Any]
) -> Progress:
    """Finish a task: sight, right, sense, then the step, in this transaction.

    `revision` is the one the person saw. Raises `NotFound`, `Forbidden`, `TaskTaken`,
    `StaleRevision`, `TaskGone`, `Invalid` (fields say where).
    """
    task, ties = tasks.find_for(session, actor, task_id)
    motion = Motion.of(session, actor, task.root_id)
    motion.tick()
    on_behalf_of = tasks.may_finish(actor, task, ties)
    _still_open(motion, task)
    tasks.ensure_fresh(task, revision)
    sheet = _sheet(motion, task, outcome, values)
    for guard in registry.guards:
        guard(motion, sheet.node)
    chosen = _chosen(sheet, outcome)
    answers = forms.accept(sheet.form, values, sheet.context)
    if not tasks.finish(
        session, task, revision, by=actor.person_id, on_behalf_of=on_behalf_of, at=motion.now, outcome=chosen, values=answers
    ):
        raise tasks.TaskTaken("任务刚刚由同事办结")
    row = motion.note("task.completed", node_id=task.node_id, task=task.id, outcome=chosen, late=motion.now > task.due_at or None)
    row["on_behalf_of"] = on_behalf_of
    motion.completed_due = task.due_at
    motion.complete(task.instance_id, task.token.hex(), outcome=chosen, values=answers, row=row)
    closed = motion.settle()
    return Progress(task.id, task.case_id, motion.opened, closed)


def open_sheet(session: Session, actor: Actor, task: tasks.Task) -> Sheet:
    """A task with its form as its holder would see it now; nothing is changed."""
    return _sheet(Motion.look(session, actor, task.root_id), task, None, {})


def receive(session: Session, actor: Actor, root_id: int, event: str, values: dict[str, Any]) -> Progress:
    """Hand a person's event to a case. Raises `NobodyWaits` where it is not expected."""
    motion = Motion.of(session, actor, root_id)
    motion.tick()
    motion.receive(event, values)
    closed = motion.settle()
    return Progress(0, motion.case_id, motion.opened, closed)


def act(session: Session, actor: Actor, root_id: int, change: Callable[[Motion], None]) -> Motion:
    """Let a rule of a higher slice change a case (attendance came in, say), with everything that follows from it."""
    motion = Motion.of(session, actor, root_id)
    motion.tick()
    change(motion)
    motion.look_around()
    motion.settle()
    return motion


def due_next(session: Session, until: datetime, county_id: int | None = None) -> datetime | None:
    """The earliest instant at which some instance has something due, if not after `until`."""
    statement = select(Instance.next_due).where(Instance.status == "open", Instance.next_due <= until).order_by(Instance.next_due).limit(1)
    if county_id is not None:
        statement = statement.where(Instance.county_id == county_id)
    return session.scalar(statement)


def tick_one(session: Session, now: datetime) -> tuple[int, int] | None:
    """Move the case whose turn it is, if any is due by `now`; (root id, timers fired).

    The case's root is locked and cases locked by others are skipped, so each due time fires once.
    Raises `Stuck` for a case that cannot be moved.
    """
    root = aliased(Instance)
    row = session.execute(
        select(root.id, root.county_id)
        .join(Instance, root.id == func.coalesce(Instance.root_id, Instance.id))
        .where(Instance.status == "open", Instance.next_due <= now)
        .order_by(Instance.next_due, Instance.id)
        .limit(1)
        .with_for_update(of=root, skip_locked=True)
    ).first()
    if row is None:
        return None
    try:
        with clock.standing_at(now):
            motion = Motion.of(session, system(row.county_id), row.id)
            fired = motion.tick()
            motion.settle()
            session.flush()
    except (OperationalError, InterfaceError):
        raise  # the database is gone, the case is not to blame
    except Exception as problem:
        raise Stuck(row.id) from problem
    return row.id, fired


def park(session: Session, root_id: int, until: datetime | None = None) -> None:
    """Take a case that cannot be moved out of the worker's way (its incident says why)."""
    for instance in session.scalars(
        select(Instance).where((Instance.id == root_id) | (Instance.root_id == root_id), Instance.status == "open")
    ):
        if instance.next_due and instance.next_due <= clock.now():
            instance.next_due = until or clock.now() + timedelta(hours=1)
    session.flush()


def _still_open(motion: Motion, task: tasks.Task) -> None:
    """After the clock has been let run, is the task still there?"""
    if task.state == "done":
        raise tasks.TaskTaken("任务已经由同事办结" if task.completed_by != motion.actor.person_id else "您已经办结这项任务")
    if task.state != "open" or task.token.hex() in motion.closed_tokens:
        raise TaskGone("这项任务已经不需要办理了：流程已经往前走")


def _sheet(motion: Motion, task: tasks.Task, outcome: str | None, values: Mapping[str, Any]) -> Sheet:
    node = motion.frozen.bundle.node(task.node_id)
    motion.node = node
    key = node.form_key or "F00"
    form = motion.frozen.forms[key]
    offered = tuple(o for o in node.outcomes if o.offer is None or engine.evaluate(o.offer, motion.facts, motion.call))
    return Sheet(task, node, form, motion.frozen.form_numbers[key], offered, _context(motion, node, key, offered, outcome, values))


def _context(
    motion: Motion, node: Node, form_key: str, offered: tuple[Outcome, ...], outcome: str | None, values: Mapping[str, Any]
) -> forms.Context:
    known = _Known(motion, values)
    prefilled: dict[str, Any] = {}
    for key in ("*", form_key, node.id):
        if key in registry.prefills:
            prefilled.update(registry.prefills[key](motion))
    penalty = motion.frozen.profile["penalty"]
    return forms.Context(
        today=motion.today,
        now=motion.now,
        outcome=outcome or (offered[0].id if len(offered) == 1 else None),
        outcomes=[(o.id, o.name) for o in offered],
        prefilled=prefilled,
        facts=motion.facts,
        people=known.person,
        organisations=known.organisation,
        files=known.file,
        name_of=known.name,
        limits=forms.Limits(
            min_visitors=motion.frozen.profile["visit.min_participants"],
            min_team=motion.frozen.profile["persuasion.min_participants"],
            min_sources=motion.frozen.profile["verification.min_sources"],
            max_fine=penalty["max_fine"],
            hearing_threshold=penalty["hearing_threshold"],
            min_days_before_closure=motion.frozen.profile["followup.min_days_before_closure"],
            min_white_days=motion.frozen.profile["followup.min_white_days"],
        ),
        is_school_day=motion.calendar.is_school,
        working_day=motion.calendar.add_working,
        choices=known.choices() if outcome is None else {},
    )


def _chosen(sheet: Sheet, outcome: str | None) -> str:
    """The outcome asked for, if it is offered. Raises `Invalid`, or what the outcome's gate raises."""
    ids = [o.id for o in sheet.outcomes]
    if outcome is None and len(ids) == 1:
        return ids[0]
    if outcome not in ids:
        if outcome in registry.gates:
            raise registry.gates[outcome]()
        names = "、".join(o.name for o in sheet.outcomes)
        raise Invalid("请选择办理结果", {"outcome": [f"请从这些结果中选择：{names}"]})
    assert outcome is not None
    return outcome


class _Known:
    """Whether ids in answers exist for this county; asked only when a form has them, and then for all answers at once."""

    def __init__(self, motion: Motion, values: Mapping[str, Any]) -> None:
        self.motion, self.values = motion, values
        self._asked: dict[type[Any], set[int]] = {}
        self._found: dict[type[Any], set[int]] = {}

    def person(self, identifier: str) -> bool:
        return self._exists(people.Person, identifier)

    def organisation(self, identifier: str) -> bool:
        return self._exists(people.Organisation, identifier)

    def file(self, identifier: str) -> bool:
        return self._exists(attachments.Attachment, identifier)

    def _exists(self, model: type[Any], identifier: str) -> bool:
        if not _is_id(identifier):
            return False
        if int(identifier) not in self._asked.get(model, ()):
            asked = self._asked[model] = {int(identifier), *(int(value) for value in _leaves(self.values) if _is_id(value))}
            found = select(model.id).where(model.county_id == self.motion.county_id, model.id.in_(asked))
            self._found.setdefault(model, set()).update(self.motion.session.scalars(found))
        return int(identifier) in self._found[model]

    def name(self, kind: str, identifier: str) -> str | None:
        if not _is_id(identifier) or kind not in {"person", "org"}:
            return None
        model = people.Person if kind == "person" else people.Organisation
        return self.motion.session.scalar(select(model.name).where(model.id == int(identifier)))

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """The people a form offers: those around this pupil, with their roles."""
        place = self.motion.place
        near = people.colleagues_near(self.motion.session, place)
        return {
            "person": [(str(p.id), f"{p.name}（{p.role_name}）") for p in near],
            "org": people.organisations_near(self.motion.session, place),
        }


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < LONGEST_ID


def _leaves(values: Any) -> Iterator[Any]:
    """Every single answer, however deep in rows and lists."""
    if isinstance(values, Mapping | list):
        for value in values.values() if isinstance(values, Mapping) else values:
            yield from _leaves(value)
    else:
        yield values
