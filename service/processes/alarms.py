"""What the clock says about tasks: a reminder before they are due, and that they are late (DOMAIN e.12 rules 1 and 2)."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import history, tasks
from service.access import system
from service.processes.models import Instance

JUST_AFTER = timedelta(seconds=1)
"""A due time is met when completed at or before it (DOMAIN e.0, timing detail 9)."""


def alarm_next(session: Session, until: datetime) -> datetime | None:
    """The earliest instant at which some task has something to say, if not after `until`."""
    table = tasks.Task
    return session.scalar(select(table.alarm_at).where(table.state == "open", table.alarm_at <= until).order_by(table.alarm_at).limit(1))


def ring_one(session: Session, now: datetime) -> bool:
    """Say the most urgent thing the clock has to say about a task; False when there is nothing.

    The case is locked first, as by everybody who writes its history.
    """
    table = tasks.Task
    task_id = session.scalar(
        select(table.id)
        .join(Instance, Instance.id == table.root_id)
        .where(table.state == "open", table.alarm_at <= now)
        .order_by(table.alarm_at, table.id)
        .limit(1)
        .with_for_update(of=Instance, skip_locked=True)
    )
    if task_id is None:
        return False
    task = session.get_one(table, task_id, populate_existing=True)
    if task.state != "open" or task.alarm_at is None or task.alarm_at > now:
        return True
    late = task.alarm == "late"
    subject = f"case:{task.case_id}" if task.case_id else f"instance:{task.root_id}"
    history.record(
        session,
        system(task.county_id),
        subject,
        "task.overdue" if late else "task.reminded",
        node_id=task.node_id,
        at=task.alarm_at,
        task=task.id,
        to=task.assignee_id,
    )
    following = {"alarm": None, "alarm_at": None} if late else {"alarm": "late", "alarm_at": task.due_at + JUST_AFTER}
    session.execute(update(table).where(table.id == task.id).values(following), execution_options={"synchronize_session": False})
    return True
