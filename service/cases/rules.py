"""What the service itself watches in a case after every step, and what it forbids (DOMAIN e.1.1, e.2, d.1).

Each rule may send messages and says when it wants to look again.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from service import calendars, clock, profiles
from service.cases import attendance, clocks, lifecycle
from service.cases.operations import keep_leave
from service.engine import Node, Scalar
from service.errors import Conflict
from service.processes import Motion, after_step, function, gates, guard, on_filed

CLAIM = "SP65_T01_confirm_return"
STATE_SIDE_CAUSES = ("CP01_disability", "CP06_poverty", "CP12_distance_conduct")
LEGAL_PHASES = ("SP40_", "SP50_", "SP60_")
COUNTED = {"alert", "suspected", "confirmed", "ordered", "penalty", "court", "return_claimed", "tracing", "transferring"}


class ReturnClaimOpen(Conflict):
    """No legal document is served while somebody says the pupil is back."""

    code = "return_claim_open"


class LadderFrozen(Conflict):
    """The ladder stands still while the child's disability, danger or guardian is being looked into."""

    code = "ladder_frozen"


class PenaltyNotConfigured(Conflict):
    """The county has no penalty gate open (DOMAIN d.4)."""

    code = "penalty_not_configured"


gates["penalty"] = lambda: PenaltyNotConfigured("本县未配置行政处罚依据")


# ---- what expressions may ask


@function("present")
def present(motion: Motion) -> Scalar:
    """Whether the pupil counts as present today."""
    return attendance.is_present(motion)


@function("penalty_open")
def penalty_open(motion: Motion) -> Scalar:
    """The penalty gate of DOMAIN d.4 for the profile this case runs on."""
    return profiles.penalty_open(motion.frozen.profile, motion.today)


@function("escalation_open")
def escalation_open(motion: Motion) -> Scalar:
    """Whether all conditions for SP40 hold (DOMAIN e.0, timing detail 5)."""
    facts, profile = motion.facts, motion.frozen.profile
    noticed = bool(facts.get("notice_done")) or (not profile["return_notice.enabled"] and facts.get("o_SP30_T07") is not None)
    return bool(
        facts.get("confirmed")
        and int(facts.get("rounds") or 0) >= profile["persuasion.max_rounds_before_escalation_review"]
        and noticed
        and not any(motion.is_open(process) for process in STATE_SIDE_CAUSES)
    )


# ---- what is watched after every step


@after_step
def stage(motion: Motion) -> datetime | None:
    """The ribbon follows the phase that runs."""
    if motion.case_id is not None:
        lifecycle.follow_stage(motion)
    return None


@after_step
def claim_status(motion: Motion) -> datetime | None:
    """While a return claim is open the case is `return_claimed`; a rejected claim gives the status back."""
    if motion.case_id is None:
        return None
    case = lifecycle.of(motion)
    is_open = motion.is_open(CLAIM)
    if is_open and case.status not in {"return_claimed", "closed"} and motion.facts.get("claim_noted") is not True:
        _note_claim(motion)
    elif not is_open and motion.facts.pop("claim_noted", None) and case.status == "return_claimed":
        lifecycle.step_back(motion)
    return None


def _note_claim(motion: Motion) -> None:
    lately = [
        d for d in str(motion.facts.get("claim_dates") or "").split(",") if d and date.fromisoformat(d) >= motion.today - timedelta(30)
    ]
    lately.append(motion.today.isoformat())
    motion.facts.update(claim_noted=True, claimed_on=motion.today.isoformat(), claim_dates=",".join(lately), claims_recent=len(lately))
    lifecycle.step_aside_for_claim(motion)


@after_step
def absence(motion: Motion) -> datetime | None:
    """Count the days, and say when the county must confirm; wake at the very day the threshold is reached."""
    if motion.case_id is None or not motion.facts.get("absent_since") or lifecycle.of(motion).status not in COUNTED:
        return None
    case = lifecycle.of(motion)
    days = case.absent_school_days = attendance.absent_days(motion)
    motion.facts["absent_school_days"] = days
    if motion.facts.get("confirmed") or motion.root.status != "open" or not motion.run_of(motion.root).hears("absent_threshold"):
        return None
    limit = motion.frozen.profile["confirm.min_absent_school_days"]
    if days >= limit:
        motion.send("absent_threshold")
        return None
    since = date.fromisoformat(str(motion.facts["absent_since"]))
    reached = calendars.absent_day(motion.calendar, attendance.known(motion), since=since, number=limit)
    at = clock.local(reached, calendars.COUNTED_AT)
    return at if at > motion.now else None


@after_step
def statutory_clocks(motion: Motion) -> datetime | None:
    """Warnings in time, misses never silent."""
    return clocks.watch(motion) if motion.case_id is not None else None


