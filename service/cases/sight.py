"""Which cases somebody sees (DOMAIN f.1), one at a time and in lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from service.access import LEGAL_ROLES, Actor, Area, Place, in_scope
from service.cases.models import Case
from service.errors import NotFound
from service.people import Student
from service.tasks import Delegation, Task, TaskShare

LEGAL_STATUS = ("ordered", "penalty", "court")
LEGAL_STAGES = ("admonition", "penalty", "court")


@dataclass(frozen=True)
class Wanted:
    """Filters of a list of cases; `after` is the id of the last one seen (newest first)."""

    status: str = ""
    stage: str = ""
    organisation_id: int | None = None
    q: str = ""
    student_id: int | None = None
    after: int | None = None
    limit: int = 50


def place(case: Case) -> Place:
    """Where a case lies."""
    return Place(case.county_id, case.class_id, case.school_id, case.village_id, case.township_id, case.household_township_id)


def find_for(session: Session, actor: Actor, case_id: int) -> Case:
    """A case the actor may see. Raises `NotFound` for anybody else's."""
    case = session.get(Case, case_id)
    if case is None or case.county_id != actor.county_id:
        raise NotFound("没有找到这个案件")
    if actor.system or in_scope(
        actor, place(case), alert=_alert(case), legal=case.stage in LEGAL_STAGES or case.order_served_on is not None
    ):
        return case
    if _has_part(session, actor, case.id):
        return case
    raise NotFound("没有找到这个案件")


def _alert(case: Case) -> bool:
    """Whether the case never got past its first three days."""
    return case.status == "alert" or (case.status == "closed" and case.closure_code == "C11" and case.suspected_on is None)


def _has_part(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor holds or shares an open task of the case, or did one."""
    me = actor.person_id
    shared = select(TaskShare.task_id).where(TaskShare.person_id == me)
    lent = select(Delegation.task_id).where(Delegation.helper_id == me)
    mine = or_(Task.completed_by == me, and_(Task.state == "open", or_(Task.assignee_id == me, Task.id.in_(shared), Task.id.in_(lent))))
    return session.scalar(select(Task.id).where(Task.case_id == case_id, mine).limit(1)) is not None


def search(session: Session, actor: Actor, wanted: Wanted) -> Sequence[Case]:
    """Cases of the actor's area, newest first."""
    return session.scalars(
        select(Case)
        .where(*_conditions(actor, wanted))
        .where(Case.id < wanted.after if wanted.after else Case.id > 0)
        .order_by(Case.id.desc())
        .limit(wanted.limit)
    ).all()


def count(session: Session, actor: Actor, wanted: Wanted) -> int:
    """How many cases such a list holds in all."""
    return session.scalar(select(func.count()).select_from(Case).where(*_conditions(actor, wanted))) or 0


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [Case.county_id == actor.county_id]
    if not actor.system:
        me = actor.person_id
        part = select(Task.case_id).where(Task.state == "open", Task.assignee_id == me)
        conditions.append(or_(Case.id.in_(part), false(), *(_reach(m.area, m.area_id, m.role) for m in actor.memberships if m.area)))
    if wanted.status:
        conditions.append(Case.status == wanted.status)
    if wanted.stage:
        conditions.append(Case.stage == wanted.stage)
    if wanted.student_id:
        conditions.append(Case.student_id == wanted.student_id)
    if wanted.organisation_id:
        columns = (Case.class_id, Case.school_id, Case.village_id, Case.township_id, Case.household_township_id)
        conditions.append(or_(*(column == wanted.organisation_id for column in columns)))
    if wanted.q:
        named = select(Student.id).where(Student.name.contains(wanted.q, autoescape=True))
        conditions.append(or_(Case.student_id.in_(named), Case.number == wanted.q))
    return conditions


def _reach(area: Area, area_id: int | None, role: str) -> ColumnElement[bool]:
    if area in {Area.CLASS, Area.SCHOOL}:
        return getattr(Case, area.value) == area_id  # type: ignore[no-any-return]
    past_alert = and_(Case.status != "alert", or_(Case.closure_code.is_(None), Case.closure_code != "C11", Case.suspected_on.isnot(None)))
    if role in LEGAL_ROLES:
        past_alert = or_(Case.stage.in_(LEGAL_STAGES), Case.order_served_on.isnot(None))
    columns = [Case.township_id, Case.household_township_id] if area is Area.TOWNSHIP else [getattr(Case, area.value)]
    return and_(past_alert, or_(*(column == area_id for column in columns)))
