"""The roll: who was at school when. It starts cases, counts their days and notices returns (DOMAIN e.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Date, Integer, bindparam, literal, null, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service import calendars, clock, history, people
from service.access import Actor, Place
from service.cases.models import Attendance, Case, ClassRoll, Leave
from service.db import table_of
from service.errors import Forbidden
from service.processes import Motion

T = TypeVar("T")

LOOK_BACK = timedelta(days=45)
"""How far back a spell without a case is looked for."""


@dataclass(frozen=True)
class Row:
    """One pupil on one day, as posted."""

    student_id: int
    day: date
    present: bool
    note: str = ""


@dataclass(frozen=True)
class Problem:
    """A row that was not accepted, by its position."""

    row: int
    code: str
    message: str


@dataclass
class Posted:
    """What came of a posting."""

    accepted: int = 0
    started: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def register(session: Session, student_id: int, since: date) -> calendars.Register:
    """What is known about one pupil's days since a date.

    On a day whose roll was called, whoever was not marked absent was there.
    """
    rows: Sequence[Any] = session.execute(_REGISTER, {"pupil": student_id, "since": since}).all()
    absent = frozenset(row.first for row in rows if row.kind == "own" and not row.present)
    return calendars.Register(
        present=frozenset(row.first for row in rows if row.kind != "leave") - absent,
        absent=absent,
        leave=frozenset(day for row in rows if row.kind == "leave" for day in _days(row.first, row.last)),
    )


def _register() -> CompoundSelect[Any]:
    """Three kinds of rows: the pupil's own, the days on which their class was called, and leave."""
    own, roll, leave, enrolment = (table_of(model) for model in (Attendance, ClassRoll, Leave, people.Enrolment))
    pupil, since = bindparam("pupil", type_=Integer), bindparam("since", type_=Date)
    called = roll.join(enrolment, enrolment.c.class_id == roll.c.class_id)
    return union_all(
        select(own.c.day.label("first"), own.c.day.label("last"), own.c.present.label("present"), literal("own").label("kind")).where(
            own.c.student_id == pupil, own.c.day >= since
        ),
        select(roll.c.day, roll.c.day, null(), literal("called"))
        .select_from(called)
        .where(enrolment.c.student_id == pupil, enrolment.c.from_on <= roll.c.day, roll.c.day >= since)
        .where(or_(enrolment.c.until_on.is_(None), enrolment.c.until_on > roll.c.day)),
        select(leave.c.from_on, leave.c.until_on, null(), literal("leave")).where(leave.c.student_id == pupil, leave.c.until_on >= since),
    )


_REGISTER = _register()


def known(motion: Motion) -> calendars.Register:
    """The register of a case's pupil since the absence began, loaded once per motion."""
    if "register" not in motion.memory:
        since = _since(motion)
        motion.memory["register"] = register(motion.session, motion.student_id or 0, since)
    found: calendars.Register = motion.memory["register"]
    return found


def _since(motion: Motion) -> date:
    dates = [value for key in ("absent_since", "claimed_on", "returned_on") if isinstance(value := motion.facts.get(key), str)]
    return date.fromisoformat(min(dates)) if dates else motion.today - LOOK_BACK


def absent_days(motion: Motion) -> int:
    """Unexcused school days since the absence began, as of now."""
    since = motion.facts.get("absent_since")
    if not isinstance(since, str):
        return 0
    return len(calendars.absent_days(motion.calendar, known(motion), since=date.fromisoformat(since), now=motion.now))


def is_present(motion: Motion) -> bool:
    """Whether the pupil was reported at school today."""
    return motion.today in known(motion).present


