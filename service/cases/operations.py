"""What a diagram may ask of a case, inside the step. One registered operation each (processes/README.md lists them)."""

from datetime import date, timedelta
from typing import Any

from service import calendars
from service.cases import attendance, clocks, lifecycle
from service.cases.models import Leave
from service.engine import Node, assign
from service.processes import Motion, operation

CAUSE_COMPANIONS = {
    "disabled": "CP01_disability",
    "moved": "CP08_transfer_verify",
    "transfer": "CP08_transfer_verify",
    "abroad": "CP08_transfer_verify",
    "vocational": "CP08_transfer_verify",
    "missing": "CP05_missing",
    "family_change": "CP11_guardian_change",
}
"""The companion that a reason code starts (DOMAIN e.10); codes whose process is not drawn yet only stay on the form."""


DOCUMENT_OF = {"return_notice": "D02", "rectify_order": "D03", "penalty_notice": "D06", "penalty_decision": "D07", "demand": "D09"}
"""The document that is served as this kind."""


@operation("case.status")
def status(motion: Motion, node: Node) -> None:
    """Set the status that the property `status` names; passing ones remember where they came from."""
    wanted = node.properties["status"]
    if wanted in {"transferring", "tracing", "suspended", "home_teaching"}:
        lifecycle.step_aside(motion, wanted)
    else:
        lifecycle.set_status(motion, wanted)


@operation("case.suspected")
def suspected(motion: Motion, node: Node) -> None:
    """SP10_END: the third day is over, marked and reported."""
    case = lifecycle.of(motion)
    lifecycle.set_status(motion, "suspected")
    case.suspected_on = motion.today
    motion.facts["suspected_on"] = motion.today.isoformat()
    motion.facts["detected"] = "suspected"
    motion.facts["entry"] = "SP20_T01"


@operation("case.confirmed")
def confirmed(motion: Motion, node: Node) -> None:
    """SP25_T01: the county has confirmed the dropout."""
    case = lifecycle.of(motion)
    lifecycle.set_status(motion, "confirmed")
    case.confirmed_on = motion.today
    motion.facts["confirmed"] = True
    motion.facts["confirmed_on"] = motion.today.isoformat()


@operation("case.excused")
def excused(motion: Motion, node: Node) -> None:
    """SP20_T03: there was a proper reason after all; the case ends like an alert."""
    motion.facts["closure_code"] = "C11"


@operation("case.round")
def one_more_round(motion: Motion, node: Node) -> None:
    """A persuasion visit was filed."""
    motion.facts["rounds"] = int(motion.facts.get("rounds") or 0) + 1


@operation("case.more_support")
def more_support(motion: Motion, node: Node) -> None:
    """Back to persuasion with a new plan: rounds restart, notice and report are not repeated."""
    motion.facts["rounds"] = 0
    lifecycle.set_status(motion, "confirmed")


@operation("case.reverify")
def reverify(motion: Motion, node: Node) -> None:
    """SP25 found another reason: verification again from SP20_T03."""
    motion.facts["reverify"] = True


@operation("case.returned")
def returned(motion: Motion, node: Node) -> None:
    """The return is confirmed: coercion stops, open legal documents get their close-out."""
    case = lifecycle.of(motion)
    lifecycle.set_status(motion, "returned")
    case.status_before = None
    day = str(motion.facts.get("claimed_on") or motion.today.isoformat())
    case.returned_on = date.fromisoformat(day)
    motion.facts.update(returned_on=day, review_no=0, followed=None, followups_done=0)
    clocks.stop_all(motion)
    if motion.facts.get("served_on") or motion.facts.get("filed_on"):
        motion.start("SP66_T01_legal_closeout")


@operation("case.relapse")
def relapse(motion: Motion, node: Node) -> None:
    """A returned pupil is absent again: the next episode of the same case begins at day 3."""
    case = lifecycle.of(motion)
    case.episode_no += 1
    case.list = None
    case.white_since = None
    spell = _spell(motion)
    motion.facts.update(
        episode_no=case.episode_no,
        absent_since=(spell[0] if spell else motion.today).isoformat(),
        rounds=0,
        notice_sent=False,
        notice_done=False,
        confirmed=False,
        reverify=False,
        extension_used=False,
        detected=None,
        followed=None,
        claimed_on=None,
        closure_code=None,
    )
    for key in (
        "served_on",
        "filed_on",
        "penalty_amount",
        "demand_served_on",
        "comply_by",
        "promised_on",
        "ladder_opened_on",
        "contacts_done",
    ):
        motion.facts.pop(key, None)
    case.absent_since = date.fromisoformat(str(motion.facts["absent_since"]))
    motion.memory.pop("register", None)
    motion.note("case.relapsed", episode=case.episode_no)


