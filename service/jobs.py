"""Work to do after the commit: the outbox, its handlers and retries, and incidents.

A job is saved in the transaction that wants it and taken by the worker after that transaction
committed. Delivery is at least once: handlers may run twice and must not mind.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.db import Base, Id, Instant, Json

GIVE_UP_AFTER = 8

Handler = Callable[[Session, dict[str, Any]], None]
_handlers: dict[str, Handler] = {}


class Job(Base):
    """Something to be done; `key` makes putting the same thing twice harmless."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_waiting", "due_at", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    payload: Mapped[Any] = mapped_column(Json)
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="waiting")


class Incident(Base):
    """Something went wrong with one case or job and a person must look; it blocks nobody else."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(Id)
    instance_id: Mapped[int | None] = mapped_column(Id)
    message: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str | None] = mapped_column(String(200))


class JobFailed(Exception):
    """A handler gave up; `__cause__` says why."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} failed")
        self.job_id = job_id


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what the worker does for jobs of a kind."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def put(
    session: Session, county_id: int, kind: str, payload: dict[str, Any], *, key: str | None = None, due_at: datetime | None = None
) -> None:
    """Save a job in this transaction; with a `key` that exists already, nothing happens."""
    if key is not None and session.scalar(select(Job.id).where(Job.key == key)):
        return
    session.add(Job(county_id=county_id, kind=kind, key=key, payload=payload, due_at=due_at or clock.now()))
    session.flush()


def open_incident(
    session: Session, county_id: int, kind: str, message: str, *, case_id: int | None = None, instance_id: int | None = None
) -> Incident:
    """Tell the supervisors. `message` must name no person."""
    incident = Incident(county_id=county_id, kind=kind, message=message, case_id=case_id, instance_id=instance_id, opened_at=clock.now())
    session.add(incident)
    session.flush()
    return incident


def due_next(session: Session, until: datetime) -> datetime | None:
    """When the most overdue job was due, if not after `until`."""
    return session.scalar(select(Job.due_at).where(Job.state == "waiting", Job.due_at <= until).order_by(Job.due_at).limit(1))


def take_one(session: Session) -> bool:
    """Do the most overdue job inside this transaction; False when none is due.

    The row is locked (skipped by other workers), so two workers never do the same job at once.
    Raises `JobFailed` when its handler does; `put_off` it then, in another transaction.
    """
    job = session.scalars(
        select(Job)
        .where(Job.state == "waiting", Job.due_at <= clock.now())
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return False
    try:
        _handlers[job.kind](session, job.payload)
        session.flush()
    except (OperationalError, InterfaceError):
        raise  # the database is gone, the job is not to blame
    except Exception as problem:
        raise JobFailed(job.id) from problem
    session.execute(update(Job).where(Job.id == job.id).values(state="done"))
    return True


def put_off(session: Session, job_id: int, problem: str) -> None:
    """After a failed try: wait longer each time, and in the end ask a person."""
    job = session.get_one(Job, job_id)
    job.attempts += 1
    job.due_at = clock.now() + timedelta(seconds=2**job.attempts)
    if job.attempts >= GIVE_UP_AFTER:
        job.state = "failed"
        open_incident(session, job.county_id, "job.failed", f"后台作业“{job.kind}”多次失败：{problem}")
    session.flush()
