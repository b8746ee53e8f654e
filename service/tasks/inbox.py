"""Lists of tasks, most urgent first: one index range per membership, whatever the table's size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from service import clock
from service.access import Actor, Area
from service.people import Student
from service.tasks.models import Delegation, Task, TaskShare
from service.tasks.sight import ALERT_NODES, LEGAL_NODES

Ts = TypeVarTuple("Ts")

VIEWS = ("mine", "claimable", "team", "done", "copies")


@dataclass(frozen=True)
class Filters:
    """What of a view is wanted; `after` is the (instant, id) of the last row seen."""

    case_id: int | None = None
    node_ids: Sequence[str] | None = None
    overdue: bool = False
    q: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = 50


NO_FILTERS = Filters()


def inbox(session: Session, actor: Actor, view: str, filters: Filters = NO_FILTERS) -> list[Task]:
    """Tasks of a view, most urgent first (`done`: last done first)."""
    if view == "done":
        return list(session.scalars(_done(actor, filters)))
    ranges = _ranges(actor, view)
    if not ranges:
        return []
    if len(ranges) == 1:
        return list(session.scalars(_narrowed(select(Task).where(Task.state == "open", ranges[0]), filters)))
    pages = [_narrowed(select(Task.id, Task.due_at).where(Task.state == "open", one), filters) for one in ranges]
    first = union_all(*(select(one.subquery().c.id) for one in pages))
    return list(session.scalars(select(Task).where(Task.id.in_(first)).order_by(Task.due_at, Task.id).limit(filters.limit)))


def count(session: Session, actor: Actor, view: str, filters: Filters = NO_FILTERS) -> int:
    """How many tasks a view holds in all."""
    if view == "done":
        return (
            session.scalar(select(func.count()).select_from(Task).where(Task.completed_by == actor.person_id, *_conditions(filters))) or 0
        )
    conditions = _ranges(actor, view)
    if not conditions:
        return 0
    return session.scalar(select(func.count()).select_from(Task).where(Task.state == "open", or_(*conditions), *_conditions(filters))) or 0


def _narrowed(statement: Select[*Ts], filters: Filters) -> Select[*Ts]:
    if filters.after:
        at, task_id = filters.after
        statement = statement.where(or_(Task.due_at > at, and_(Task.due_at == at, Task.id > task_id)))
    return statement.where(*_conditions(filters)).order_by(Task.due_at, Task.id).limit(filters.limit)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.case_id is not None:
        conditions.append(Task.case_id == filters.case_id)
    if filters.node_ids is not None:
        conditions.append(Task.node_id.in_(filters.node_ids))
    if filters.overdue:
        conditions.append(Task.due_at < clock.now())
    if filters.q:
        conditions.append(Task.student_id.in_(select(Student.id).where(Student.name.contains(filters.q, autoescape=True))))
    return conditions


def _ranges(actor: Actor, view: str) -> list[ColumnElement[bool]]:
    me = actor.person_id
    if view == "mine":
        lent = select(Delegation.task_id).where(Delegation.helper_id == me, Delegation.until >= clock.today())
        return [Task.assignee_id == me, Task.id.in_(lent)]
    if view == "claimable":
        pools = [
            and_(Task.assignee_id.is_(None), Task.organisation_id == m.organisation_id, Task.role == m.role) for m in actor.memberships
        ]
        offered = select(TaskShare.task_id).where(
            TaskShare.person_id == me, TaskShare.kind == "candidate", or_(TaskShare.from_at.is_(None), TaskShare.from_at <= clock.now())
        )
        return [*pools, Task.id.in_(offered)]
    if view == "copies":
        return [Task.id.in_(select(TaskShare.task_id).where(TaskShare.person_id == me, TaskShare.kind == "copy"))]
    return [one for m in actor.memberships for one in _area(m.area, m.area_id, m.role)]


def _area(area: Area | None, area_id: int | None, role: str) -> list[ColumnElement[bool]]:
    if area is None:
        return []
    if area in {Area.CLASS, Area.SCHOOL}:
        return [getattr(Task, area.value) == area_id]
    seen = and_(*(~Task.node_id.startswith(prefix) for prefix in ALERT_NODES))
    if role in {"township_enforcement", "legal_reviewer"}:
        seen = or_(false(), *(Task.node_id.startswith(prefix) for prefix in LEGAL_NODES))
    columns = [Task.township_id, Task.household_township_id] if area is Area.TOWNSHIP else [getattr(Task, area.value)]
    return [and_(column == area_id, seen) for column in columns]


def _done(actor: Actor, filters: Filters) -> Select[Task]:
    statement = select(Task).where(Task.completed_by == actor.person_id, *_conditions(filters))
    if filters.after:
        at, task_id = filters.after
        statement = statement.where(or_(Task.ended_at < at, and_(Task.ended_at == at, Task.id < task_id)))
    return statement.order_by(Task.ended_at.desc(), Task.id.desc()).limit(filters.limit)


__all__ = ["NO_FILTERS", "VIEWS", "Filters", "count", "inbox"]
