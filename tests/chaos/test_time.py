"""Workers, whatever the clock and one bad case do: timers act once and in time (P5, P12), the others' work goes on (P8)."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from service import jobs, processes, worker
from service.db import Database
from service.history import Event
from service.processes import Motion, registry
from service.tasks import Task
from tests.cast import County, moment
from tests.chaos.conftest import LONG
from tests.chaos.reckoning import differences

JUMPS = 60 if LONG else 8
AHEAD = timedelta(minutes=7)
"""How far the second worker's clock is ahead of the first one's."""


def test_a_clock_that_jumps_fires_nothing_early_and_nothing_twice(called: County) -> None:
    latest = called.now
    for now in _jumping(called.now):
        latest = max(latest, now + AHEAD)
        _both(called, now)

    with called.database.reading() as session:
        fired = session.scalars(select(Event.at).where(Event.action.in_(("timer.fired", "task.overdue", "task.reminded")))).all()
    assert len(fired) > len(set(fired)) > 2
    assert max(fired) <= latest
    _both(called, latest)
    assert differences(called.database, Path("nowhere"), latest) == []


def _jumping(now: datetime) -> Iterator[datetime]:
    """Now on by hours or days, now back by as much as two days, as a badly set machine does."""
    chance = random.Random(12)
    for _ in range(JUMPS):
        now += timedelta(hours=chance.choice((1, 6, 30, 50, -3, -48)))
        yield now


def _both(county: County, now: datetime) -> None:
    """Two workers at once, one ahead of the other, each with a connection of its own."""
    failed: list[Exception] = []

    def run(at: datetime) -> None:
        database = Database(county.settings.database_url, pool_size=2)
        database.memory = county.database.memory
        try:
            processes.run_due(database, at)
        except Exception as error:
            failed.append(error)
        finally:
            database.close()

    workers = [Thread(target=run, args=(at,)) for at in (now, now + AHEAD)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(120)
    assert failed == []


def test_a_poisoned_case_becomes_an_incident_and_blocks_nobody(called: County, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = called.case

    def poison(motion: Motion) -> None:
        if motion.case_id == poisoned:
            raise ZeroDivisionError("this case is poisoned")

    monkeypatch.setattr(registry, "rules", [*registry.rules, poison])
    noon = moment("2026-03-10 12:00")
    with called.session() as session:
        processes.set_clock(session, noon)

    while worker.Worker(called.database, called.settings).turn():
        pass

    with called.database.reading() as session:
        incidents = session.scalars(select(jobs.Incident)).all()
        opened = set(session.scalars(select(Task.case_id).where(Task.node_id.startswith("SP10_T03_"))))
        others = set(session.scalars(select(Task.case_id))) - {poisoned}
    assert [(incident.kind, incident.case_id) for incident in incidents] == [("case.stuck", poisoned)]
    assert opened == others
    assert processes.run_due(called.database, noon + timedelta(hours=2)) >= 0  # tried again in an hour, told of only once
    with called.database.reading() as session:
        assert len(session.scalars(select(jobs.Incident)).all()) == 1
