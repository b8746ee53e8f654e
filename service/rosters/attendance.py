"""Importing a day's (or many days') attendance: preview that names every bad row, then commit. R-127, B22.

Committing goes through the roll like a teacher's own posting, day by day in order, so the same
rules start and move cases. The same file committed twice changes nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from service import calendars, cases, clock, history, people
from service.access import Actor, Place, in_scope
from service.db import Base, Id, Instant, Json
from service.errors import Conflict, Forbidden, NotFound
from service.rosters import workbook

SHOWN_PROBLEMS = 500
IMPORTERS = ("school_kcbx_officer", "county_kcbx_officer", "county_registrar", "sys_admin")


class RosterImport(Base):
    """A file somebody is importing: previewed, then committed or dropped."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    source: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    file: Mapped[str] = mapped_column(String(80))
    columns: Mapped[Any] = mapped_column(Json, nullable=True)
    state: Mapped[str] = mapped_column(String(9))
    rows: Mapped[int]
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    by: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class BadRow:
    """A row that will not be taken, where it stands and why (no names: problems are shown and kept)."""

    sheet: str
    row: int
    code: str
    message: str


@dataclass
class Preview:
    """What a file holds, before anything is changed."""

    rows: int = 0
    good: list[cases.Row] = field(default_factory=list)
    leave: list[tuple[int, date]] = field(default_factory=list)
    problems: list[BadRow] = field(default_factory=list)


def preview(session: Session, actor: Actor, content: bytes, mapping: Mapping[str, str] | None = None) -> Preview:
    """Read a file against the actor's pupils; changes nothing. Raises `Invalid`, `Forbidden`."""
    if not actor.holds(*IMPORTERS):
        raise Forbidden("只有学校控辍保学专干、县控辍办可以导入到校情况")
    pupils = _Pupils(session, actor)
    found = Preview()
    seen: dict[tuple[int, date], str] = {}
    for line in workbook.read(content, mapping):
        found.rows += 1
        problem = _take(line, pupils, seen, found)
        if problem:
            found.problems.append(BadRow(line.sheet, line.number, *problem))
    return found


def start(
    session: Session, actor: Actor, content: bytes, *, purpose: str, folder: Path, mapping: Mapping[str, str] | None = None
) -> tuple[RosterImport, Preview]:
    """Keep a file for commit and show what it holds."""
    found = preview(session, actor, content, mapping)
    digest = hashlib.sha256(content).digest()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"import-{digest.hex()[:32]}"
    (folder / name).write_bytes(content)
    row = RosterImport(
        county_id=actor.county_id,
        source="attendance",
        purpose=purpose,
        sha256=digest,
        file=name,
        columns=dict(mapping or {}) or None,
        state="previewed",
        rows=found.rows,
        by=actor.person_id,
        at=clock.now(),
    )
    session.add(row)
    session.flush()
    history.record(session, actor, f"import:{row.id}", "import.previewed", rows=found.rows, bad=len(found.problems), sha256=digest.hex())
    return row, found


def commit(session: Session, actor: Actor, import_id: int, folder: Path) -> dict[str, Any]:
    """Post the good rows of a previewed file. Raises `NotFound`, `Conflict` when it was committed already."""
    row = _own(session, actor, import_id, lock=True)
    if row.state != "previewed":
        raise Conflict("这次导入已经提交过", code="already_committed")
    found = preview(session, actor, (folder / row.file).read_bytes(), row.columns)
    result = post(session, actor, found)
    row.state, row.result = "committed", result
    history.record(
        session, actor, f"import:{row.id}", "import.committed", **{key: value for key, value in result.items() if key != "started"}
    )
    return {**result, "problems": [vars(p) for p in found.problems[:SHOWN_PROBLEMS]]}


def look(session: Session, actor: Actor, import_id: int, folder: Path) -> tuple[RosterImport, Preview]:
    """One's own import and what its file holds, read again. Raises `NotFound`."""
    row = _own(session, actor, import_id)
    return row, preview(session, actor, (folder / row.file).read_bytes(), row.columns)


def latest(session: Session, actor: Actor, limit: int = 20) -> Sequence[RosterImport]:
    """One's own imports, the newest first."""
    own = select(RosterImport).where(RosterImport.county_id == actor.county_id, RosterImport.by == actor.person_id)
    return session.scalars(own.order_by(RosterImport.id.desc()).limit(limit)).all()


