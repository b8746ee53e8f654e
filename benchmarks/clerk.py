"""A player that hands in every task in a transaction of its own, as a door does, and lets each be measured."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sqlalchemy import event

from service import clock, processes
from service.access import Actor
from service.db import Database
from service.processes import Sheet
from service.seed import answers
from service.seed.pen import fill
from service.seed.player import Player
from service.tasks import Task

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Paper:
    """A form filled in and ready to be handed in."""

    task: Task
    actor: Actor
    sheet: Sheet
    outcome: str | None
    values: Mapping[str, Any]


@dataclass
class Cost:
    """What one transaction cost: statements sent, bytes written, commits, seconds."""

    statements: int = 0
    written: int = 0
    commits: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)


@contextmanager
def costing(database: Database) -> Iterator[Cost]:
    """Count what goes to the database inside; transaction control is not a statement."""
    cost = Cost()

    def sent(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("BEGIN"):
            return
        cost.statements += 1
        cost.kinds[statement.split("\n")[0][:60]] += 1
        if statement.lstrip().upper().startswith(WRITES):
            cost.written += _bytes(parameters)

    def committed(_connection: Any) -> None:
        cost.commits += 1

    event.listen(database.engine, "before_cursor_execute", sent)
    event.listen(database.engine, "commit", committed)
    started = perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = perf_counter() - started
        event.remove(database.engine, "before_cursor_execute", sent)
        event.remove(database.engine, "commit", committed)


def _bytes(value: Any) -> int:
    """Bytes of bound values, however a driver bundles them; a number or an instant counts as eight, nothing as none."""
    match value:
        case bytes():
            return len(value)
        case str():
            return len(value.encode())
        case Mapping():
            return sum(map(_bytes, value.values()))
        case list() | tuple():
            return sum(map(_bytes, value))
    return 0 if value is None else 8


@dataclass
class Clerk(Player):
    """`handing` is called with each paper and what to do with it; by default it is simply handed in."""

    handing: Callable[[Paper, Callable[[], None]], None] = lambda _paper, hand_in: hand_in()

    def finish(self, task: Task, outcome: str | None = None, **told: Any) -> None:
        """Write first, then hand in: reading the form and looking up who is near belong to another request."""
        paper = self.write(task, outcome, told)
        self.handing(paper, lambda: self.hand_in(paper))

    def write(self, task: Task, outcome: str | None, told: Mapping[str, Any]) -> Paper:
        """The usual answers to a task's form, in the name of whoever holds it."""
        with self._stage() as session:
            task = session.get_one(Task, task.id, populate_existing=True)
            actor = self._actor(session, self._doer(session, task))
            sheet = processes.open_sheet(session, actor, task)
            chosen = outcome or self._agreeing(sheet)
            usual = answers.usual(sheet.form.key, self._scene(session, actor, task, sheet, chosen))
            values = fill(sheet.form, sheet.context, self._pen(session, actor, task, chosen), told=told, usual=usual)
        return Paper(task, actor, sheet, chosen, values)

    def hand_in(self, paper: Paper) -> None:
        """Complete the task in one transaction."""
        with clock.standing_at(self.now), self.database.transaction() as session:
            processes.complete_task(
                session, paper.actor, paper.task.id, revision=paper.task.revision, outcome=paper.outcome, values=paper.values
            )

    @staticmethod
    def _agreeing(sheet: Sheet) -> str:
        offered = [outcome.id for outcome in sheet.outcomes]
        return offered[0] if len(offered) == 1 else next(one for one in ("agree", "pass", "approve") if one in offered)
