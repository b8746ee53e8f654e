"""Writing tasks: the hot path, in plain statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, null, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Session

from service.db import table_of
from service.tasks.models import Task, TaskShare

TASKS = table_of(Task)
_INSERT = insert_into(TASKS).returning(TASKS.c.id, sort_by_parameter_order=True)
_SHARE = insert_into(table_of(TaskShare))
_FINISH = (
    update(TASKS)
    .where(TASKS.c.id == bindparam("task_id"), TASKS.c.state == "open", TASKS.c.revision == bindparam("seen"))
    .values(
        {
            "state": "done",
            "alarm_at": null(),
            "alarm": null(),
            **{name: bindparam(name) for name in ("revision", "ended_at", "completed_by", "on_behalf_of", "outcome", "values")},
        }
    )
)
"""Built once: putting a statement together costs more than sending it."""


def insert(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """New tasks; their ids in the order of the rows."""
    return list(session.scalars(_INSERT, rows))


def by_ids(session: Session, ids: Sequence[int]) -> list[Task]:
    """Tasks as they are now, in the order of their ids given; whoever asks has seen to it that they may."""
    found = {task.id: task for task in session.scalars(select(Task).where(Task.id.in_(ids)), execution_options={"populate_existing": True})}
    return [found[i] for i in ids]


def share(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Copies and further candidates of tasks."""
    if rows:
        session.execute(_SHARE, rows)


def cancel(session: Session, root_id: int, tokens: Sequence[bytes], at: datetime) -> list[tuple[int, str, bytes]]:
    """Close open tasks whose tokens the engine took away; (id, node, token) of each."""
    gone = session.execute(
        select(Task.id, Task.node_id, Task.token).where(Task.root_id == root_id, Task.token.in_(tokens), Task.state == "open")
    ).all()
    if gone:
        session.execute(
            update(Task).where(Task.id.in_([row.id for row in gone])).values(state="cancelled", ended_at=at, alarm_at=None),
            execution_options={"synchronize_session": False},
        )
    return [(row.id, row.node_id, row.token) for row in gone]


def finish(
    session: Session,
    task: Task,
    revision: int,
    *,
    by: int | None,
    on_behalf_of: int | None,
    at: datetime,
    outcome: str,
    values: dict[str, Any],
) -> bool:
    """Close a task with its answers, only where it still is what the submitter saw; False when it is not."""
    done = session.execute(
        _FINISH,
        {
            "task_id": task.id,
            "seen": revision,
            "revision": revision + 1,
            "ended_at": at,
            "completed_by": by,
            "on_behalf_of": on_behalf_of,
            "outcome": outcome,
            "values": values,
        },
    )
    return done.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def reopen(session: Session, done: Task, at: datetime) -> int:
    """A new task in place of one whose step was taken back: same node, same person, what was typed as its draft."""
    kept = {column.key: getattr(done, column.key) for column in Task.__table__.columns if column.key not in NOT_KEPT}
    row = {
        **kept,
        "state": "open",
        "revision": 1,
        "assignee_id": done.completed_by or done.assignee_id,
        "created_at": at,
        "alarm_at": max(at, done.due_at),
        "alarm": "late",
    }
    return insert(session, [row])[0]


NOT_KEPT = {"id", "ended_at", "completed_by", "on_behalf_of", "outcome"}
"""What a reopened task does not take over from the one before."""