def check_rows(session: Session, actor: Actor, rows: Sequence[Row]) -> tuple[list[tuple[Row, Place]], list[Problem]]:
    """Split rows into those that can be taken and the reasons against the others.

    Raises `Forbidden` when the actor calls no roll at all.
    """
    if not (actor.system or actor.holds("class_teacher", "school_kcbx_officer", "sys_admin")):
        raise Forbidden("只有班主任、学校控辍保学专干可以登记到校情况")
    places = {day: people.places_of(session, [r.student_id for r in rows if r.day == day], day) for day in {r.day for r in rows}}
    good: list[tuple[Row, Place]] = []
    problems: list[Problem] = []
    seen: set[tuple[int, date]] = set()
    for number, row in enumerate(rows):
        place = places[row.day].get(row.student_id)
        if place is None or place.county_id != actor.county_id or not _calls_roll_for(actor, place):
            problems.append(Problem(number, "unknown_student", "没有找到这名学生"))
        elif row.day > clock.today():
            problems.append(Problem(number, "future_date", "日期还没有到"))
        elif not calendars.calendar_of(session, place.county_id, place.school_id).is_school(row.day):
            problems.append(Problem(number, "not_a_school_day", "当天不是上课日"))
        elif (row.student_id, row.day) in seen:
            problems.append(Problem(number, "duplicate", "同一名学生同一天重复"))
        else:
            seen.add((row.student_id, row.day))
            good.append((row, place))
    return good, problems


def _calls_roll_for(actor: Actor, place: Place) -> bool:
    return actor.system or any(
        m.role == "sys_admin"
        or (m.role == "class_teacher" and m.organisation_id == place.class_id)
        or (m.role == "school_kcbx_officer" and m.organisation_id == place.school_id)
        for m in actor.memberships
    )


def keep(session: Session, actor: Actor, rows: Iterable[Row]) -> None:
    """Store rows; one for the same pupil and day replaces the earlier, and history keeps both."""
    rows = list(rows)
    before: dict[tuple[int, date], bool] = {}
    for some in _chunks(rows, 500):
        found = session.execute(
            select(Attendance.student_id, Attendance.day, Attendance.present).where(
                Attendance.student_id.in_({r.student_id for r in some}), Attendance.day.in_({r.day for r in some})
            )
        )
        before.update({(s, d): p for s, d, p in found})
    for row in rows:
        was = before.get((row.student_id, row.day))
        if was is not None and was != row.present:
            history.record(
                session,
                actor,
                f"student:{row.student_id}",
                "attendance.corrected",
                day=row.day.isoformat(),
                before=was,
                after=row.present,
                note=row.note or None,
            )
    values = [
        {
            "student_id": r.student_id,
            "day": r.day,
            "county_id": actor.county_id,
            "present": r.present,
            "note": r.note or None,
            "at": clock.now(),
            "by": actor.person_id,
        }
        for r in rows
    ]
    if values:
        _upsert(session, Attendance, values, ("student_id", "day"), ("present", "note", "at", "by"))


def note_roll(session: Session, actor: Actor, class_id: int, day: date, *, enrolled: int, absent: int) -> None:
    """Remember that a class's roll was called."""
    values = [
        {
            "class_id": class_id,
            "day": day,
            "county_id": actor.county_id,
            "absent": absent,
            "enrolled": enrolled,
            "at": clock.now(),
            "by": actor.person_id,
        }
    ]
    _upsert(session, ClassRoll, values, ("class_id", "day"), ("absent", "enrolled", "at", "by"))


def note_leave(session: Session, actor: Actor, student_id: int, first: date, last: date) -> None:
    """Days of leave that a roll reported; approved slips come through F04."""
    have = select(Leave.id).where(Leave.student_id == student_id, Leave.from_on <= first, Leave.until_on >= last).limit(1)
    if session.scalar(have) is None:
        session.add(Leave(county_id=actor.county_id, student_id=student_id, from_on=first, until_on=last))
        session.flush()


def active_cases(session: Session, student_ids: Sequence[int]) -> dict[int, Case]:
    """The running cases of several students."""
    found: dict[int, Case] = {}
    for some in _chunks(list(student_ids), 500):
        found.update(
            {case.student_id: case for case in session.scalars(select(Case).where(Case.student_id.in_(some), Case.closed_at.is_(None)))}
        )
    return found


def active_case(session: Session, student_id: int) -> Case | None:
    """The student's running case, if any."""
    return session.scalars(select(Case).where(Case.student_id == student_id, Case.closed_at.is_(None))).first()


def _upsert(session: Session, model: Any, values: list[dict[str, Any]], keys: Sequence[str], changes: Sequence[str]) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement: Any = insert(model)
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_={c: statement.excluded[c] for c in changes}), values)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


def _chunks(rows: list[T], size: int) -> Iterable[list[T]]:
    return (rows[i : i + size] for i in range(0, len(rows), size))
