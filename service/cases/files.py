"""Opening cases, posting the roll, registering events: the ways work enters a case from outside."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import calendars, clock, processes
from service.access import Actor, Place, system
from service.cases import attendance, events, lifecycle
from service.cases.attendance import Posted, Row
from service.cases.models import Case
from service.cases.sight import find_for
from service.engine import Scalar
from service.errors import Conflict, Invalid
from service.people import County, Student, place_of
from service.processes import Motion

TRIGGERS = ("absence", "term_missing", "roster_gap", "clue", "not_enrolled", "suspension_end", "reopen")
STARTS_AT_DAY1 = {"absence", "suspension_end"}
RECENT = 10
"""School days after an early return within which a new absence starts at day 2 (DOMAIN e.2)."""


class CaseRunning(Conflict):
    """The student has an active case; a second trigger is noted there."""

    code = "case_running"


def open_case(
    session: Session,
    actor: Actor,
    student_id: int,
    trigger_type: str,
    *,
    absent_since: date | None = None,
    values: dict[str, Any] | None = None,
) -> Case:
    """Start P01 for a student. Raises `CaseRunning` when one is active (the trigger is noted there)."""
    if trigger_type not in TRIGGERS:
        raise Invalid("没有这种立案来源", {"trigger_type": ["请从规定的来源中选择"]})
    if (running := attendance.active_case(session, student_id)) is not None:
        raise CaseRunning(f"该生已有在办案件 {running.number}，请在该案件中登记")
    student = session.get_one(Student, student_id)
    today = clock.today()
    place = place_of(session, student_id, today)
    last = session.scalars(select(Case).where(Case.student_id == student_id).order_by(Case.id.desc()).limit(1)).first()
    early = trigger_type in STARTS_AT_DAY1
    case = Case(
        county_id=place.county_id,
        student_id=student_id,
        number="",
        status="alert" if early else "suspected",
        stage="detection" if early else "verification",
        episode_no=last.episode_no + 1 if last else 1,
        previous_case_id=last.id if last else None,
        trigger_type=trigger_type,
        ladder="",
        opened_at=clock.now(),
        absent_since=absent_since or today,
        suspected_on=None if early else today,
        **{key: getattr(place, key) for key in ("class_id", "school_id", "village_id", "township_id", "household_township_id")},
    )
    session.add(case)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as taken:
        raise CaseRunning("该生已有在办案件，请在该案件中登记") from taken
    code = session.scalar(select(County.code).where(County.id == place.county_id))
    case.number = f"{str(code).upper()}{today.year}-{case.id:04d}"
    facts: dict[str, Scalar] = {
        "trigger_type": trigger_type,
        "entry": _entry(session, place, last, early),
        "absent_since": (absent_since or today).isoformat(),
        "absent_school_days": 0,
        "suspected_on": None if early else today.isoformat(),
        "episode_no": case.episode_no,
        "birth_date": student.birth_date.isoformat(),
        "rounds": 0,
        "no_school": place.school_id is None,
    }
    motion = _begin(session, actor, case, facts, values)
    motion.note("case.status", after=case.status)
    motion.settle()
    return case


def _begin(session: Session, actor: Actor, case: Case, facts: dict[str, Scalar], values: dict[str, Any] | None) -> Motion:
    def opened(motion: Motion) -> None:
        profile = motion.frozen.profile
        motion.memory["case"] = case
        motion.facts["return_notice_enabled"] = profile["return_notice.enabled"]
        motion.facts["notice_after_rounds"] = profile["persuasion.max_rounds_before_notice"]
        case.ladder, case.root_id = profile.ladder, motion.root_id
        motion.note("case.opened", trigger=case.trigger_type, number=case.number, ladder=case.ladder, profile=profile["id"], values=values)

    return Motion.begin(
        session, actor, process_key=processes.MAIN, case_id=case.id, student_id=case.student_id, facts=facts, prepare=opened
    )


def _entry(session: Session, place: Place, last: Case | None, early: bool) -> str | None:
    """Where SP10 begins: at day 2 when the pupil had come back early within the last ten school days."""
    if not early:
        return None
    if last is not None and last.closure_code == "C11" and last.closed_on:
        calendar = calendars.calendar_of(session, place.county_id, place.school_id)
        if clock.today() <= calendar.add_school(last.closed_on, RECENT) and last.absent_school_days:
            return "day2"
    return "day1"


def post_absences(session: Session, actor: Actor, rows: Sequence[Row], *, keep_present: bool = True) -> Posted:
    """Take rows of the roll: they start cases, and move those that run.

    With `keep_present=False` (bulk import) presences are stored only where a case looks for them.
    Raises `Forbidden` when the actor calls no roll. A row that cannot be taken is reported by its
    position and holds up none of the others.
    """
    good, problems = attendance.check_rows(session, actor, rows)
    running = attendance.active_cases(session, list({row.student_id for row, _ in good}))
    kept = [row for row, _ in good if keep_present or not row.present or row.student_id in running]
    attendance.keep(session, actor, kept)
    posted = Posted(accepted=len(good), problems=problems)
    places: dict[int, Place] = {row.student_id: place for row, place in good}
    by_student: dict[int, list[Row]] = defaultdict(list)
    for row in kept:
        by_student[row.student_id].append(row)
    for student_id, theirs in by_student.items():
        if (case := running.get(student_id)) is not None:
            _move(session, actor, case, theirs)
        elif not all(row.present for row in theirs) and (since := _spell_began(session, places[student_id], student_id)):
            posted.started.append(open_case(session, actor, student_id, "absence", absent_since=since).id)
    return posted


def _spell_began(session: Session, place: Place, student_id: int) -> date | None:
    """The first day of an absence that nobody has ended."""
    since = clock.today() - attendance.LOOK_BACK
    last_closed = session.scalar(select(Case.closed_on).where(Case.student_id == student_id).order_by(Case.id.desc()).limit(1))
    if last_closed:
        since = max(since, last_closed)
    rows = attendance.register(session, student_id, since)
    calendar = calendars.calendar_of(session, place.county_id, place.school_id)
    run = calendars.spell(calendar, rows, since=since, now=clock.now(), assumed=False)
    return run[0] if run else None


def _move(session: Session, actor: Actor, case: Case, rows: Sequence[Row]) -> None:
    """Let a running case know: a presence in WORK claims a return, absences in follow-up may be a relapse."""
    assert case.root_id

    def change(motion: Motion) -> None:
        motion.memory.pop("register", None)
        motion.memory["case"] = case
        if motion.in_block("WORK"):
            if any(row.present and row.day == motion.today for row in rows) and not motion.is_open("SP65_T01_confirm_return"):
                motion.send("return_claimed")
        elif motion.root.status == "open" and motion.run_of(motion.root).hears("relapse_suspected") and _relapsing(motion):
            motion.send("relapse_suspected")

    processes.act(session, system(case.county_id) if actor.system else actor, case.root_id, change)


def _relapsing(motion: Motion) -> bool:
    since = date.fromisoformat(str(motion.facts["returned_on"]))
    rows = attendance.register(motion.session, motion.student_id or 0, since)
    run = calendars.spell(motion.calendar, rows, since=since, now=motion.now, assumed=False)
    return len(run) >= int(motion.frozen.profile["followup.relapse_absence_days"])


def register_event(session: Session, actor: Actor, case_id: int, event: str, values: dict[str, Any]) -> Case:
    """A person tells the case what happened. Raises `NobodyWaits`, `Forbidden`, `Invalid`, `NotFound`."""
    case = find_for(session, actor, case_id)
    if event not in events.BY_PERSON:
        raise Invalid("没有这种事件", {"event": ["请从可登记的事件中选择"]})
    events.must_be_registrable(actor, event)
    if case.root_id is None or case.status == "closed":
        raise processes.NobodyWaits("案件已经销号，不能再登记")
    if event in {"hold", "resume"}:
        _hold(session, actor, case, event, values)
    else:
        processes.receive(session, actor, case.root_id, event, values)
    return case


def _hold(session: Session, actor: Actor, case: Case, event: str, values: dict[str, Any]) -> None:
    """Work clocks pause, statutory ones do not; the bureau's leader gives a reason."""
    if event == "hold" and not values.get("reason"):
        raise Invalid("请写明中止理由", {"reason": ["必填"]})
    assert case.root_id

    def change(motion: Motion) -> None:
        motion.memory["case"] = case
        motion.note("event.received", event=event, values=values or None)
        if event == "hold":
            lifecycle.step_aside(motion, "hold")
            motion.facts["on_hold"] = True
            motion.facts["held_since"] = motion.now.isoformat()
        elif motion.facts.pop("on_hold", None):
            began = datetime.fromisoformat(str(motion.facts.pop("held_since")))
            motion.postpone(motion.now - began)
            lifecycle.step_back(motion)

    processes.act(session, actor, case.root_id, change)
