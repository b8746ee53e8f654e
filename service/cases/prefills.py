"""What the forms of a case know before anybody types (DOMAIN g: prefilled and auto fields)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from service import people, tasks
from service.cases import attendance, clocks, lifecycle
from service.processes import Motion, prefill
from service.vault import Vault

DOCUMENT_NAMES = {
    "return_notice": "劝返复学通知书",
    "rectify_order": "责令限期改正通知书",
    "penalty_notice": "行政处罚事先告知书",
    "penalty_decision": "行政处罚决定书",
    "demand": "履行行政决定催告书",
}


@prefill("*")
def pupil(motion: Motion) -> dict[str, Any]:
    """The blocks STU and GUA, the day and the person at work."""
    if motion.student_id is None:
        return {}
    vault: Vault = motion.session.info["memory"]["vault"]
    me = str(motion.actor.person_id) if motion.actor.person_id else None
    return {
        **before_me(motion),
        **people.blocks(motion.pupil, vault),
        "absent_since": motion.facts.get("absent_since"),
        "absent_school_days": motion.facts.get("absent_school_days"),
        "registered_by": me,
        "round": int(motion.facts.get("rounds") or 0) + 1,
        "notice_done": bool(motion.facts.get("notice_done")),
    }


EARLIER = {
    "F05": ("SP10_T06",),
    "F03": ("SP10_T03",),
    "F07": ("SP20_T02",),
    "F07b": ("SP20_T03",),
    "F21": ("SP50_T03",),
    "F27": ("SP70_T05", "SP70_T02", "SP70_T03"),
    "F31": ("SP90_T03", "SP90_T02", "SP90_T01"),
}
"""Whose answers a form begins with, the weightiest last."""


def before_me(motion: Motion) -> dict[str, Any]:
    """What earlier steps of the case have already said of what this form asks."""
    if motion.node is None:
        return {}
    shorts = list(EARLIER.get(motion.node.form_key or "", ()))
    if first := motion.node.properties.get("second_of"):
        shorts.append("_".join(first.split("_")[:2]))
    known: dict[str, Any] = {}
    for answers in _last_filed(motion, shorts):
        known |= answers
    return known


def _last_filed(motion: Motion, shorts: Sequence[str]) -> list[dict[str, Any]]:
    """What was last filed at each of these nodes, in their order, in one statement."""
    if not shorts:
        return []
    nodes = {node: number for number, short in enumerate(shorts) for node in motion.frozen.bundle.nodes if node.startswith(short + "_")}
    table = tasks.Task.__table__.c
    newest = select(func.max(table.id)).where(table.root_id == motion.root_id, table.state == "done", table.node_id.in_(nodes))
    rows = motion.session.execute(select(table.node_id, table["values"]).where(table.id.in_(newest.group_by(table.node_id)))).all()
    return [dict(answers or {}) for node, answers in sorted(rows, key=lambda row: nodes[row.node_id])]


@prefill("F01", "F07", "F07b")
def efforts(motion: Motion) -> dict[str, Any]:
    """How often the family was called, and how often somebody went there."""
    return {
        "contacts_done": _filed(motion, "SP10_T01", "SP10_T01x"),
        "visits": _filed(motion, "SP10_T04", "SP30_T02", "SP80_T05"),
    }


def _filed(motion: Motion, *shorts: str) -> int:
    """How often nodes were done in this case."""
    nodes = [node_id for node_id in motion.frozen.bundle.nodes if any(node_id == s or node_id.startswith(s + "_") for s in shorts)]
    table = tasks.Task
    return (
        motion.session.scalar(
            select(func.count()).select_from(table).where(table.root_id == motion.root_id, table.state == "done", table.node_id.in_(nodes))
        )
        or 0
    )


def last_answers(motion: Motion, *shorts: str) -> dict[str, Any]:
    """What was last filed at one of these nodes, the newest first."""
    nodes = [node_id for node_id in motion.frozen.bundle.nodes if any(node_id.startswith(s + "_") for s in shorts)]
    found = motion.session.scalars(
        select(tasks.Task.values)
        .where(tasks.Task.root_id == motion.root_id, tasks.Task.state == "done", tasks.Task.node_id.in_(nodes))
        .order_by(tasks.Task.ended_at.desc(), tasks.Task.id.desc())
        .limit(1)
    ).first()
    return dict(found or {})


@prefill("F02")
def contact(motion: Motion) -> dict[str, Any]:
    """The day this contact is about."""
    days = max(int(motion.facts.get("absent_school_days") or 1), 1)
    first = motion.facts.get("absent_since")  # a contact made late is still about the day that began it
    return {"absent_on": str(first) if first and days == 1 else motion.today.isoformat(), "day_index": min(days, 3)}


@prefill("F10", "F14", "F15", "F22", "F23", "F47")
def document(motion: Motion) -> dict[str, Any]:
    """The document at hand: its number and name, its addressee."""
    kind = str(motion.facts.get("service_kind") or "rectify_order")
    return {
        "doc_no": motion.facts.get(f"doc_no_{kind}") or "（编号见文书）",
        "decision_no": motion.facts.get("doc_no_rectify_order"),
        "doc_name": DOCUMENT_NAMES.get(kind),
        "comply_by": _notice_comply_by(motion),
        **_addressee(motion),
    }


def _notice_comply_by(motion: Motion) -> str:
    return motion.calendar.add_working(motion.today, motion.frozen.profile.days("return_notice.comply")).isoformat()


def _addressee(motion: Motion) -> dict[str, Any]:
    name = motion.session.scalar(
        select(people.Guardian.name)
        .where(people.Guardian.student_id == motion.student_id, people.Guardian.is_legal)
        .order_by(people.Guardian.id)
        .limit(1)
    )
    return {"addressee": name, "respondent": name}


@prefill("F12", "F13", "F16", "F18", "F21")
def respondent(motion: Motion) -> dict[str, Any]:
    """The legal guardian, never the child; and what the profile fixes."""
    penalty = motion.frozen.profile["penalty"]
    basis = penalty.get("legal_basis") or []
    before = last_answers(motion, "SP40_T03") if motion.node and motion.node.id.startswith("SP40_T05") else {}
    return {
        **before,
        "respondent": _addressee(motion)["respondent"],
        "comply_days": motion.frozen.profile.days("rectify_order.comply"),
        "penalty_basis": "；".join(f"{b['instrument']}{b.get('article', '')}" if isinstance(b, dict) else str(b) for b in basis) or None,
    }


@prefill("F26")
def claimed(motion: Motion) -> dict[str, Any]:
    """Since when the pupil is said to be back, and the roll of the days since."""
    since = date.fromisoformat(str(motion.facts.get("claimed_on") or motion.today.isoformat()))
    known = attendance.known(motion)
    days = [since + timedelta(n) for n in range((motion.today - since).days + 1)]
    school_days = [day for day in days if motion.calendar.is_school(day)][:3]
    return {
        "claimed_on": since.isoformat(),
        "claimed_by": "班主任" if motion.actor.holds("class_teacher") else None,
        "attendance": [{"date": day.isoformat(), "present": day in known.present} for day in school_days],
        "confirmed_on": motion.today.isoformat(),
        **(last_answers(motion, "SP65_T01") if motion.node and motion.node.short_id != "SP65_T01" else {}),
    }


@prefill("F29", "F30", "F31")
def stability(motion: Motion) -> dict[str, Any]:
    """How long the pupil has been back, and on the white list."""
    case = lifecycle.of(motion)
    return {
        "days_since_return": (motion.today - case.returned_on).days if case.returned_on else None,
        "white_days": (motion.today - case.white_since).days if case.white_since else None,
        "code": motion.facts.get("closure_code"),
        "list_after": "白" if motion.facts.get("list") == "white" else "红",
    }


@prefill("F23")
def window(motion: Motion) -> dict[str, Any]:
    """The court window, as the statutory clock has it."""
    rows = [row for row in clocks.running(motion) if row.key == "court_window"]
    return {
        "remedy_expiry": motion.facts.get("remedy_ends_on"),
        "last_day": rows[0].ends_on.isoformat() if rows else None,
        **document(motion),
    }
