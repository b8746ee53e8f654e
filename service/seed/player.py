"""An actor behind the stage: walks cases through their diagrams on a virtual clock, in the name of those responsible.

It uses the slices as the doors do, so what it leaves behind is what people would have left:
answers accepted by the forms, tasks done by their holders, history as it was written.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from PIL import Image
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from service import calendars, cases, clock, people, processes
from service.access import Actor, Place
from service.cases import Attendance, Row
from service.db import Database
from service.errors import Invalid
from service.forms import attachments
from service.processes import Instance, Sheet
from service.seed import answers
from service.seed.pen import Pen, fill
from service.seed.tales import GUARDIAN_REFUSES, Tale
from service.tasks import Task

ASKED = (
    *("class_teacher", "school_registrar", "school_kcbx_officer", "vice_principal", "principal", "village_cadre"),
    *("township_edu_officer", "township_enforcement", "township_leader", "township_head", "legal_reviewer", "county_kcbx_officer"),
)
SECOND_PERSON = ("agree", "pass", "approve")


@dataclass
class Player:
    """Plays everybody. `now` only moves forward."""

    database: Database
    now: datetime
    tales: dict[int, Tale] = field(default_factory=dict)
    """What is said in the family of a pupil, by student id."""
    _staff: dict[Place, people.Staff] = field(default_factory=dict)
    _actors: dict[int, Actor] = field(default_factory=dict)
    _session: Session | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything inside in one transaction, which spares the disk."""
        if self._session is not None:
            yield
            return
        with self.database.transaction() as session:
            self._session = session
            try:
                yield
            finally:
                self._session = None

    # ---- time

    def until(self, when: datetime) -> "Player":
        """Let time pass: everything that becomes due happens at its own instant."""
        with self._stage() as session:
            while due := _next_due(session, when):
                with clock.standing_at(max(due, self.now)):
                    if processes.tick_one(session, due) is None and not processes.ring_one(session, due):
                        raise RuntimeError(f"what is due at {due} does not move")
        self.now = max(self.now, when)
        return self

    # ---- the roll

    def attend(self, student_id: int, *, present: bool, day: date | None = None) -> int | None:
        """Post a pupil's row, today's by default, as the class teacher; the case that it started, if any."""
        with self._stage() as session:
            day = day or clock.today()
            teacher = self._holder(session, people.place_of(session, student_id, day), "class_teacher")
            posted = cases.post_absences(session, self._actor(session, teacher), [Row(student_id, day, present)])
            if posted.problems:
                raise ValueError(f"the roll of {day} was not taken: {posted.problems[0].message}")
            return posted.started[0] if posted.started else None

    def register(self, student_id: int, days: Sequence[date], *, present: bool) -> None:
        """Rows that tell the case nothing new: the roll as it was kept day after day, in one statement."""
        with self._stage() as session:
            known = set(session.scalars(select(Attendance.day).where(Attendance.student_id == student_id, Attendance.day.in_(days))))
            place = people.place_of(session, student_id, clock.today())
            teacher = self._holder(session, place, "class_teacher")
            values = [
                {
                    "student_id": student_id,
                    "day": day,
                    "county_id": place.county_id,
                    "present": present,
                    "note": None,
                    "at": clock.local(day, calendars.COUNTED_AT),
                    "by": teacher,
                }
                for day in days
                if day not in known
            ]
            if values:
                session.execute(insert(Attendance), values)

    # ---- work

    def open_tasks(self, case_id: int) -> list[Task]:
        """What is open in all instances of a case, the earliest due first."""
        with self._stage() as session:
            return list(
                session.scalars(
                    select(Task)
                    .where(Task.case_id == case_id, Task.state == "open")
                    .order_by(Task.due_at, Task.id)
                    .execution_options(populate_existing=True)
                )
            )

    def find(self, case_id: int, node: str) -> Task | None:
        """The open task of a node, named by the first two parts of its id."""
        return next((task for task in self.open_tasks(case_id) if short(task) == node), None)

    def complete(self, case_id: int, node: str, outcome: str | None = None, *, second: bool = True, **told: Any) -> None:
        """Do a task as its holder; those who must agree do so at once unless `second` is false."""
        task = self.find(case_id, node)
        if task is None:
            raise LookupError(f"{node} is not open; open are {', '.join(map(short, self.open_tasks(case_id))) or 'no tasks'}")
        self.finish(task, outcome, **told)
        for letter in "bc" if second else "":
            if after := self.find(case_id, node.rstrip("bc") + letter):
                self.finish(after)

    def finish(self, task: Task, outcome: str | None = None, **told: Any) -> None:
        """Do this task now, with the usual answers except for what is told."""
        with self._stage() as session:
            task, actor, sheet, chosen, values = self._written(session, task, outcome, None, told)
            try:
                processes.complete_task(session, actor, task.id, revision=task.revision, outcome=chosen, values=values)
            except Invalid as wrong:
                raise ValueError(f"{task.node_id} ({sheet.form.key}, {chosen}): {wrong.fields}") from wrong

    def written(
        self, task: Task, outcome: str | None = None, *, upload: Callable[[], str] | None = None, **told: Any
    ) -> tuple[str, dict[str, Any]]:
        """The outcome and the answers this task would be finished with, for whoever fills in the form by another way."""
        with self._stage() as session:
            _, _, _, chosen, values = self._written(session, task, outcome, upload, told)
            return chosen, values

    def doer(self, task: Task) -> int:
        """Who would finish this task: its holder, or the first of the role where nobody holds it."""
        with self._stage() as session:
            return self._doer(session, task)

    def event(self, case_id: int, event: str, by: str, **values: Any) -> None:
        """Register an event of the case in the name of a role around the pupil."""
        with self._stage() as session:
            case = session.get_one(cases.Case, case_id)
            who = self._holder(session, people.place_of(session, case.student_id, clock.today()), by)
            cases.register_event(session, self._actor(session, who), case_id, event, values)

    def case(self, case_id: int) -> cases.Case:
        """The case as it stands."""
        with self._stage() as session:
            return session.get_one(cases.Case, case_id, populate_existing=True)

    def next_due(self, case_id: int) -> datetime | None:
        """When something of a case becomes due by itself."""
        with self._stage() as session:
            return session.scalar(select(func.min(Instance.next_due)).where(Instance.case_id == case_id, Instance.status == "open"))

    # ---- behind the stage

    @contextmanager
    def _stage(self) -> Iterator[Session]:
        with clock.standing_at(self.now):
            if self._session is not None:
                yield self._session
                self._session.flush()
            else:
                with self.database.transaction() as session:
                    yield session

    def _written(
        self, session: Session, task: Task, outcome: str | None, upload: Callable[[], str] | None, told: Mapping[str, Any]
    ) -> tuple[Task, Actor, Sheet, str, dict[str, Any]]:
        task = session.get_one(Task, task.id, populate_existing=True)
        actor = self._actor(session, self._doer(session, task))
        sheet = processes.open_sheet(session, actor, task)
        chosen = outcome or _agreeing(sheet)
        pen = self._pen(session, actor, task, chosen)
        usual = answers.usual(sheet.form.key, self._scene(session, actor, task, sheet, chosen))
        values = fill(sheet.form, sheet.context, replace(pen, upload=upload) if upload else pen, told=told, usual=usual)
        return task, actor, sheet, chosen, values

    def _doer(self, session: Session, task: Task) -> int:
        """The holder, or the first of the role where nobody holds it."""
        if task.assignee_id:
            return task.assignee_id
        return self._holder(session, _place(task), task.role)

    def _holder(self, session: Session, place: Place, role: str) -> int:
        found = self._around(session, place).holder(role)
        if found is None:
            raise LookupError(f"nobody is {role} here")
        return found.person_id

    def _around(self, session: Session, place: Place) -> people.Staff:
        if place not in self._staff:
            self._staff[place] = people.staff_around(session, place, ASKED, clock.today())
        return self._staff[place]

    def _actor(self, session: Session, person_id: int) -> Actor:
        if person_id not in self._actors:
            self._actors[person_id] = people.actor_for(session, person_id, clock.today())
        return self._actors[person_id]

    def _pen(self, session: Session, actor: Actor, task: Task, outcome: str) -> Pen:
        def upload() -> str:
            return str(attachments.keep(session, actor, PICTURE, "image/png", self.database.memory["files"]).id)

        own = task.township_id if str(task.role).startswith("township") else task.school_id
        return Pen(str(actor.person_id), actor.name, str(own or task.township_id), self.now, outcome, upload)

    def _scene(self, session: Session, actor: Actor, task: Task, sheet: Sheet, outcome: str) -> answers.Scene:
        staff = self._around(session, _place(task))
        return answers.Scene(
            node=short(task),
            outcome=outcome,
            now=self.now,
            me=str(actor.person_id),
            student=str(sheet.context.prefilled.get("student_name") or "该生"),
            tale=self.tales.get(task.student_id or 0, GUARDIAN_REFUSES),
            facts=sheet.context.facts,
            near=lambda role: _near(staff, role),
            workdays=sheet.context.working_day,
            place=str(sheet.context.prefilled.get("residence_address") or "学生家中"),
            school=str(task.school_id or task.township_id),
        )


