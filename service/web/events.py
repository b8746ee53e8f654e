"""登记: telling a case what happened, and opening one by another way than the roll."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import cases, clock, people, processes
from service.access import Actor
from service.cases import TRIGGERS, Case
from service.cases.events import BY_PERSON
from service.errors import Conflict, Forbidden, Invalid
from service.web.frame import me, pages, reading, transaction
from service.web.telling import TRIGGER_NAMES

OPENERS = ("class_teacher", "school_kcbx_officer", "township_edu_officer", "county_kcbx_officer")
BY_HAND = tuple(trigger for trigger in TRIGGERS if trigger not in {"absence", "reopen"})


@dataclass(frozen=True)
class Offer:
    """An event the reader may register."""

    event: str
    name: str


def offered(actor: Actor, case: Case) -> Sequence[Offer]:
    """What this reader may register in this case as it stands, with its name."""
    return [Offer(event, BY_PERSON[event]) for event in cases.events.offered(actor, case)]


@pages.get("/cases/<int:case_id>/events/<event>")
def event(case_id: int, event: str) -> ResponseReturnValue:
    """Ask for what belongs to an event."""
    return _ask(case_id, event, {}, {})


@pages.post("/cases/<int:case_id>/events/<event>")
def registered(case_id: int, event: str) -> ResponseReturnValue:
    """Register it."""
    values = {key: text for key in ("on", "note", "reason") if (text := request.form.get(key, "").strip()[:500])}
    try:
        if event != "resume" and not values.get("reason") and not values.get("note"):
            raise Invalid("请写明情况", {"note": ["请写明情况，至少两个字"]})
        if event == "hold":
            values["reason"] = values.pop("note")
        with transaction() as session:
            _must_be_offered(cases.find_for(session, me(), case_id), event)
            cases.register_event(session, me(), case_id, event, values)
    except Invalid as wrong:
        return _ask(case_id, event, request.form, wrong.fields), 422
    except processes.NobodyWaits as wrong:
        return _ask(case_id, event, request.form, {"_": [wrong.message]}), 409
    return redirect(url_for(".case", case_id=case_id, note="registered"), 303)


@pages.get("/cases/new")
def case_new() -> ResponseReturnValue:
    """登记线索 · 立案: first the pupil, with the cases there are already."""
    return _new({}, {})


@pages.post("/cases")
def case_open() -> ResponseReturnValue:
    """Open a case by hand."""
    _may_open()
    student_id = request.form.get("student_id", 0, int)
    trigger, text = request.form.get("trigger_type", ""), request.form.get("note", "").strip()[:500]
    try:
        if trigger not in BY_HAND:
            raise Invalid("请选择来源", {"trigger_type": ["请选择来源"]})
        if len(text) < 2:
            raise Invalid("请写明情况", {"note": ["请写明情况，至少两个字"]})
        with transaction() as session:
            people.find_for(session, me(), student_id, clock.today())
            opened = cases.open_case(session, me(), student_id, trigger, values={"note": text})
    except Invalid as wrong:
        return _new(request.form, wrong.fields), 422
    except cases.CaseRunning as running:
        return _new(request.form, {"_": [running.message]}), 409
    return redirect(url_for(".case", case_id=opened.id, note="opened"), 303)


def _ask(case_id: int, event: str, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    with reading() as session:
        found = cases.find_for(session, me(), case_id)
        _must_be_offered(found, event)
        case = cases.brief(session, me(), [found])[0]
    return render_template("event.html", case=case, event=event, name=BY_PERSON[event], typed=typed, errors=errors, today=clock.today())


def _must_be_offered(case: Case, event: str) -> None:
    """Offered or not, an address can be typed."""
    if event in {offer.event for offer in offered(me(), case)}:
        return
    if event not in BY_PERSON:
        raise Forbidden("您不能登记这件事")
    cases.events.must_be_registrable(me(), event)
    raise Conflict("案件目前的情况不能登记这件事")


def _new(typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    _may_open()
    student_id = request.values.get("student_id", 0, int)
    with reading() as session:
        student, _ = people.find_for(session, me(), student_id, clock.today())
        earlier = cases.brief(session, me(), cases.search(session, me(), cases.Wanted(student_id=student.id)))
    sources = {trigger: TRIGGER_NAMES[trigger] for trigger in BY_HAND}
    return render_template("case_new.html", student=student, earlier=earlier, sources=sources, typed=typed, errors=errors)


def _may_open() -> None:
    if not me().holds(*OPENERS):
        raise Forbidden("只有班主任、学校专干、乡镇教育专干或县控辍办可以立案")
