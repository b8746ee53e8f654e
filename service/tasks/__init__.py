"""Work waiting for people: inbox, claim, hand over, lend, remind, finish."""

from service.tasks.holding import assign, claim, delegate, ensure_fresh, release, remind, save_draft
from service.tasks.inbox import NO_FILTERS, VIEWS, Filters, count, inbox
from service.tasks.models import Delegation, Task, TaskShare
from service.tasks.sight import StaleRevision, TaskTaken, Ties, find_for, holds_role, may_finish, sees
from service.tasks.store import by_ids, cancel, finish, insert, reopen, share

__all__ = [
    "NO_FILTERS",
    "VIEWS",
    "Delegation",
    "Filters",
    "StaleRevision",
    "Task",
    "TaskShare",
    "TaskTaken",
    "Ties",
    "assign",
    "by_ids",
    "cancel",
    "claim",
    "count",
    "delegate",
    "ensure_fresh",
    "find_for",
    "finish",
    "holds_role",
    "inbox",
    "insert",
    "may_finish",
    "release",
    "remind",
    "reopen",
    "save_draft",
    "sees",
    "share",
]
