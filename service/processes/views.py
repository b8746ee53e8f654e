"""Tasks and diagrams as their readers see them: plain values for pages and the JSON API alike (API.md, "A task")."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import calendars, clock, history, people, tasks
from service.access import ROLE_NAMES, Actor, reads_names
from service.engine import Node
from service.processes import library
from service.vault import mask_name

SOON = timedelta(hours=4)
LIGHT_NAMES = {"normal": "正常", "soon": "临期", "overdue": "逾期", "seriously_overdue": "严重逾期"}


def light(task: tasks.Task, now: datetime, grave_after: datetime) -> str:
    """正常 · 临期 (four hours or less) · 逾期 · 严重逾期 (three working days or more)."""
    if task.due_at < now:
        return "seriously_overdue" if now >= grave_after else "overdue"
    return "soon" if task.due_at - now <= SOON else "normal"


def describe(session: Session, actor: Actor, rows: Sequence[tasks.Task]) -> list[dict[str, Any]]:
    """Tasks with names and lights, in the order given; names masked for those who may not read them."""
    if not rows:
        return []
    ids = [task.id for task in rows]
    shares: dict[int, list[int]] = {}
    candidates: dict[int, list[int]] = {}
    for share in session.scalars(select(tasks.TaskShare).where(tasks.TaskShare.task_id.in_(ids))):
        (shares if share.kind == "copy" else candidates).setdefault(share.task_id, []).append(share.person_id)
    person_ids = {i for t in rows for i in (t.assignee_id, t.completed_by) if i} | {
        i for some in (*shares.values(), *candidates.values()) for i in some
    }
    names = people.names_of(session, person_ids)
    organisations = people.organisation_names(session, {t.organisation_id for t in rows if t.organisation_id})
    students = dict(
        session.execute(
            select(people.Student.id, people.Student.name).where(people.Student.id.in_({t.student_id for t in rows if t.student_id}))
        ).all()
    )
    shown = Names(names, organisations, students, masked=not reads_names(actor))
    return [_describe(session, task, shown, shares.get(task.id, []), candidates.get(task.id, [])) for task in rows]


class Names:
    """Names by id, masked where the reader may not know pupils."""

    def __init__(self, persons: Mapping[int, str], organisations: Mapping[int, str], students: Mapping[int, str], *, masked: bool) -> None:
        self._persons, self._organisations, self._students, self._masked = persons, organisations, students, masked

    def person(self, person_id: int | None) -> dict[str, str] | None:
        return {"id": str(person_id), "name": self._persons.get(person_id, "")} if person_id else None

    def organisation(self, organisation_id: int | None) -> dict[str, str] | None:
        return {"id": str(organisation_id), "name": self._organisations.get(organisation_id, "")} if organisation_id else None

    def student(self, student_id: int | None) -> dict[str, str] | None:
        if not student_id:
            return None
        name = self._students.get(student_id, "")
        return {"id": str(student_id), "name": mask_name(name) if self._masked else name}


def _describe(session: Session, task: tasks.Task, names: Names, copies: list[int], candidates: list[int]) -> dict[str, Any]:
    frozen = library.frozen(session, task.bundle_id)
    node = frozen.bundle.node(task.node_id)
    form_key = node.form_key or "F00"
    now = clock.now() if task.state == "open" else task.ended_at or clock.now()
    calendar = calendars.calendar_of(session, task.county_id, task.school_id)
    grave = clock.local(calendar.add_working(clock.local_date(task.due_at), 3), task.due_at.astimezone(clock.LOCAL).time())
    return {
        "id": str(task.id),
        "instance_id": str(task.instance_id),
        "case_id": str(task.case_id) if task.case_id else None,
        "process_key": node.process,
        "node_id": task.node_id,
        "name": node.name,
        "role": task.role,
        "role_name": ROLE_NAMES.get(task.role, task.role),
        "organisation": names.organisation(task.organisation_id),
        "assignee": names.person(task.assignee_id),
        "candidates": [names.person(i) for i in candidates],
        "copies": [names.person(i) for i in copies],
        "state": task.state,
        "unmanned": task.unmanned,
        "outcome": task.outcome,
        "outcome_name": next((o.name for o in node.outcomes if o.id == task.outcome), None),
        "completed_by": names.person(task.completed_by),
        "created_at": task.created_at,
        "ended_at": task.ended_at,
        "due_at": task.due_at,
        "due_rule": node.due,
        "light": light(task, now, grave),
        "form_key": form_key,
        "form_version": frozen.form_numbers[form_key],
        "revision": task.revision,
        "student": names.student(task.student_id),
    }


LEFT = {"task.completed", "task.returned", "timer.fired"}
"""Events whose own node was left."""


def node_states(events: Sequence[history.Event], node_ids: Mapping[str, Node]) -> dict[str, dict[str, Any]]:
    """Where a process has been, from the history of its case: {node id: {state, entered_at, left_at, count}}."""
    states: dict[str, dict[str, Any]] = {}

    def touch(node_id: str, at: datetime, state: str, *, entered: bool, left: bool) -> None:
        if node_id not in node_ids:
            return
        one = states.setdefault(node_id, {"state": state, "entered_at": at, "left_at": None, "count": 0})
        one["state"] = state
        if entered:
            one["entered_at"], one["count"] = at, one["count"] + 1
        one["left_at"] = at if left else None

    for event in events:
        data = event.data or {}
        own = (event.node_id,) if event.action in LEFT and event.node_id else ()
        for node_id in (*own, *data.get("out", ())):
            touch(node_id, event.at, "done", entered=False, left=True)
        for node_id in data.get("cut", ()):
            touch(node_id, event.at, "cancelled", entered=False, left=True)
        for node_id in data.get("passed", ()):
            touch(node_id, event.at, "done", entered=True, left=True)
        for node_id in data.get("in", ()):
            touch(node_id, event.at, "here", entered=True, left=False)
    return states
