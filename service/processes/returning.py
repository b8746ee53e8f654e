"""退回上一步: giving a task back to whoever did the one before, only where nothing is lost by it."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import tasks
from service.access import Actor
from service.engine import Node
from service.errors import Conflict, Invalid
from service.processes.models import Instance
from service.processes.motion import Motion

WAYS_BACK = ("return", "revise", "returned")


class CannotReturn(Conflict):
    """The diagram has no way back here, and the case has moved since."""

    code = "cannot_return"


def way_back(node: Node) -> str | None:
    """The outcome that leads back, where the diagram has one: a second person's 退回, a reviewer's 修改."""
    if node.form_key == "F14":  # there `returned` means that the paper could not be handed over
        return None
    return next((o.id for o in node.outcomes if o.id in WAYS_BACK and o.name.startswith(("退回", "修改"))), None)


def give_back(session: Session, actor: Actor, task_id: int, *, reason: str) -> list[int]:
    """Return a task with a reason; the ids of the tasks opened again.

    By the diagram's own way back, or by taking back the step that opened it, if nothing else in
    the case moved since and that step touched nothing but tasks. Raises `CannotReturn`.
    """
    if not reason.strip():
        raise Invalid("请写明退回的理由", {"reason": ["必填"]})
    task, ties = tasks.find_for(session, actor, task_id)
    motion = Motion.of(session, actor, task.root_id)
    motion.tick()
    on_behalf_of = tasks.may_finish(actor, task, ties)
    if task.state != "open" or task.token.hex() in motion.closed_tokens:
        raise tasks.TaskTaken("任务已经办结或撤销")
    node = motion.frozen.bundle.node(task.node_id)
    outcome = way_back(node)
    if outcome is None:
        return _take_back(session, motion, task, reason)
    values = {"opinion": reason.strip()}
    if not tasks.finish(
        session, task, task.revision, by=actor.person_id, on_behalf_of=on_behalf_of, at=motion.now, outcome=outcome, values=values
    ):
        raise tasks.TaskTaken("任务刚刚由同事办结")
    row = motion.note("task.returned", node_id=task.node_id, task=task.id, reason=reason.strip())
    motion.completed_due = task.due_at
    motion.complete(task.instance_id, task.token.hex(), outcome=outcome, values=values, row=row)
    motion.settle()
    return motion.opened


def _take_back(session: Session, motion: Motion, task: tasks.Task, reason: str) -> list[int]:
    """Restore the instance as it was before the step, and open the earlier task again with what was typed."""
    table = Instance.__table__
    row = session.execute(select(table).where(table.c.id == task.instance_id)).one()
    root_revision = motion.root.revision
    if row.undo_task_id is None or row.undo_revision != root_revision or motion.facts_changed():
        raise CannotReturn("案件在此之后已有变动，不能退回上一步")
    earlier = session.get_one(tasks.Task, row.undo_task_id)
    moving = motion.instances[task.instance_id]
    tokens = [t.id for t in motion.run_of(moving).ready]
    restored: dict[str, Any] = {
        "state": row.undo_state,
        "undo_task_id": None,
        "undo_state": None,
        "undo_facts": None,
        "undo_revision": None,
    }
    session.execute(update(Instance).where(Instance.id == task.instance_id).values({**restored, "revision": moving.revision + 1}))
    facts = {"facts": row.undo_facts} if row.undo_facts is not None else {}
    session.execute(update(Instance).where(Instance.id == motion.root_id).values({**facts, "revision": root_revision + 1}))
    before = motion.tokens_in(row.undo_state, moving.process_key)
    gone = [bytes.fromhex(token) for token in tokens if token not in before]
    for closed_id, node_id, _ in tasks.cancel(session, motion.root_id, gone, motion.now):
        motion.note("task.cancelled", node_id=node_id, task=closed_id, reason="退回上一步")
    reopened = tasks.reopen(session, earlier, motion.now)
    motion.note(
        "task.returned",
        node_id=task.node_id,
        task=task.id,
        to=earlier.completed_by,
        reason=reason.strip(),
        **{"in": [earlier.node_id], "cut": [task.node_id]},
    )
    motion.note("task.opened", node_id=earlier.node_id, task=reopened, to=earlier.completed_by or earlier.assignee_id)
    return [reopened]