def _spell(motion: Motion) -> tuple[date, ...]:
    since = date.fromisoformat(str(motion.facts.get("returned_on") or motion.facts.get("absent_since")))
    rows = attendance.register(motion.session, motion.student_id or 0, since)
    return calendars.spell(motion.calendar, rows, since=since, now=motion.now, assumed=False)


@operation("case.list")
def stability_list(motion: Motion, node: Node) -> None:
    """Red or white, as the fact `list` says; white days count from the day it became white."""
    case = lifecycle.of(motion)
    wanted = str(node.properties.get("list") or motion.facts.get("list") or "red")
    if wanted == "white" and case.list != "white":
        case.white_since = motion.today
    elif wanted == "red":
        case.white_since = None
    case.list = wanted
    motion.facts["list"] = wanted
    motion.facts["white_since"] = case.white_since.isoformat() if case.white_since else None
    lifecycle.set_status(motion, wanted)


@operation("case.ordered")
def ordered(motion: Motion, node: Node) -> None:
    """D03 was served: the period to comply begins, and the periods of the law with it."""
    case = lifecycle.of(motion)
    served = date.fromisoformat(str(motion.facts.get("rectify_order_served_on") or motion.today.isoformat()))
    days = int(motion.facts.get("comply_days") or motion.frozen.profile.days("rectify_order.comply"))
    comply_by = motion.calendar.roll(served + timedelta(days), "next_wd")
    case.order_served_on, case.order_comply_by = served, comply_by
    motion.facts.update(served_on=served.isoformat(), comply_by=comply_by.isoformat())
    lifecycle.set_status(motion, "ordered")
    _remedies(motion, served, "reconsideration", "litigation")


def _remedies(motion: Motion, served: date, reconsideration: str, litigation: str) -> None:
    ends = motion.calendar.roll(motion.calendar.add_months(served, 6), "next_wd")
    clocks.start(motion, reconsideration, served, motion.calendar.roll(served + timedelta(60), "next_wd"))
    clocks.start(motion, litigation, served, ends)
    clocks.start(motion, "court_window", ends, motion.calendar.roll(motion.calendar.add_months(ends, 3), "next_wd"))
    motion.facts["remedy_ends_on"] = ends.isoformat()
    motion.facts["remedy_served_on"] = served.isoformat()


@operation("case.penalty_filed")
def penalty_filed(motion: Motion, node: Node) -> None:
    """The filing is agreed: the 90 days of the law begin."""
    lifecycle.set_status(motion, "penalty")
    motion.facts["filed_on"] = motion.today.isoformat()
    clocks.start(motion, "penalty_decision", motion.today, motion.today + timedelta(90))


@operation("case.penalty_served")
def penalty_served(motion: Motion, node: Node) -> None:
    """The decision was served: 15 days to pay, remedies as for the order."""
    served = date.fromisoformat(str(motion.facts.get("penalty_decision_served_on") or motion.today.isoformat()))
    pay_by = motion.calendar.roll(served + timedelta(15), "next_wd")
    motion.facts["penalty_served_on"] = served.isoformat()
    motion.facts["penalty_due_on"] = max(pay_by.isoformat(), str(motion.facts.get("return_by") or ""))
    clocks.end(motion, "penalty_decision", "met")
    clocks.start(motion, "payment", served, pay_by)
    clocks.stop(motion, "reconsideration")
    clocks.stop(motion, "litigation")
    _remedies(motion, served, "penalty_reconsideration", "penalty_litigation")


@operation("case.court")
def court(motion: Motion, node: Node) -> None:
    """SP60 begins."""
    lifecycle.set_status(motion, "court")


@operation("case.closing")
def closing(motion: Motion, node: Node) -> None:
    """SP90 begins, with the code of the event that led here."""
    case = lifecycle.of(motion)
    code = str(node.properties.get("code") or motion.facts.get("closure_code") or "C01")
    motion.facts["closure_code"] = code
    motion.facts["entry_before"] = _way_back(motion, case.stage)
    case.status_before = case.status_before if case.status == "return_claimed" else case.status
    case.closure_code = code
    lifecycle.set_status(motion, "closing")


def _way_back(motion: Motion, stage: str) -> str:
    """Where LIFE goes on when the closure is refused: the stage it came from (a phase cannot be re-entered in its middle)."""
    if stage in {"admonition", "penalty", "court"}:
        return "SP40_T09" if motion.facts.get("served_on") else "SP40_T01"
    return {"placement": "SP70", "follow_up": "SP80", "persuasion": "SP30", "verification": "SP20_T03"}.get(stage, "SP20_T01")


@operation("case.closure_refused")
def closure_refused(motion: Motion, node: Node) -> None:
    """SP90_T04 refused: back to the stage before."""
    case = lifecycle.of(motion)
    case.closure_code = None
    motion.facts["entry"] = motion.facts.get("entry_before") or "SP20_T01"
    motion.facts["closure_code"] = None
    motion.facts["followed"] = None
    lifecycle.step_back(motion)