def short(task: Task) -> str:
    """The first two parts of a node id: SP40_T09 of SP40_T09_choose_next."""
    return "_".join(task.node_id.split("_")[:2])


def _place(task: Task) -> Place:
    """Where a task lies, as it was noted when it opened."""
    household = task.household_township_id or task.township_id
    return Place(task.county_id, task.class_id, task.school_id, task.village_id, task.township_id, household)


def _near(staff: people.Staff, role: str) -> str | None:
    line = staff.holders("township_enforcement" if role == "second_officer" else role)
    wanted = 1 if role == "second_officer" else 0
    return str(line[wanted].person_id) if len(line) > wanted else None


def _agreeing(sheet: Sheet) -> str:
    """The outcome of somebody who only has to agree."""
    offered = [outcome.id for outcome in sheet.outcomes]
    found = offered[0] if len(offered) == 1 else next((outcome for outcome in SECOND_PERSON if outcome in offered), None)
    if found is None:
        raise ValueError(f"{sheet.node.id} offers {offered}; which one?")
    return found


def _next_due(session: Session, until: datetime) -> datetime | None:
    """The earliest instant at which a case has something due or a task something to say."""
    found = (processes.due_next(session, until), processes.alarm_next(session, until))
    return min((instant for instant in found if instant), default=None)


def _picture() -> bytes:
    """A small grey sheet, as a phone would photograph a paper."""
    sheet = io.BytesIO()
    Image.new("RGB", (24, 32), (236, 236, 232)).save(sheet, "PNG")
    return sheet.getvalue()


PICTURE = _picture()
