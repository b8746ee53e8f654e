"""Which answers of a filed form somebody reads (DOMAIN f.1 rule 8): the highly restricted ones only by need."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import tasks
from service.access import Actor
from service.processes import library

SCHOOL_CHAIN = ("school_kcbx_officer", "vice_principal", "principal")
CLOSE_HELD = {"early_marriage", "pregnant", "danger"}
"""Causes that even the chain does not read: only whoever wrote them down."""


def answers_for(session: Session, actor: Actor, task: tasks.Task) -> dict[str, Any]:
    """What was filed at a task, without the P3 fields this reader has no need for."""
    values: dict[str, Any] = dict(task.values or {})
    if actor.system or actor.person_id in {task.completed_by, task.on_behalf_of}:
        return values
    frozen = library.frozen(session, task.bundle_id)
    form = frozen.forms[frozen.bundle.node(task.node_id).form_key or "F00"]
    restricted = {key for key, field in form.fields.items() if field.privacy == "P3"}
    if not restricted & values.keys():
        return values
    told = {str(code) for key in restricted for code in _listed(values.get(key))}
    if not told & CLOSE_HELD and _needs(session, actor, task):
        return values
    return {key: value for key, value in values.items() if key not in restricted}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _needs(session: Session, actor: Actor, task: tasks.Task) -> bool:
    """The chain of the pupil's school, and whoever holds an open task of the case."""
    if any(m.role in SCHOOL_CHAIN and m.organisation_id == task.school_id for m in actor.memberships):
        return True
    table = tasks.Task
    held = select(table.id).where(table.root_id == task.root_id, table.state == "open", table.assignee_id == actor.person_id).limit(1)
    return session.scalar(held) is not None