@after_step
def sixteenth_birthday(motion: Motion) -> datetime | None:
    """At 16 the case is reviewed, never closed by itself (DOMAIN c.1 row 11)."""
    born = motion.facts.get("birth_date")
    if motion.case_id is None or not isinstance(born, str) or motion.facts.get("age_reviewed") or lifecycle.of(motion).status == "closed":
        return None
    day = _birthday(date.fromisoformat(born), motion.frozen.profile["age.review_at"])
    at = clock.local(day, time(8))
    if motion.now >= at:
        motion.facts["age_reviewed"] = True
        motion.send("age_review")
        return None
    return at


def _birthday(born: date, age: int) -> date:
    leap_child = (born.month, born.day) == (2, 29)
    return date(born.year + age, 3, 1) if leap_child and (born.year + age) % 4 else born.replace(year=born.year + age)


# ---- what is forbidden


@guard
def no_service_while_back(motion: Motion, node: Node) -> None:
    """An open return claim blocks serving legal documents (DOMAIN e.1.1)."""
    if node.id.startswith("B20_T02") and motion.facts.get("service_kind") != "return_notice" and motion.is_open(CLAIM):
        raise ReturnClaimOpen("学生已登记返校，正在核实，核实结束前不能送达法律文书")


@guard
def frozen_ladder(motion: Motion, node: Node) -> None:
    """No step of the ladder while CP01, CP10 or CP11 is open (DOMAIN e.1.1)."""
    freezing = ("CP01_disability", "CP11_guardian_change")
    if node.id.startswith(LEGAL_PHASES) and (any(motion.is_open(p) for p in freezing) or motion.facts.get("ladder_frozen")):
        raise LadderFrozen("残疾评估、监护人变更或儿童保护程序正在办理，法律程序暂停")


# ---- what forms leave behind


@on_filed("F04")
def leave_granted(motion: Motion, node: Node) -> None:
    """An approved slip makes its days leave; a long one only when the vice principal agrees."""
    answers = motion.answers
    if motion.facts.get("o_SP10_T02") == "approved" and answers.get("from") and answers.get("to"):
        first, last = date.fromisoformat(answers["from"]), date.fromisoformat(answers["to"])
        motion.facts["leave_from"] = first.isoformat()
        long = int(motion.facts.get("leave_days") or 0) > 3
        if not long or motion.facts.get("o_SP10_T02b") == "agree":
            keep_leave(motion, first, last)


@on_filed("F52")
def visit_assigned(motion: Motion, node: Node) -> None:
    """Who visits: the leader holds the task, the others get a copy."""
    motion.facts["visit_leader"] = motion.answers["leader"]
    motion.facts["visitors"] = ",".join(str(i) for i in motion.answers["visitors"])


@on_filed("F08")
def persuasion_leader(motion: Motion, node: Node) -> None:
    """The leader of the team holds the rounds."""
    if motion.answers.get("leader") and node.id.startswith("SP30"):
        motion.facts["persuasion_leader"] = motion.answers["leader"]


@on_filed("F27b", "F27")
def mentor_named(motion: Motion, node: Node) -> None:
    """The mentor of the plan follows the pupil up."""
    if motion.answers.get("mentor"):
        motion.facts["mentor"] = motion.answers["mentor"]


@on_filed("F16")
def officers_named(motion: Motion, node: Node) -> None:
    """The two officers of a penalty case; the second one reviews the defence."""
    ids: list[Any] = [
        o.get("officer") or o.get("person") or o.get("name") if isinstance(o, dict) else o for o in motion.answers.get("officers", [])
    ]
    if len(ids) > 1 and all(str(i).isdigit() for i in ids):
        motion.facts["first_officer"], motion.facts["second_officer"] = str(ids[0]), str(ids[1])


@on_filed("F13")
def order_terms(motion: Motion, node: Node) -> None:
    """How many days the order gives."""
    if motion.answers.get("comply_days"):
        motion.facts["comply_days"] = motion.answers["comply_days"]


@on_filed("F21")
def decision_terms(motion: Motion, node: Node) -> None:
    """The duty date of a decision may be later than the 15 days to pay."""
    for key in ("return_by", "perform_by"):
        if motion.answers.get(key):
            motion.facts["return_by"] = motion.answers[key]


@on_filed("F17")
def investigators_named(motion: Motion, node: Node) -> None:
    """Who investigated may not chair the hearing (DOMAIN f.1 rule 5)."""
    ids = [str(o.get("person") if isinstance(o, dict) else o) for o in motion.answers.get("officers", [])]
    motion.facts["investigators"] = ",".join(i for i in ids if i.isdigit())
