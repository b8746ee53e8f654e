"""One case's instances in motion: loaded under a lock, moved by the engine, written back once.

Every path that moves a case goes through here: a completed task, a message, a timer. Inside
one transaction a `Motion` fires what is due in due order, makes the step, hands messages
around, lets the rules look, and at the end writes instances, tasks and history together.
Source of the order: PATTERNS section 4.
"""

from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import calendars, clock, engine, history, people, tasks
from service.access import Actor, Place
from service.engine import Node, Run, Scalar
from service.errors import Conflict
from service.processes import library, registry
from service.processes.facts import DateFacts, as_date, flat
from service.processes.instance_rows import CASE, LOCK, NOTHING_TO_UNDO, Moving, moving_of, update_of
from service.processes.models import HeldMessage, Instance
from service.processes.opening import Opening, due_of, open_tasks
from service.processes.trail import leave_unsaid, path_of

MOST_ROUNDS = 200  # of messages and rules in one step; more is a diagram talking to itself


class NobodyWaits(Conflict):
    """A person sent an event that nothing in the case is waiting for."""

    code = "event_not_expected"


class TaskGone(Conflict):
    """A timer, a message or a colleague took the task away while the form was open."""

    code = "task_gone"


@dataclass
class Letter:
    """A message on its way inside the case."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    by_person: bool = False


class Motion:
    """The moving case. Implements `engine.World`: what diagrams may ask of their surroundings."""

    def __init__(self, session: Session, actor: Actor, root: Any, rows: Iterable[Any]) -> None:
        self.session, self.actor = session, actor
        self.root_id: int = root.id
        self.case_id: int | None = root.case_id
        self.student_id: int | None = root.student_id
        self.county_id: int = root.county_id
        self.bundle_id: int = root.bundle_id
        self.facts: MutableMapping[str, Scalar] = dict(root.facts or {})
        self.frozen = library.frozen(session, root.bundle_id)
        self.now = clock.now()
        self.instances = {row.id: moving_of(row) for row in rows}
        self.outbox: deque[Letter] = deque()
        self.openings: list[Opening] = []
        self.closed_tokens: dict[str, str] = {}
        self.opened: list[int] = []
        self.answers: dict[str, Any] = {}
        self.node: Node | None = None
        self.completed_due: datetime | None = None
        """Due time of the task being completed."""
        self.memory: dict[str, Any] = {}
        """Rows other slices load once per motion."""
        self._facts_before = dict(self.facts)
        self._wakes: list[datetime] = []

    # ---- opening a motion

    @classmethod
    def of(cls, session: Session, actor: Actor, root_id: int) -> Self:
        """Take the case: whoever comes second waits here, and then sees what the first one did."""
        if session.get_bind().dialect.name == "postgresql":  # SQLite's writing transaction has waited already
            session.execute(LOCK, {"root": root_id})
        rows = session.execute(CASE, {"root": root_id}).all()
        motion = cls(session, actor, rows[0], rows)
        history.go_on(session, motion.subject, rows[0].last_seq, rows[0].last_hash)
        return motion

    @classmethod
    def look(cls, session: Session, actor: Actor, root_id: int) -> Self:
        """The case as it stands, to read only: nothing is locked, nothing may be settled."""
        table = Instance.__table__
        rows = session.execute(select(table).where(table.c.id == root_id)).all()
        return cls(session, actor, rows[0], rows)

    @classmethod
    def begin(
        cls,
        session: Session,
        actor: Actor,
        *,
        process_key: str,
        case_id: int | None,
        student_id: int | None,
        facts: dict[str, Scalar],
        prepare: Callable[[Self], None] | None = None,
    ) -> Self:
        """Start a root instance on the county's live bundle; `prepare` completes its facts before the first node."""
        row = Instance(
            county_id=actor.county_id,
            case_id=case_id,
            student_id=student_id,
            process_key=process_key,
            bundle_id=library.bundle_now(session, actor.county_id),
            status="open",
            facts=facts,
            revision=0,
            started_at=clock.now(),
        )
        session.add(row)
        session.flush()
        motion = cls(session, actor, row, [row])
        history.go_on(session, motion.subject, None, None)
        if prepare:
            prepare(motion)
        motion._start(motion.root)
        return motion

    # ---- what is around

    @property
    def root(self) -> Moving:
        return self.instances[self.root_id]

    @property
    def today(self) -> date:
        return clock.local_date(self.now)

    @property
    def subject(self) -> str:
        """Whose history this is."""
        return f"case:{self.case_id}" if self.case_id else f"instance:{self.root_id}"

    @property
    def place(self) -> Place:
        """Where the pupil belongs on the day it is."""
        return self.pupil.place if self.student_id else Place(self.county_id)

    @property
    def pupil(self) -> people.Pupil:
        """The pupil as of the day it is, with everything around them."""
        assert self.student_id
        pupils: dict[date, people.Pupil] = self.memory.setdefault("pupils", {})
        if self.today not in pupils:
            pupils[self.today] = people.pupil_on(self.session, self.student_id, self.today)
        return pupils[self.today]

    @property
    def calendar(self) -> calendars.Calendar:
        return calendars.calendar_of(self.session, self.county_id, self.place.school_id)

    def run_of(self, moving: Moving) -> Run:
        """The live run of an instance, restored when first needed."""
        if moving.run is None:
            assert moving.state is not None
            moving.run = Run.restore(moving.state, self.frozen.bundle, moving.process_key, self)
        return moving.run

    def note(self, action: str, *, node_id: str | None = None, **data: Any) -> dict[str, Any]:
        """Record an event of this case at the instant the motion stands at."""
        return self.history_at(self.now, action, node_id, **data)

    def history_at(self, at: datetime, action: str, node_id: str | None, **data: Any) -> dict[str, Any]:
        """Record an event of this case at an instant of this motion."""
        return history.record(self.session, self.actor, self.subject, action, node_id=node_id, at=at, **data)

    # ---- engine.World

    def call(self, name: str, args: list[Scalar]) -> Scalar:
        """A function of an expression: registered by a slice, or one of the calendar's."""
        if name in registry.functions:
            return registry.functions[name](self, *args)
        if name == "today":
            return self.today.isoformat()
        return calendars.functions(self.calendar)[name](*args)

    def due(self, rule: str) -> datetime:
        """The instant of a due rule as of now."""
        return calendars.due(
            rule,
            self.calendar,
            trigger=self.today,
            fields=DateFacts(self.facts),
            absent_since=as_date(self.facts.get("absent_since")),
            count_unit=self.frozen.profile["absence.count_unit"],
        )

    def instant(self, rule: str) -> datetime:
        """A due rule, or an `=expression` yielding a date (then office close) or an instant."""
        if not rule.startswith("="):
            return self.due(rule)
        value = str(engine.evaluate(rule, self.facts, self.call))
        return datetime.fromisoformat(value) if len(value) > 10 else clock.local(date.fromisoformat(value), calendars.OFFICE_CLOSE)

    def operate(self, name: str, node: Node) -> None:
        """A service task: run the registered operation inside this transaction."""
        registry.operations[name](self, node)

    def held(self, statutory: bool) -> bool:
        """Whether timers stand still: work clocks do while the case is on hold, statutory ones never."""
        return bool(self.facts.get("on_hold")) and not statutory

    # ---- the ways a case moves

    def tick(self) -> int:
        """Let everything happen that is due by now, earliest first over all instances, each at its own instant.

        What is due is a timer of a diagram, or the moment a rule asked to look again.
        """
        until, fired = self.now, 0
        while due := [(m.next_due, m.id) for m in self.instances.values() if m.status == "open" and m.next_due and m.next_due <= until]:
            at, number = min(due)
            moving, self.now = self.instances[number], at
            timer = self.run_of(moving).next_due
            if timer and timer <= at:
                row = self.note("timer.fired")
                self._step(moving, lambda run: run.tick(), row)
                row["node_id"] = next(iter((*row["data"].get("out", ()), *row["data"].get("passed", ()))), None)
                leave_unsaid(row)
            moving.changed = True
            self._settle_messages()
            moving.next_due = self._next_due(moving)
            if moving.status == "open" and moving.next_due and moving.next_due <= at:
                raise RuntimeError(f"{moving.process_key}: what was due at {at} is still due")
            fired += 1
        self.now = until
        return fired

    def complete(self, instance_id: int, token: str, *, outcome: str, values: dict[str, Any], row: dict[str, Any]) -> None:
        """End a user task with an outcome and answers. Raises `TaskGone`."""
        moving = self.instances.get(instance_id)
        if moving is None or moving.status != "open":
            raise TaskGone("这项任务已经不需要办理了：流程已经往前走")
        run = self.run_of(moving)
        waiting = next((t for t in run.ready if t.id == token), None)
        if waiting is None:
            raise TaskGone("这项任务已经不需要办理了：流程已经往前走")
        node = self.frozen.bundle.node(waiting.node_id)
        self.answers, self.node = values, node
        undo = {
            "undo_task_id": row["data"].get("task"),
            "undo_state": moving.state,
            "undo_facts": dict(self.facts),
            "undo_revision": self.root.revision + 1,
        }
        self.facts[f"o_{node.short_id}"] = outcome
        self._keep_facts(node)
        self._step(moving, lambda r: r.complete(token), row, finished=token)
        if self._only_tasks_moved(row):
            moving.undo = undo
        self._settle_messages()

    def _only_tasks_moved(self, row: dict[str, Any]) -> bool:
        """Whether a step touched nothing but tasks and gateways, so that taking it back loses nothing."""
        nodes = [self.frozen.bundle.node(i).kind for key in ("passed", "in", "cut") for i in row["data"].get(key, ())]
        return not self.outbox and all(kind in {"userTask", "exclusiveGateway", "parallelGateway"} for kind in nodes)

    def send(self, name: str, values: dict[str, Any] | None = None, *, by_person: bool = False) -> None:
        """Put a message of the case on its way; it is handed over after the current step."""
        self.outbox.append(Letter(name, values or {}, by_person))

    def receive(self, name: str, values: dict[str, Any]) -> None:
        """A person's message. Raises `NobodyWaits` where the situation does not admit it."""
        self.send(name, values, by_person=True)
        self._settle_messages()

    def facts_changed(self) -> bool:
        """Whether this motion has moved the case already."""
        return dict(self.facts) != self._facts_before or any(m.changed for m in self.instances.values())

    def tokens_in(self, state: bytes, process_key: str) -> set[str]:
        """The open tasks of a frozen state."""
        return {token.id for token in Run.restore(state, self.frozen.bundle, process_key, self).ready}

    def look_around(self) -> None:
        """Let messages and rules come to rest after facts were changed from outside."""
        self._settle_messages()

    def start(self, process_key: str) -> Moving | None:
        """Open a companion of this case, or join the one that is open already (then None)."""
        properties = self.frozen.bundle.diagrams[process_key].properties
        if properties.get("at_once", "one") == "one" and any(
            m.process_key == process_key and m.status == "open" for m in self.instances.values()
        ):
            self.note("companion.joined", process=process_key)
            return None
        row = Instance(
            county_id=self.county_id,
            root_id=self.root_id,
            case_id=self.case_id,
            student_id=self.student_id,
            process_key=process_key,
            bundle_id=self.bundle_id,
            status="open",
            revision=0,
            started_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        moving = self.instances[row.id] = moving_of(row)
        self._start(moving)
        return moving

    def postpone(self, pause: timedelta) -> None:
        """After a hold: work timers of every open instance wait longer by as much."""
        for moving in self.instances.values():
            if moving.status == "open":
                self.run_of(moving).postpone(pause)
                moving.changed, moving.next_due = True, self.run_of(moving).next_due

    def is_open(self, process_key: str) -> bool:
        """Whether a companion of this kind is running."""
        return any(m.process_key == process_key and m.status == "open" for m in self.instances.values())

    def end(self, moving: Moving, reason: str) -> None:
        """Stop an instance that has lost its purpose."""
        run = self.run_of(moving)
        for token in run.ready:
            self._close(token.id, reason)
        moving.status, moving.changed, moving.next_due = "ended", True, None

    def in_block(self, name: str) -> bool:
        """Whether the main instance stands inside an embedded block (WORK, LADDER …)."""
        return self.root.status == "open" and any(name in path.split("/") for path in self.run_of(self.root).active)

    # ---- inside a step

    def _start(self, moving: Moving) -> None:
        moving.is_new = moving.changed = True
        row = self.note("process.started", process=moving.process_key, version=self.frozen.versions.get(moving.process_key))
        moving.run = Run.start(self.frozen.bundle, moving.process_key, self)
        self._observe(moving, {}, row)
        self._settle_messages()

    def _step(self, moving: Moving, act: Callable[[Run], Any], row: dict[str, Any], finished: str = "") -> None:
        run = self.run_of(moving)
        before = {t.id: t.node_id for t in run.ready}
        before.pop(finished, None)
        act(run)
        self._observe(moving, before, row)

    def _observe(self, moving: Moving, before: dict[str, str], row: dict[str, Any]) -> None:
        """See what a step did: tasks that appeared or vanished, nodes passed, the end of the run."""
        run = self.run_of(moving)
        moving.changed = True
        after = {t.id: t for t in run.ready}
        for gone in before.keys() - after.keys():
            self._close(gone, "流程已经往前走")
        for token in after.values():
            if token.id not in before and not any(o.token == token.id for o in self.openings):
                node = self.frozen.bundle.node(token.node_id)
                self.openings.append(Opening(moving.id, node, token.id, self.now, self.place, due_of(self, node)))
        row["data"].update(path_of(run.trail[moving.seen :]))
        leave_unsaid(row)
        moving.seen = len(run.trail)
        moving.next_due = run.next_due
        if run.completed and moving.status == "open":
            moving.status, moving.next_due = "done", None
        if moving.id == self.root_id:
            self._end_with_work()

    def _end_with_work(self) -> None:
        """Companions that live only as long as WORK end with it, and so do papers kept for it."""
        if self.in_block("WORK"):
            return
        for other in list(self.instances.values()):
            if other.status == "open" and other.id != self.root_id and self._lives_in_work(other):
                self.end(other, "案件已离开劝返阶段")
        if self.facts.pop("held_messages", None):
            self.session.execute(delete(HeldMessage).where(HeldMessage.root_id == self.root_id))

    def _lives_in_work(self, moving: Moving) -> bool:
        return (
            self.frozen.bundle.diagrams[moving.process_key].properties.get("ends_with_work") == "true" and not self.run_of(moving).completed
        )

    def _close(self, token: str, reason: str) -> None:
        for opening in self.openings:
            if opening.token == token:
                opening.cancelled = reason
                return
        self.closed_tokens[token] = reason

    def _keep_facts(self, node: Node) -> None:
        """Turn answers into facts, as the node's `facts` property says."""
        told = {key: flat(value) for key, value in self.answers.items()}
        if text := node.properties.get("facts"):
            self.facts.update(engine.assign(text, lambda name: told[name] if name in told else self.facts.get(name), self.call))
        for filed in registry.filed.get(node.form_key or "F00", ()):
            filed(self, node)

    # ---- messages and rules

    def _settle_messages(self) -> None:
        """Hand over messages and ask the rules until nothing more happens."""
        for _ in range(MOST_ROUNDS):
            while self.outbox:
                self._hand_over(self.outbox.popleft())
            self._offer_held()
            self._wakes = [wake for rule in registry.rules if (wake := rule(self))]
            if not self.outbox:
                self.root.next_due = self._next_due(self.root)
                return
        raise RuntimeError("messages of this case never come to rest")

    def _next_due(self, moving: Moving) -> datetime | None:
        own = moving.run.next_due if moving.run and moving.status == "open" else moving.next_due if not moving.run else None
        if moving.id != self.root_id or moving.status != "open":
            return own
        return min([t for t in (own, *self._wakes) if t], default=None)

    def _hand_over(self, letter: Letter) -> None:
        policy = registry.messages[letter.name]
        row = self.note("event.received", event=letter.name, values=letter.values or None)
        if policy.kind == "start":
            if self.frozen.bundle.diagrams[policy.process].properties.get("ends_with_work") == "true" and not self.in_block("WORK"):
                if letter.by_person:
                    raise NobodyWaits("案件当前不在可以登记这件事的阶段")
                row["data"]["unheard"] = True
                return
            self.start(policy.process)
        elif not self._deliver(letter, policy, row):
            self._unheard(letter, policy, row)

    def _deliver(self, letter: Letter, policy: registry.Message, row: dict[str, Any]) -> bool:
        for moving in list(self.instances.values()):
            if moving.status == "open" and self.run_of(moving).hears(letter.name):
                self.answers = letter.values or self.answers
                self._step(moving, lambda run: run.deliver(letter.name, policy.everyone), row)
                return True
        return False

    def _unheard(self, letter: Letter, policy: registry.Message, row: dict[str, Any]) -> None:
        if policy.unheard == "refuse" and letter.by_person:
            raise NobodyWaits("案件当前没有等待这件事，不能登记")
        if policy.unheard == "hold" and self.in_block("WORK"):
            self.session.add(
                HeldMessage(county_id=self.county_id, root_id=self.root_id, name=letter.name, values=letter.values, at=self.now)
            )
            self.session.flush()
            self.facts["held_messages"] = int(self.facts.get("held_messages") or 0) + 1
            row["data"]["held"] = True
        else:
            row["data"]["unheard"] = True

    def _offer_held(self) -> None:
        if not self.facts.get("held_messages"):
            return
        for kept in self.session.scalars(select(HeldMessage).where(HeldMessage.root_id == self.root_id).order_by(HeldMessage.id)).all():
            letter = Letter(kept.name, kept.values or {})
            if any(m.status == "open" and self.run_of(m).hears(kept.name) for m in self.instances.values()):
                self._deliver(
                    letter, registry.messages[kept.name], self.note("event.received", event=kept.name, values=letter.values or None)
                )
                self.session.execute(delete(HeldMessage).where(HeldMessage.id == kept.id))
                self.facts["held_messages"] = int(self.facts.get("held_messages") or 1) - 1

    # ---- writing it all down

    def settle(self) -> list[int]:
        """Write instances, tasks and facts; the ids of the tasks that were closed without being done."""
        closed = (
            tasks.cancel(self.session, self.root_id, [bytes.fromhex(token) for token in self.closed_tokens], self.now)
            if self.closed_tokens
            else []
        )
        for task_id, node_id, token in closed:
            self.note("task.cancelled", node_id=node_id, task=task_id, reason=self.closed_tokens[token.hex()])
        for moving in self.instances.values():
            if moving.changed or (moving.id == self.root_id and self._root_touched(moving)):
                self._write(moving)
        self.opened = open_tasks(self, self.openings)
        self.openings, self.closed_tokens = [], {}
        return [task_id for task_id, _, _ in closed]

    def _root_touched(self, moving: Moving) -> bool:
        return self.facts != self._facts_before or any(m.changed for m in self.instances.values()) or moving.changed

    def _write(self, moving: Moving) -> None:
        ended = moving.status != "open"
        values: dict[str, Any] = {"revision": moving.revision + 1, "status": moving.status, "next_due": moving.next_due}
        if ended:
            values.update(state=None, ended_at=self.now, **NOTHING_TO_UNDO)
        elif moving.run is not None:
            values["state"] = moving.run.freeze()
        if moving.undo and not ended:
            values.update(moving.undo)
        if moving.id == self.root_id and self.facts != self._facts_before:
            values["facts"] = dict(self.facts)
        moved = self.session.execute(update_of(tuple(values)), {**values, "instance": moving.id, "seen": moving.revision})
        if moved.rowcount != 1:  # type: ignore[attr-defined]
            raise Conflict("案件刚刚被别人办理过，请刷新后再试", code="stale_revision")
        moving.revision += 1
        moving.changed = False
