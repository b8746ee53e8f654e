"""After the chaos: what was promised, what is in the database, and every difference between the two.

P1 an acknowledged completion is never lost · P2 a retry acts once and gets the same answer ·
P5 a timer acts once · P16 history has no gap and verifies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import history, processes
from service.access import system
from service.db import Database
from service.history import Event
from service.processes import Instance, Motion
from service.tasks import Task
from tests.chaos.journal import Journal, Read

ENDINGS = {"done": ("task.completed", "task.returned"), "cancelled": ("task.cancelled",)}


def differences(database: Database, folder: Path, now: datetime | None = None) -> list[str]:
    """Everything that is not as promised; with `now`, also what was due by then and did not happen."""
    journals = [Journal(path).read() for path in sorted(folder.glob("client-*.jsonl"))]
    with database.reading() as session:
        events = session.scalars(select(Event).order_by(Event.subject, Event.seq)).all()
        tasks = {task.id: task for task in session.scalars(select(Task))}
        found = [
            *_lost(journals, tasks),
            *_answered_otherwise(journals, tasks),
            *_told_once(tasks, events),
            *_timers(events),
            *_chains(session, {event.subject for event in events}),
            *_states(session),
            *(_left_over(session, now) if now else ()),
        ]
    return sorted(set(found))


def acknowledged(folder: Path) -> int:
    """How many completions the clients were told of."""
    journals = (Journal(path).read() for path in sorted(folder.glob("client-*.jsonl")))
    return sum(any(a.status == 200 for a in answers) for read in journals for answers in read.answers.values())


def _lost(journals: Sequence[Read], tasks: Mapping[int, Task]) -> Iterator[str]:
    for read in journals:
        for key, answers in read.answers.items():
            asked = read.asked[key]
            task = tasks[asked.task]
            if answers[0].status == 200 and (task.state, task.completed_by, task.outcome) != ("done", asked.person, asked.outcome):
                yield f"P1 acknowledged and lost: task {task.id} is {task.state}"


def _answered_otherwise(journals: Sequence[Read], tasks: Mapping[int, Task]) -> Iterator[str]:
    told = Counter[int]()
    for read in journals:
        for key, answers in read.answers.items():
            granted = [answer for answer in answers if answer.status == 200]
            told[read.asked[key].task] += bool(granted)
            if granted and any(answer != granted[0] for answer in answers[answers.index(granted[0]) :]):
                yield f"P2 the same request was answered in two ways: task {read.asked[key].task}"
        for asked in read.unanswered:
            yield f"P2 never answered: task {asked.task}"
    for number, task in tasks.items():
        if task.state == "done" and told[number] == 0 and any(asked.task == number for read in journals for asked in read.asked.values()):
            yield f"P2 done, and whoever did it was told no: task {number}"
        if told[number] > 1:
            yield f"P1 acknowledged, lost and done again: task {number}"


def _told_once(tasks: Mapping[int, Task], events: Sequence[Event]) -> Iterator[str]:
    """Every task has one beginning and one end in the history, and every entry its task."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event.action.startswith("task.") and event.data and "task" in event.data:
            said[event.data["task"]][event.action if event.actor_id or event.action != "task.reminded" else "reminded by itself"] += 1
    for number in said.keys() - tasks.keys():
        yield f"P16 history tells of task {number}, which does not exist"
    for number, task in tasks.items():
        ends = sum(said[number][action] for action in ENDINGS.get(task.state, ("task.completed", "task.cancelled", "task.returned")))
        if said[number]["task.opened"] != 1 or ends != (task.state != "open"):
            yield f"P16 task {number} is {task.state}, its history says {dict(said[number])}"
        if said[number]["reminded by itself"] > 1 or said[number]["task.overdue"] > 1:
            yield f"P5 an alarm of task {number} rang twice"


def _timers(events: Sequence[Event]) -> Iterator[str]:
    fired = Counter((event.subject, event.at, event.node_id) for event in events if event.action == "timer.fired")
    for (subject, at, node), times in fired.items():
        if times > 1:
            yield f"P5 a timer acted {times} times: {subject} {node} at {at}"


def _chains(session: Session, subjects: set[str]) -> Iterator[str]:
    for subject in sorted(subjects):
        if broken := history.first_break(session, subject):
            yield f"P16 {subject} #{broken.seq}: {broken.reason}"


def _states(session: Session) -> Iterator[str]:
    """The engine's open tasks are the rows that are open, and nothing else."""
    rows: dict[int, set[str]] = defaultdict(set)
    for instance_id, token in session.execute(select(Task.instance_id, Task.token).where(Task.state == "open")):
        rows[instance_id].add(token.hex())
    roots: dict[int, Any] = {}
    for instance in session.scalars(select(Instance).where(Instance.status == "open").order_by(Instance.id)):
        root = instance.root_id or instance.id
        if root not in roots:
            roots[root] = Motion.of(session, system(instance.county_id), root)
        run = roots[root].run_of(roots[root].instances[instance.id])
        if {token.id for token in run.ready} != rows.pop(instance.id, set()):
            yield f"P1 the tasks of instance {instance.id} are not where its diagram stands"
    for instance_id in rows:
        yield f"P1 instance {instance_id} has ended, its tasks are open"


def _left_over(session: Session, now: datetime) -> Iterator[str]:
    if at := processes.due_next(session, now):
        yield f"P5 due at {at} and not done"
