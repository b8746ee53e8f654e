"""Work after the commit: at least once, never for a step that was taken back, and a person is asked in the end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, jobs, processes
from service.db import Database
from service.jobs import GIVE_UP_AFTER, Incident, Job, JobFailed

START = datetime(2026, 3, 9, 1, tzinfo=UTC)


class Bell:
    """A handler that remembers what it was rung for."""

    def __init__(self) -> None:
        self.rung: list[Any] = []
        self.broken = False

    def __call__(self, session: Session, payload: dict[str, Any]) -> None:
        self.rung.append(payload["n"])
        if self.broken:
            raise ZeroDivisionError("the printer burns; 陈三 must not be named in an incident")


@pytest.fixture
def bell() -> Iterator[Bell]:
    ringing = Bell()
    jobs.handler("bell")(ringing)
    yield ringing
    jobs._handlers.pop("bell")


def put(database: Database, n: int, *, key: str | None = None, after: timedelta = timedelta(0)) -> None:
    with clock.standing_at(START), database.transaction() as session:
        jobs.put(session, 1, "bell", {"n": n}, key=key, due_at=START + after)


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Job.state).order_by(Job.id)))


def test_a_job_is_done_once_and_then_left_alone(database: Database, bell: Bell) -> None:
    put(database, 1)

    assert processes.run_due(database, START) == 1
    assert processes.run_due(database, START) == 0
    assert (bell.rung, states(database)) == ([1], ["done"])


def test_jobs_are_done_in_the_order_they_are_due_and_not_before(database: Database, bell: Bell) -> None:
    put(database, 3, after=timedelta(minutes=3))
    put(database, 1, after=timedelta(minutes=1))
    put(database, 2, after=timedelta(minutes=2))

    processes.run_due(database, START + timedelta(minutes=2))
    assert bell.rung == [1, 2]
    processes.run_due(database, START + timedelta(minutes=3))
    assert bell.rung == [1, 2, 3]


def test_the_same_thing_asked_for_twice_is_done_once(database: Database, bell: Bell) -> None:
    put(database, 1, key="notice:1")
    put(database, 2, key="notice:1")
    put(database, 3)
    put(database, 4)

    processes.run_due(database, START)
    assert bell.rung == [1, 3, 4]


def test_a_job_of_a_step_that_was_taken_back_never_runs(database: Database, bell: Bell) -> None:
    with pytest.raises(ZeroDivisionError), clock.standing_at(START), database.transaction() as session:
        jobs.put(session, 1, "bell", {"n": 1})
        raise ZeroDivisionError

    assert processes.run_due(database, START) == 0
    assert bell.rung == []


def test_what_a_failed_handler_wrote_is_taken_back(database: Database) -> None:
    @jobs.handler("half")
    def half(session: Session, payload: dict[str, Any]) -> None:
        jobs.open_incident(session, 1, "half", "写到一半")
        session.flush()
        raise ZeroDivisionError

    try:
        with clock.standing_at(START), database.transaction() as session:
            jobs.put(session, 1, "half", {})
        with pytest.raises(JobFailed) as failed, clock.standing_at(START), database.transaction() as session:
            jobs.take_one(session)
        assert isinstance(failed.value.__cause__, ZeroDivisionError)
        with database.reading() as session:
            assert session.scalars(select(Incident)).all() == []
    finally:
        jobs._handlers.pop("half")


def test_a_job_that_keeps_failing_waits_longer_each_time_and_then_asks_a_person(database: Database, bell: Bell) -> None:
    bell.broken = True
    put(database, 1)
    put(database, 2, after=timedelta(hours=2))
    tries, now = [], START
    for _ in range(GIVE_UP_AFTER):
        processes.run_due(database, now)
        with database.reading() as session:
            job = session.scalars(select(Job).order_by(Job.id)).first()
            assert job is not None
            tries.append((job.attempts, job.due_at - now))
            now = job.due_at

    assert [attempts for attempts, _ in tries] == list(range(1, GIVE_UP_AFTER + 1))
    assert [pause for _, pause in tries] == [timedelta(seconds=2**n) for n in range(1, GIVE_UP_AFTER + 1)]
    assert states(database) == ["failed", "waiting"]
    with database.reading() as session:
        (incident,) = session.scalars(select(Incident)).all()
    assert incident.kind == "job.failed"
    assert "陈三" not in incident.message


def test_a_failing_job_holds_up_none_of_the_others(database: Database, bell: Bell) -> None:
    @jobs.handler("burnt")
    def burnt(session: Session, payload: dict[str, Any]) -> None:
        raise ZeroDivisionError

    try:
        with clock.standing_at(START), database.transaction() as session:
            jobs.put(session, 1, "burnt", {}, due_at=START)
        put(database, 1)
        processes.run_due(database, START)
        assert bell.rung == [1]
    finally:
        jobs._handlers.pop("burnt")


def test_two_workers_never_hold_the_same_job_at_once(database: Database, database_kind: str, bell: Bell) -> None:
    put(database, 1)
    if database_kind == "sqlite":  # one writer at a time, by its lock
        processes.run_due(database, START)
        processes.run_due(database, START)
    else:
        with clock.standing_at(START), database.transaction() as first, database.transaction() as second:
            assert jobs.take_one(first)
            assert not jobs.take_one(second)

    assert bell.rung == [1]