def _own(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> RosterImport:
    row = session.get(RosterImport, import_id, with_for_update=lock)
    if row is None or row.county_id != actor.county_id or row.by != actor.person_id:
        raise NotFound("没有找到这次导入")
    return row


def post(session: Session, actor: Actor, found: Preview) -> dict[str, Any]:
    """Hand the rows to the roll, oldest day first."""
    accepted, started = 0, []
    for student_id, day in found.leave:
        cases.note_leave(session, actor, student_id, day, day)
    for day in sorted({r.day for r in found.good}):
        rows = [r for r in found.good if r.day == day]
        posted = cases.post_absences(session, access_for(actor), rows, keep_present=False)
        accepted += posted.accepted
        started += posted.started
        _note_rolls(session, actor, rows)
    return {"accepted": accepted, "started": [str(i) for i in started], "leave": len(found.leave), "refused": len(found.problems)}


def access_for(actor: Actor) -> Actor:
    """Whoever may import for a whole county posts with the system's reach; the history still names them."""
    return Actor(actor.county_id, actor.person_id, actor.name, actor.memberships, system=True)


def _note_rolls(session: Session, actor: Actor, rows: Iterable[cases.Row]) -> None:
    rows = list(rows)
    places = people.places_of(session, [r.student_id for r in rows], rows[0].day)
    classes: dict[int, list[cases.Row]] = {}
    for row in rows:
        if class_id := places[row.student_id].class_id:
            classes.setdefault(class_id, []).append(row)
    for class_id, theirs in classes.items():
        cases.note_roll(session, actor, class_id, theirs[0].day, enrolled=len(theirs), absent=sum(not r.present for r in theirs))


def _take(line: workbook.Line, pupils: "_Pupils", seen: dict[tuple[int, date], str], found: Preview) -> tuple[str, str] | None:
    """Put a line where it belongs, or say why not."""
    state = workbook.as_state(line.cells.get("state"))
    if state is None:
        return "unknown_state", "到校情况认不出来，请填 到校、缺勤 或 请假"
    day = workbook.as_day(line.cells.get("day"), clock.today().year)
    if day is None:
        return "bad_date", "日期认不出来，请填 2026-03-09 这样的日期"
    if day > clock.today():
        return "future_date", "日期还没有到"
    student_id = pupils.find(
        workbook.as_text(line.cells.get("registry_no")), workbook.as_text(line.cells.get("name")), workbook.as_text(line.cells.get("class"))
    )
    if student_id is None:
        return "unknown_student", "没有找到这名学生，请核对学籍号"
    if not pupils.is_school_day(student_id, day):
        return "not_a_school_day", "当天不是上课日"
    if (student_id, day) in seen:
        return (
            ("duplicate", "与前面一行重复")
            if seen[student_id, day] == state
            else ("contradiction", "同一名学生同一天前后不一致，以前一行为准")
        )
    seen[student_id, day] = state
    if state == "leave":
        found.leave.append((student_id, day))
    else:
        found.good.append(cases.Row(student_id, day, state == "present", workbook.as_text(line.cells.get("note"))[:200]))
    return None


class _Pupils:
    """All pupils an importer may name, by registry number and by name and class."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._county = session, actor.county_id
        class_ = aliased(people.Organisation)
        village = aliased(people.Organisation)
        today = clock.today()
        rows = session.execute(
            select(
                people.Student.id,
                people.Student.registry_no,
                people.Student.name,
                class_.name,
                class_.id,
                class_.parent_id,
                village.id,
                village.parent_id,
            )
            .join(
                people.Enrolment,
                and_(
                    people.Enrolment.student_id == people.Student.id,
                    people.Enrolment.from_on <= today,
                    or_(people.Enrolment.until_on.is_(None), people.Enrolment.until_on > today),
                ),
            )
            .join(class_, class_.id == people.Enrolment.class_id)
            .outerjoin(village, village.id == people.Student.village_id)
            .where(people.Student.county_id == actor.county_id)
        )
        self._by_registry: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], list[int]] = {}
        self._school: dict[int, int | None] = {}
        whole_county = actor.system or actor.holds("county_kcbx_officer", "county_registrar", "sys_admin")
        for student_id, registry_no, name, class_name, class_id, school_id, village_id, township_id in rows:
            if not whole_county and not in_scope(actor, Place(actor.county_id, class_id, school_id, village_id, township_id)):
                continue
            if registry_no:
                self._by_registry[registry_no] = student_id
            self._by_name.setdefault((name, class_name), []).append(student_id)
            self._school[student_id] = school_id

    def find(self, registry_no: str, name: str, class_name: str) -> int | None:
        """By registry number; without one, by name and class where that is one pupil only."""
        if registry_no:
            return self._by_registry.get(registry_no.upper())
        same = self._by_name.get((name, class_name), [])
        return same[0] if len(same) == 1 else None

    def is_school_day(self, student_id: int, day: date) -> bool:
        return calendars.calendar_of(self._session, self._county, self._school[student_id]).is_school(day)
