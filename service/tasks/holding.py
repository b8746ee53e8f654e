"""Whose a task is: claim, release, hand over, lend, remind (认领 · 退回待认领 · 转办 · 委派 · 催办), and drafts."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import column, select, table, update
from sqlalchemy.orm import Session

from service import clock, history, people
from service.access import SUPERVISORS, Actor, reads_names
from service.errors import Forbidden, Invalid
from service.tasks.models import Delegation, Task
from service.tasks.sight import StaleRevision, TaskTaken, Ties, find_for, holds_role, may_finish

LONGEST_LOAN = timedelta(days=30)
ROOT = table("instance", column("id"))
"""The instances belong to a higher slice; here only their rows are held."""


def claim(session: Session, actor: Actor, task_id: int, revision: int | None = None) -> Task:
    """Take a task of one's role that nobody holds. Raises `TaskTaken` when a colleague was faster."""
    task, ties = _take(session, actor, task_id)
    if task.state != "open" or task.assignee_id == actor.person_id:
        raise TaskTaken("任务已经不在待认领列表里")
    may_finish(actor, task, ties)
    _change(session, task, revision, assignee_id=actor.person_id, unmanned=False)
    _note(session, actor, task, "task.claimed")
    return task


def release(session: Session, actor: Actor, task_id: int, revision: int | None = None) -> Task:
    """Give a task one holds back to those of the same role."""
    task, _ = _take(session, actor, task_id)
    _must_hold(actor, task)
    _change(session, task, revision, assignee_id=None)
    _note(session, actor, task, "task.released", before=actor.person_id)
    return task


def assign(session: Session, actor: Actor, task_id: int, *, person_id: int, reason: str = "", revision: int | None = None) -> Task:
    """Hand a task over for good: by its holder, or by a supervisor who sees it."""
    task, _ = _take(session, actor, task_id)
    if task.assignee_id != actor.person_id and not (actor.holds(*SUPERVISORS) and reads_names(actor)):
        raise Forbidden("只有承办人或上级可以转办任务")
    _must_be_open(task)
    to = people.colleague(session, actor, person_id)
    before = task.assignee_id
    if before == to.id:
        raise Invalid("请选择另一位同事", {"person_id": ["任务已经由这位同事承办"]})
    _change(session, task, revision, assignee_id=to.id, unmanned=False)
    _note(session, actor, task, "task.assigned", before=before, to=to.id, reason=reason or None)
    return task


def delegate(session: Session, actor: Actor, task_id: int, *, person_id: int, until: date, reason: str) -> Delegation:
    """Lend a task you hold to a colleague; you stay answerable for it.

    `until` is a local calendar date, inclusive, at most 30 days ahead. Raises `NotFound`,
    `Forbidden` (not yours to lend) or `Invalid`. Source: DOMAIN f.1 rule 6.
    """
    task, _ = _take(session, actor, task_id)
    _must_hold(actor, task)
    if not clock.today() <= until <= clock.today() + LONGEST_LOAN:
        raise Invalid("请选择30天以内的日期", {"until": ["请选择今天起30天以内的日期"]})
    helper = people.colleague(session, actor, person_id)
    if helper.id == actor.person_id:
        raise Invalid("请选择另一位同事", {"person_id": ["不能委派给自己"]})
    assert actor.person_id is not None
    loan = session.merge(Delegation(task_id=task.id, holder_id=actor.person_id, helper_id=helper.id, until=until, reason=reason))
    session.flush()
    _note(session, actor, task, "task.delegated", to=helper.id, until=until.isoformat(), reason=reason)
    return loan


def remind(session: Session, actor: Actor, task_id: int, *, note: str = "") -> Task:
    """Urge the holder on; anybody who sees the task may."""
    task, _ = _take(session, actor, task_id)
    _must_be_open(task)
    _note(session, actor, task, "task.reminded", to=task.assignee_id, note=note or None)
    return task


def save_draft(session: Session, actor: Actor, task_id: int, values: dict[str, Any], revision: int | None = None) -> Task:
    """Keep what has been typed without completing."""
    task, ties = _take(session, actor, task_id)
    may_finish(actor, task, ties)
    _must_be_open(task)
    _change(session, task, revision, values=values)
    return task


def _take(session: Session, actor: Actor, task_id: int) -> tuple[Task, Ties]:
    """A task the actor sees, its case locked first as by everybody who writes its history (SQLite has one writer anyway)."""
    task, ties = find_for(session, actor, task_id)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(ROOT.c.id).where(ROOT.c.id == task.root_id).with_for_update())
    return task, ties


def ensure_fresh(task: Task, revision: int) -> None:
    """Raise `StaleRevision` unless the caller saw the task as it is."""
    if task.revision != revision:
        raise StaleRevision("这项任务在您打开之后有变动，请核对后再提交")


def _must_hold(actor: Actor, task: Task) -> None:
    _must_be_open(task)
    if task.assignee_id != actor.person_id:
        raise TaskTaken("任务由同事承办") if holds_role(actor, task) else Forbidden("只有承办人可以这样做")


def _must_be_open(task: Task) -> None:
    if task.state != "open":
        raise TaskTaken("任务已经办结或撤销")


def _change(session: Session, task: Task, revision: int | None, **values: Any) -> None:
    """Change a task only where it still is what was seen."""
    if revision is not None:
        ensure_fresh(task, revision)
    changed = session.execute(
        update(Task)
        .where(Task.id == task.id, Task.revision == task.revision, Task.state == "open")
        .values(revision=task.revision + 1, **values),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise TaskTaken("任务刚刚被同事办理")
    session.refresh(task)


def _note(session: Session, actor: Actor, task: Task, action: str, **data: Any) -> None:
    subject = f"case:{task.case_id}" if task.case_id else f"instance:{task.root_id}"
    history.record(session, actor, subject, action, node_id=task.node_id, task=task.id, **data)


__all__ = ["assign", "claim", "delegate", "ensure_fresh", "release", "remind", "save_draft"]
