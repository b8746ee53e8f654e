"""A client at work: what a door does with a completion, without the sockets; and three ways to build that door wrong."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from benchmarks.clerk import Clerk
from service import clock, people, processes, tasks
from service.access import Actor
from service.db import Database
from service.errors import ServiceError, Unavailable
from service.people import requests
from service.tasks import Task
from tests.chaos.journal import Answered, Asked, Journal
from tests.scenarios.answers import HARMLESS, NEUTRAL

CLIENTS = 3
STRANGE = 0.15
"""How often a client takes a task that another client may be doing."""
AGAIN = 0.2
"""How often it asks once more for what it was answered already."""
WINDOW = 1.0
"""Seconds between the halves of a broken way, so that a kill finds it."""
HALF_DONE = "half-done"
"""The file that says a client stands between the two."""
TRIES = 4

Way = Callable[[Database, Asked, Journal], Answered]


def work(database: Database, folder: Path, number: int, way: Way) -> None:
    """First what was asked and not answered, then one task after another, until killed."""
    journal = Journal(folder / f"client-{number}.jsonl")
    for unanswered in journal.read().unanswered:
        way(database, unanswered, journal)
    clerk, chance = Clerk(database, now=_now(database)), random.Random()
    while True:
        clerk.now = _now(database)
        asked = _something_to_do(clerk, number, chance)
        if asked is None:
            time.sleep(0.02)
            continue
        journal.ask(asked)
        way(database, asked, journal)
        if chance.random() < AGAIN:
            way(database, asked, journal)


def _now(database: Database) -> datetime:
    with database.reading() as session:
        found = processes.keep_up(database, session)
    assert found is not None
    return found


def _something_to_do(clerk: Clerk, number: int, chance: random.Random) -> Asked | None:
    mine = Task.id % CLIENTS == number if chance.random() > STRANGE else Task.id > 0
    with clerk.database.reading() as session:
        task = session.scalars(select(Task).where(Task.state == "open", mine).order_by(func.random()).limit(1)).first()
    if task is None:
        return None
    with suppress(ServiceError, ValueError, LookupError):  # gone meanwhile, or nothing this clerk knows how to answer
        paper = clerk.write(task, _harmless(task, clerk), {})
        assert paper.actor.person_id
        return Asked(uuid4().hex, paper.actor.person_id, task.id, paper.task.revision, paper.outcome, dict(paper.values))
    return None


def _harmless(task: Task, clerk: Clerk) -> str | None:
    """An outcome that leads on and ends nothing."""
    short = "_".join(task.node_id.split("_")[:2])
    if short in NEUTRAL:
        return NEUTRAL[short]
    with clerk.database.reading() as session:
        frozen = processes.frozen(session, task.bundle_id)
    offered = [outcome.id for outcome in frozen.bundle.node(task.node_id).outcomes]
    return next((outcome for outcome in HARMLESS if outcome in offered), None)


# ---- as it is built


def as_built(database: Database, asked: Asked, journal: Journal) -> Answered:
    """Key, step and answer in one transaction; told to the client when it is kept."""
    answered = _answered(asked, lambda: _in_one_transaction(database, asked))
    journal.answer(answered)
    return answered


def _in_one_transaction(database: Database, asked: Asked) -> Answered:
    with database.transaction() as session, clock.standing_at(processes.keep_up(database, session)):
        actor = people.actor_for(session, asked.person, clock.today())
        where = f"POST /tasks/{asked.task}/complete"
        digest, before = requests.remember(
            session, county_id=actor.county_id, person_id=asked.person, route=where, key=asked.key, body=asked.body
        )
        if before:
            return Answered(asked.key, before.status, before.body)
        body = _complete(session, actor, asked)
        requests.answer(session, digest, 200, body)
    return Answered(asked.key, 200, body)


def _complete(session: Session, actor: Actor, asked: Asked) -> dict[str, object]:
    progress = processes.complete_task(session, actor, asked.task, revision=asked.revision, outcome=asked.outcome, values=asked.values)
    return {"task": progress.task_id, "opened": progress.opened, "closed": progress.closed}


def _answered(asked: Asked, act: Callable[[], Answered]) -> Answered:
    for attempt in range(TRIES):
        try:
            return act()
        except (IntegrityError, Unavailable):
            if attempt + 1 == TRIES:
                raise
        except ServiceError as refused:
            return Answered(asked.key, 409, {"code": refused.code})
    raise AssertionError("unreachable")


# ---- three ways to build it wrong; the reckoning must notice each


def _half_done(journal: Journal) -> None:
    (journal.path.parent / HALF_DONE).touch()
    time.sleep(WINDOW)
    (journal.path.parent / HALF_DONE).unlink(missing_ok=True)


def too_early(database: Database, asked: Asked, journal: Journal) -> Answered:
    """Tells the client before it is kept."""

    def act() -> Answered:
        with database.transaction() as session, clock.standing_at(processes.keep_up(database, session)):
            body = _complete(session, people.actor_for(session, asked.person, clock.today()), asked)
            journal.answer(Answered(asked.key, 200, body))
            _half_done(journal)
        return Answered(asked.key, 200, body)

    answered = _answered(asked, act)
    if answered.status != 200:
        journal.answer(answered)
    return answered


def in_two_parts(database: Database, asked: Asked, journal: Journal) -> Answered:
    """Closes the task in one transaction and moves the case in the next."""

    def act() -> Answered:
        with database.transaction() as session, clock.standing_at(processes.keep_up(database, session)):
            actor = people.actor_for(session, asked.person, clock.today())
            task, _ = tasks.find_for(session, actor, asked.task)
            now, outcome = clock.now(), asked.outcome or "done"
            by, values = asked.person, asked.values
            if not tasks.finish(session, task, asked.revision, by=by, on_behalf_of=None, at=now, outcome=outcome, values=values):
                raise tasks.TaskTaken("任务刚刚由同事办结")
        _half_done(journal)
        with database.transaction() as session, clock.standing_at(now):
            motion = processes.Motion.of(session, actor, task.root_id)
            row = motion.note("task.completed", node_id=task.node_id, task=task.id, outcome=outcome)
            motion.complete(task.instance_id, task.token.hex(), outcome=outcome, values=asked.values, row=row)
            motion.settle()
        return Answered(asked.key, 200, {"task": task.id, "opened": motion.opened, "closed": []})

    answered = _answered(asked, act)
    journal.answer(answered)
    return answered


def without_keys(database: Database, asked: Asked, journal: Journal) -> Answered:
    """Forgets what it was asked: a retry is a new request."""

    def act() -> Answered:
        with database.transaction() as session, clock.standing_at(processes.keep_up(database, session)):
            body = _complete(session, people.actor_for(session, asked.person, clock.today()), asked)
        _half_done(journal)
        return Answered(asked.key, 200, body)

    answered = _answered(asked, act)
    journal.answer(answered)
    return answered


WAYS: dict[str, Way] = {"as_built": as_built, "too_early": too_early, "in_two_parts": in_two_parts, "without_keys": without_keys}
