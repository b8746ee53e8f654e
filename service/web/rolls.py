"""点名: a whole class on one phone screen; which classes have not called yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service import calendars, cases, clock, people, processes, tasks
from service.access import Actor
from service.cases import Attendance, Case, ClassRoll, Leave
from service.errors import Forbidden, Invalid, NotFound
from service.web import words
from service.web.frame import me, pages, reading, transaction

LOOK_BACK = 10
"""School days one may correct from the page."""


@dataclass(frozen=True)
class Pupil:
    """One name of the roll."""

    id: int
    name: str
    absent: bool
    leave: bool
    case: Case | None
    was_absent: bool | None
    """What is on the roll already; None where nothing is."""


@dataclass(frozen=True)
class Klass:
    """A class and whether its roll was called."""

    id: int
    name: str
    enrolled: int
    roll: ClassRoll | None


@pages.get("/rolls")
def rolls() -> ResponseReturnValue:
    """A teacher's own class, or the classes of a school."""
    with reading() as session:
        classes = _classes(session, me())
        if len(classes) == 1:
            return redirect(url_for(".roll", class_id=classes[0].id), 303)
        day = clock.today()
        rows = [_klass(session, one, day) for one in classes]
        school_day = bool(classes) and _calendar(session, classes[0]).is_school(day)
    missing = [row for row in rows if row.roll is None]
    return render_template("rolls.html", rows=rows, missing=missing, day=day, school_day=school_day)


@pages.get("/rolls/<int:class_id>")
def roll(class_id: int) -> ResponseReturnValue:
    """The class, those absent marked."""
    with reading() as session:
        klass, day, calendar = _asked(session, class_id)
        pupils = _pupils(session, class_id, day)
        called = session.get(ClassRoll, (class_id, day))
        names = people.names_of(session, [called.by] if called and called.by else [])
        opened = _opened(session, pupils) if request.args.get("note") == "called" else []
        school = session.get(people.Organisation, klass.parent_id)
    return render_template(
        "roll.html",
        klass=klass,
        school=school,
        day=day,
        pupils=pupils,
        present=sum(not p.absent and not p.leave for p in pupils),
        absent=[p for p in pupils if p.absent],
        leave=sum(p.leave for p in pupils),
        called=called,
        by=names.get(called.by or 0, "") if called else "",
        opened=opened,
        note=request.args.get("note", ""),
        is_school=calendar.is_school(day),
        next_school=calendar.next_school_day(day),
        days=_earlier(calendar),
    )


@pages.post("/rolls/<int:class_id>")
def roll_called(class_id: int) -> ResponseReturnValue:
    """One submit for the whole class."""
    away = {int(i) for i in request.form.getlist("absent") if i.isdigit()}
    with transaction() as session:
        _, day, _ = _asked(session, class_id)
        pupils = _pupils(session, class_id, day)
        rows = [cases.Row(p.id, day, p.id not in away) for p in pupils if _worth_a_row(p, p.id in away)]
        posted = cases.post_absences(session, me(), rows)
        if posted.problems:
            raise Invalid(posted.problems[0].message)
        absent = sum(p.id in away and not p.leave for p in pupils)
        cases.note_roll(session, me(), class_id, day, enrolled=len(pupils), absent=absent)
    return redirect(url_for(".roll", class_id=class_id, day=day.isoformat(), note="called"), 303)


def _worth_a_row(pupil: Pupil, absent: bool) -> bool:
    """Absences, corrections, and presences that a running case looks for; other presences are what the called roll says."""
    if pupil.leave:
        return False
    if pupil.was_absent is not None:
        return pupil.was_absent is not absent
    return absent or pupil.case is not None


def _asked(session: Session, class_id: int) -> tuple[people.Organisation, date, calendars.Calendar]:
    """The class, if its roll is ours to call, and the day asked for."""
    klass = next((one for one in _classes(session, me()) if one.id == class_id), None)
    if klass is None:
        raise NotFound("没有找到这个班，或者不由您点名")
    calendar = _calendar(session, klass)
    try:
        day = date.fromisoformat(request.values.get("day", "")) if request.values.get("day") else clock.today()
    except ValueError:
        raise NotFound("没有这一天") from None
    if day != clock.today() and day not in _earlier(calendar):
        raise Invalid("只能补登最近 10 个上课日的点名")
    return klass, day, calendar


def _classes(session: Session, actor: Actor) -> Sequence[people.Organisation]:
    if not words.calls_roll(actor):
        raise Forbidden("只有班主任、学校控辍保学专干点名")
    table = people.Organisation
    own = [m.organisation_id for m in actor.memberships if m.role == "class_teacher"]
    schools = [m.organisation_id for m in actor.memberships if m.role == "school_kcbx_officer"]
    return session.scalars(
        select(table).where(table.kind == "class", or_(table.id.in_(own), table.parent_id.in_(schools))).order_by(table.grade, table.name)
    ).all()


def _calendar(session: Session, klass: people.Organisation) -> calendars.Calendar:
    return calendars.calendar_of(session, klass.county_id, klass.parent_id)


def _earlier(calendar: calendars.Calendar) -> list[date]:
    """The school days before today that may still be corrected, latest first."""
    days = (clock.today() - timedelta(n) for n in range(1, 40))
    return [day for day in days if calendar.is_school(day)][:LOOK_BACK]


def _enrolled(session: Session, class_id: int, day: date) -> Sequence[people.Student]:
    table = people.Enrolment
    return session.scalars(
        select(people.Student)
        .join(table, table.student_id == people.Student.id)
        .where(table.class_id == class_id, table.from_on <= day, or_(table.until_on.is_(None), table.until_on > day))
        .order_by(people.Student.id)
    ).all()


def _pupils(session: Session, class_id: int, day: date) -> list[Pupil]:
    students = _enrolled(session, class_id, day)
    ids = [s.id for s in students]
    known = {
        student_id: not present
        for student_id, present in session.execute(
            select(Attendance.student_id, Attendance.present).where(Attendance.student_id.in_(ids), Attendance.day == day)
        )
    }
    leave = set(session.scalars(select(Leave.student_id).where(Leave.student_id.in_(ids), Leave.from_on <= day, Leave.until_on >= day)))
    running = {c.student_id: c for c in session.scalars(select(Case).where(Case.student_id.in_(ids), Case.closed_at.is_(None)))}
    return [
        Pupil(s.id, s.name, known.get(s.id, False) and s.id not in leave, s.id in leave, running.get(s.id), known.get(s.id))
        for s in students
    ]


def _opened(session: Session, pupils: Sequence[Pupil]) -> Sequence[Any]:
    """The tasks of the absent pupils that now wait for whoever called the roll."""
    ids = {p.case.id for p in pupils if p.case and p.absent}
    mine = tasks.inbox(session, me(), "mine", tasks.Filters(limit=200))
    return processes.describe(session, me(), [task for task in mine if task.case_id in ids])


def _klass(session: Session, klass: people.Organisation, day: date) -> Klass:
    return Klass(klass.id, klass.name, len(_enrolled(session, klass.id, day)), session.get(ClassRoll, (klass.id, day)))