@operation("case.close")
def close(motion: Motion, node: Node) -> None:
    """Archive: the case is closed and the child watched for 180 days."""
    case = lifecycle.of(motion)
    case.closure_code = str(node.properties.get("code") or motion.facts.get("closure_code") or case.closure_code)
    lifecycle.set_status(motion, "closed")
    case.closed_at, case.closed_on = motion.now, motion.today
    case.watch_until = motion.today + lifecycle.WATCHED_FOR
    case.list = None
    motion.facts["closed"] = True
    clocks.stop_all(motion)
    motion.note("case.closed", code=case.closure_code, watch_until=case.watch_until.isoformat())


@operation("claim.open")
def claim_open(motion: Motion, node: Node) -> None:
    """Someone says the pupil is back: SP65 starts, or the open one is joined."""
    motion.send("return_claimed")


@operation("claim.close")
def claim_close(motion: Motion, node: Node) -> None:
    """SP65 is done: the return is confirmed, or the case goes on as before."""
    motion.send("return_confirmed" if motion.facts.get("o_SP65_T01") == "confirmed" else "claim_rejected")


@operation("causes.start")
def causes_start(motion: Motion, node: Node) -> None:
    """Start the companions of the causes in the answers just given; danger always opens a new task."""
    given = (
        motion.answers.get("causes")
        or motion.answers.get("reasons")
        or motion.answers.get("obstacles")
        or motion.answers.get("cause")
        or []
    )
    codes = [given] if isinstance(given, str) else list(given)
    for process in dict.fromkeys(CAUSE_COMPANIONS[code] for code in codes if code in CAUSE_COMPANIONS):
        if process in motion.frozen.bundle.diagrams and not motion.is_open(process):
            motion.start(process)
    if motion.answers.get("danger_flag") is True:
        motion.start("CP10_protection")


@operation("companion.start")
def companion_start(motion: Motion, node: Node) -> None:
    """Start the companion that the property `process` names, or join the open one."""
    motion.start(node.properties["process"])


@operation("cause.close")
def cause_close(motion: Motion, node: Node) -> None:
    """A companion reports its end to whoever waits for it; a search or inquiry gives the status back."""
    if lifecycle.of(motion).status in {"tracing", "transferring"} and not motion.run_of(motion.root).hears("cause_closed"):
        lifecycle.step_back(motion)
    motion.send(node.properties.get("message", "cause_closed"))


@operation("message.raise")
def message_raise(motion: Motion, node: Node) -> None:
    """Send the message that the property `message` names."""
    motion.send(node.properties["message"])


@operation("service.prepare")
def service_prepare(motion: Motion, node: Node) -> None:
    """A document of this kind is to be served now (B20)."""
    motion.facts["service_kind"] = node.properties["kind"]
    motion.facts["service_from"] = motion.today.isoformat()


@operation("document.served")
def document_served(motion: Motion, node: Node) -> None:
    """B20 ended with service: note the day for the kind of document that was served."""
    kind = str(motion.facts.get("service_kind"))
    served = _served_on(motion)
    motion.facts[f"{kind}_served_on"] = served.isoformat()
    motion.note("document.served", kind=DOCUMENT_OF.get(kind), of=kind, served_on=served.isoformat())
    if kind == "return_notice":
        comply_by = motion.calendar.add_working(served, motion.frozen.profile.days("return_notice.comply"))
        motion.facts.update(notice_sent=True, notice_comply_by=comply_by.isoformat(), comply_by=comply_by.isoformat())
    elif kind == "penalty_notice":
        clocks.start(motion, "statement", served, motion.calendar.add_working(served, 5))
    elif kind == "demand":
        motion.facts["demand_served_on"] = served.isoformat()
        clocks.start(motion, "demand", served, motion.calendar.add_working(served, 10))


def _served_on(motion: Motion) -> date:
    told: Any = motion.answers.get("effective_on") or motion.answers.get("served_at")
    return min(date.fromisoformat(str(told)[:10]), motion.today) if told else motion.today


@operation("clock.met")
def clock_met(motion: Motion, node: Node) -> None:
    """What the clock of this key asks for was done in time."""
    clocks.end(motion, node.properties["key"], "met")


@operation("clock.stop")
def clock_stop(motion: Motion, node: Node) -> None:
    """The clock of this key has lost its object."""
    clocks.stop(motion, node.properties["key"])


@operation("facts.set")
def facts_set(motion: Motion, node: Node) -> None:
    """Set facts by the expressions of the property `facts`."""
    motion.facts.update(assign(node.properties["facts"], motion.facts, motion.call))


def keep_leave(motion: Motion, first: date, last: date) -> None:
    """Approved leave: these days are not absence."""
    motion.session.add(Leave(county_id=motion.county_id, student_id=motion.student_id, from_on=first, until_on=last))
    motion.session.flush()
    motion.memory.pop("register", None)
