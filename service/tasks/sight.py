"""Which tasks somebody sees, and which they may finish."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service import clock
from service.access import Actor, Place, in_scope
from service.errors import Conflict, Forbidden, NotFound
from service.tasks.models import Delegation, Task, TaskShare

ALERT_NODES = tuple(f"SP10_T0{n}" for n in range(1, 8))
"""The first three days, which are the school's own; the acknowledgements (T08, T09) are not of them."""

LEGAL_NODES = ("SP40_", "SP50_", "SP60_", "SP66_", "B20_")


class TaskTaken(Conflict):
    """A colleague holds or has done the task."""

    code = "task_taken"


class StaleRevision(Conflict):
    """The task changed after the form was opened."""

    code = "stale_revision"


@dataclass(frozen=True)
class Ties:
    """Who besides the holder a task concerns."""

    shares: Sequence[TaskShare]
    delegation: Delegation | None


_WITH_TIES = (
    select(Task, TaskShare, Delegation)
    .outerjoin(TaskShare, TaskShare.task_id == Task.id)
    .outerjoin(Delegation, Delegation.task_id == Task.id)
    .where(Task.id == bindparam("task_id"))
)


def find_for(session: Session, actor: Actor, task_id: int) -> tuple[Task, Ties]:
    """A task the actor may see. Raises `NotFound` for anybody else's."""
    rows = session.execute(_WITH_TIES, {"task_id": task_id}).all()
    task = rows[0][0] if rows else None
    ties = Ties([share for _, share, _ in rows if share], rows[0][2] if rows else None)
    if task is None or task.county_id != actor.county_id or not sees(actor, task, ties):
        raise NotFound("没有找到这项任务")
    return task, ties


def sees(actor: Actor, task: Task, ties: Ties) -> bool:
    """By assignment, by a copy or a loan, or because the pupil is in the actor's area."""
    if actor.system:
        return True
    mine = {
        task.assignee_id,
        task.completed_by,
        *(s.person_id for s in ties.shares),
        ties.delegation.helper_id if ties.delegation else None,
    }
    if actor.person_id in mine or _pooled(actor, task):
        return True
    place = Place(task.county_id, task.class_id, task.school_id, task.village_id, task.township_id, task.household_township_id)
    return in_scope(actor, place, alert=task.node_id.startswith(ALERT_NODES), legal=task.node_id.startswith(LEGAL_NODES))


def may_finish(actor: Actor, task: Task, ties: Ties) -> int | None:
    """Check that the actor may complete the task; the person on whose behalf, if it is lent.

    Raises `TaskTaken` when a colleague holds it or has done it, `Forbidden` when it is none of theirs.
    """
    lent = ties.delegation
    if lent and lent.helper_id == actor.person_id and lent.until >= clock.today() and task.assignee_id == lent.holder_id:
        return lent.holder_id
    if actor.system or task.assignee_id == actor.person_id or (task.assignee_id is None and _pooled(actor, task)):
        return None
    if _candidate(actor, ties):
        return task.assignee_id
    if task.assignee_id is not None and holds_role(actor, task):
        raise TaskTaken("任务已由同事承办，您不能办理")
    raise Forbidden("只有承办人可以办理这项任务")


def holds_role(actor: Actor, task: Task) -> bool:
    """Whether the actor holds the task's role at its organisation."""
    return any(m.role == task.role and m.organisation_id == task.organisation_id for m in actor.memberships)


def _pooled(actor: Actor, task: Task) -> bool:
    return task.assignee_id is None and holds_role(actor, task)


def _candidate(actor: Actor, ties: Ties) -> bool:
    return any(
        s.person_id == actor.person_id and s.kind == "candidate" and (s.from_at is None or s.from_at <= clock.now()) for s in ties.shares
    )
