"""A case as its readers see it: plain values for pages and the JSON API alike (API.md, "A case")."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, history, people, tasks
from service.access import Actor, reads_names
from service.cases import attendance, lifecycle
from service.cases.models import Case, StatutoryClock
from service.cases.rules import COUNTED
from service.processes import Instance, Motion, describe, frozen
from service.vault import mask_name

EVENT_FIELDS = {"passed", "in", "out", "cut"}
"""Bookkeeping of the painted diagram; not for readers."""


def brief(session: Session, actor: Actor, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Cases for a list: no tasks, no clocks."""
    names = dict(
        session.execute(select(people.Student.id, people.Student.name).where(people.Student.id.in_({c.student_id for c in cases}))).all()
    )
    return [_head(case, names.get(case.student_id, ""), masked=not reads_names(actor)) for case in cases]


def full(session: Session, actor: Actor, case: Case) -> dict[str, Any]:
    """A case with its open tasks, clocks and the versions it runs on."""
    open_rows = session.scalars(
        select(tasks.Task).where(tasks.Task.root_id == case.root_id, tasks.Task.state == "open").order_by(tasks.Task.due_at, tasks.Task.id)
    ).all()
    described = describe(session, actor, open_rows)
    rows = session.scalars(select(StatutoryClock).where(StatutoryClock.case_id == case.id).order_by(StatutoryClock.id)).all()
    bundle_id = session.scalar(select(Instance.bundle_id).where(Instance.id == case.root_id))
    return {
        **brief(session, actor, [case])[0],
        "absent_school_days": _absent_days(session, actor, case),
        "open_tasks": described,
        "clocks": {"work": [_work_clock(task) for task in described], "statutory": [statutory(row) for row in rows]},
        "versions": dict(frozen(session, bundle_id).versions) if bundle_id else {},
    }


def _absent_days(session: Session, actor: Actor, case: Case) -> int:
    """Counted as of now: between its steps a running case counts nothing by itself."""
    if case.status not in COUNTED or case.root_id is None:
        return case.absent_school_days
    return attendance.absent_days(Motion.look(session, actor, case.root_id))


def statutory(row: StatutoryClock) -> dict[str, Any]:
    """A clock of the law."""
    return {
        "key": row.key,
        "name": row.name,
        "source": row.source,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "state": row.state,
        "warnings": list(row.warnings),
        "days_left": (row.ends_on - clock.today()).days,
    }


def timeline(session: Session, case: Case) -> list[dict[str, Any]]:
    """Every event of a case, oldest first."""
    events = history.of(session, f"case:{case.id}")
    names = people.names_of(session, {i for e in events for i in (e.actor_id, e.on_behalf_of) if i})
    return [
        {
            "seq": e.seq,
            "at": e.at,
            "actor": {"id": str(e.actor_id), "name": names.get(e.actor_id, "")} if e.actor_id else None,
            "on_behalf_of": {"id": str(e.on_behalf_of), "name": names.get(e.on_behalf_of, "")} if e.on_behalf_of else None,
            "action": e.action,
            "node_id": e.node_id,
            "data": {key: value for key, value in (e.data or {}).items() if key not in EVENT_FIELDS},
            "hash": e.hash.hex(),
        }
        for e in events
    ]


def _work_clock(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": task["node_id"],
        "name": task["name"],
        "starts_at": task["created_at"],
        "ends_at": task["due_at"],
        "state": task["light"],
        "task_id": task["id"],
    }


def _head(case: Case, name: str, *, masked: bool) -> dict[str, Any]:
    return {
        "id": str(case.id),
        "number": case.number,
        "student": {"id": str(case.student_id), "name": mask_name(name) if masked else name},
        "status": case.status,
        "status_name": lifecycle.STATUS_NAMES[case.status],
        "stage": case.stage,
        "stage_name": lifecycle.STAGE_NAMES[case.stage],
        "episode_no": case.episode_no,
        "trigger_type": case.trigger_type,
        "absent_since": case.absent_since,
        "suspected_on": case.suspected_on,
        "confirmed_on": case.confirmed_on,
        "returned_on": case.returned_on,
        "absent_school_days": case.absent_school_days,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "list": case.list,
        "ladder": case.ladder,
        "order": {"served_on": case.order_served_on, "comply_by": case.order_comply_by} if case.order_served_on else None,
        "closure": {"code": case.closure_code, "approved_on": case.closed_on, "watch_until": case.watch_until}
        if case.closure_code and case.closed_at
        else None,
        "previous_case_id": str(case.previous_case_id) if case.previous_case_id else None,
    }
