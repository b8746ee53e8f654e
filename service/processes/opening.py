"""New tasks: who, by when, with copies to whom (DOMAIN e.0)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from service import clock, people, tasks
from service.access import Place
from service.engine import Node
from service.processes.assignment import holder, post, roles_needed

if TYPE_CHECKING:
    from service.processes.motion import Motion

REMIND_BEFORE = timedelta(hours=4)
DEFAULT_DUE = "WD+5"


Around = tuple[date, Place]


@dataclass
class Opening:
    """A user task the engine has made ready, waiting to be written."""

    instance_id: int
    node: Node
    token: str
    at: datetime
    place: Place
    due_at: datetime
    cancelled: str = ""


def due_of(motion: Motion, node: Node) -> datetime:
    """When a task opening now is due.

    The second person of a list (`second_of`) has the first one's due time, at least `due_floor`
    after the first one was done (DOMAIN e.0, several people on one task).
    """
    floor, first = node.properties.get("due_floor"), motion.completed_due
    if floor and first and "second_of" in node.properties:
        return max(first, motion.due(floor))
    return motion.instant(node.due or DEFAULT_DUE)


def open_tasks(motion: Motion, openings: Sequence[Opening]) -> list[int]:
    """Write the tasks that a step opened; the ids of those still open."""
    if not openings:
        return []
    staff = _staff(motion, openings)
    rows, copies = [], []
    for opening in openings:
        who = holder(post(opening.node.roles[0], motion.facts, motion.frozen.profile), staff[_around(opening)], motion.facts)
        rows.append(_row(motion, opening, who))
        copies.append(_copies(motion, opening, staff[_around(opening)], who))
    ids = tasks.insert(motion.session, rows)
    tasks.share(motion.session, [{"task_id": i, **share} for i, shares in zip(ids, copies, strict=True) for share in shares])
    opened = []
    for opening, row, task_id in zip(openings, rows, ids, strict=True):
        motion.history_at(
            opening.at,
            "task.opened",
            opening.node.id,
            task=task_id,
            to=row["assignee_id"],
            due=_iso(opening.due_at),
            unmanned=row["unmanned"] or None,
        )
        if opening.cancelled:
            motion.note("task.cancelled", node_id=opening.node.id, task=task_id, reason=opening.cancelled)
        else:
            opened.append(task_id)
    return opened


def _around(opening: Opening) -> Around:
    return clock.local_date(opening.at), opening.place


def _staff(motion: Motion, openings: Sequence[Opening]) -> dict[Around, people.Staff]:
    wanted: dict[Around, set[str]] = defaultdict(set)
    for opening in openings:
        opening.place = _sent_to(motion, opening)
        posts = [
            post(role, motion.facts, motion.frozen.profile) for role in (*opening.node.roles, *opening.node.copies, *_also(opening.node))
        ]
        wanted[_around(opening)] |= roles_needed(posts)
    return {(day, place): people.staff_around(motion.session, place, roles, day) for (day, place), roles in wanted.items()}


def _sent_to(motion: Motion, opening: Opening) -> Place:
    """A task may have been sent on to another township: the node's property `township` names the fact that says so."""
    other = motion.facts.get(opening.node.properties.get("township", ""))
    return replace(opening.place, township_id=int(other)) if isinstance(other, str) and other.isdigit() else opening.place


def _row(motion: Motion, opening: Opening, who: people.Holder | None) -> dict[str, Any]:
    place = opening.place
    return {
        "county_id": motion.county_id,
        "root_id": motion.root_id,
        "instance_id": opening.instance_id,
        "case_id": motion.case_id,
        "student_id": motion.student_id,
        "bundle_id": motion.bundle_id,
        "node_id": opening.node.id,
        "token": bytes.fromhex(opening.token),
        "state": "cancelled" if opening.cancelled else "open",
        "revision": 1,
        "role": who.role if who else opening.node.roles[0],
        "organisation_id": who.organisation_id if who else None,
        "assignee_id": who.person_id if who else None,
        "unmanned": who is None or who.unmanned,
        "class_id": place.class_id,
        "school_id": place.school_id,
        "village_id": place.village_id,
        "township_id": place.township_id,
        "household_township_id": place.household_township_id if place.household_township_id != place.township_id else None,
        "created_at": opening.at,
        "due_at": opening.due_at,
        "alarm_at": _reminder(opening),
        "alarm": "remind",
        "ended_at": motion.now if opening.cancelled else None,
    }


def _reminder(opening: Opening) -> datetime:
    """Four hours before due, at half time when the task is open for less (DOMAIN e.12 rule 1)."""
    return (
        max(opening.due_at - REMIND_BEFORE, opening.at + (opening.due_at - opening.at) / 2)
        if opening.due_at > opening.at
        else opening.due_at
    )


def _copies(motion: Motion, opening: Opening, staff: people.Staff, who: people.Holder | None) -> list[dict[str, Any]]:
    """Read-only copies (抄送) and further candidates; the holder needs neither."""
    shares: dict[int, dict[str, Any]] = {}
    for role in opening.node.copies:
        for person_id in _copied(motion, role, staff):
            shares.setdefault(person_id, {"person_id": person_id, "kind": "copy", "from_at": None})
    for role, at in _also(opening.node).items():
        if second := staff.holder(role):
            shares[second.person_id] = {
                "person_id": second.person_id,
                "kind": "candidate",
                "from_at": clock.local(clock.local_date(opening.at), at),
            }
    if who:
        shares.pop(who.person_id, None)
    return list(shares.values())


def _copied(motion: Motion, role: str, staff: people.Staff) -> list[int]:
    listed = motion.facts.get(role)
    if isinstance(listed, str) and listed.replace(",", "").isdigit():
        return [int(i) for i in listed.split(",")]
    found = holder(post(role, motion.facts, motion.frozen.profile), staff, motion.facts)
    return [found.person_id] if found and not found.unmanned else []


def _also(node: Node) -> dict[str, time]:
    role, _, at = node.properties.get("also", "").partition("@")
    return {role.strip(): time.fromisoformat(at)} if role else {}


def _iso(instant: datetime) -> str:
    return instant.astimezone(clock.LOCAL).isoformat(timespec="minutes")
