"""Rows of instances while they move: what is read under the lock, and how it is written back."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, String, Update, bindparam, case, cast, func, or_, select, update

from service import history
from service.db import table_of
from service.engine import Run
from service.processes.models import Instance

NOTHING_TO_UNDO = dict.fromkeys(("undo_task_id", "undo_state", "undo_facts", "undo_revision"))
"""What an ended instance no longer keeps."""

_TABLE = table_of(Instance)
_SUBJECT = case((_TABLE.c.case_id.is_not(None), "case:"), else_="instance:") + cast(
    func.coalesce(_TABLE.c.case_id, _TABLE.c.root_id, _TABLE.c.id), String
)
"""`Motion.subject`, worked out by the database."""
LOCK = select(_TABLE.c.id).where(_TABLE.c.id == bindparam("root")).with_for_update()
CASE = (
    select(_TABLE, *history.last_link(_SUBJECT))
    .where(or_(_TABLE.c.id == bindparam("root"), (_TABLE.c.root_id == bindparam("root")) & (_TABLE.c.status == "open")))
    .order_by(_TABLE.c.id)
)


@cache
def update_of(columns: tuple[str, ...]) -> Update:
    """Putting a statement together costs more than sending it: one is kept for every set of columns."""
    changes: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in columns}
    return update(_TABLE).where(_TABLE.c.id == bindparam("instance"), _TABLE.c.revision == bindparam("seen")).values(changes)


@dataclass
class Moving:
    """One instance while it moves."""

    id: int
    process_key: str
    revision: int
    state: bytes | None
    next_due: datetime | None
    status: str
    is_new: bool = False
    run: Run | None = None
    seen: int = 0
    """How much of the run's trail has been noted."""
    changed: bool = False
    undo: dict[str, Any] | None = None


def moving_of(row: Any) -> Moving:
    return Moving(row.id, row.process_key, row.revision, row.state, row.next_due, row.status)
