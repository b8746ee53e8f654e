"""Work to do after the commit: the outbox, its handlers and retries, and incidents.

A job is saved in the transaction that wants it and taken by the worker after that transaction
committed. Delivery is at least once: handlers may run twice and must not mind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Index, String, Text, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.db import Base, Id, Instant, Json

GIVE_UP_AFTER = 8

T = TypeVar("T")
Handler = Callable[[Session, dict[str, Any]], None]
Preparation = Callable[[Session, dict[str, Any]], Any]
_handlers: dict[str, Handler] = {}
_preparations: dict[str, Preparation] = {}


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


def preparation(kind: str) -> Callable[[Preparation], Preparation]:
    """Register the long part of a job that changes nothing; its result reaches the handler as `payload["prepared"]`.

    It runs while the database is only read: a page that takes a second to make must not keep
    SQLite's one write lock for a second.
    """

    def register(function: Preparation) -> Preparation:
        _preparations[kind] = function
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


@dataclass(frozen=True)
class Prepared:
    """The long part of one job, done."""

    job_id: int
    result: Any


def prepare_next(session: Session) -> Prepared | None:
    """Do the long part of the most overdue job, if it has one. Raises `JobFailed`."""
    job = session.scalars(
        select(Job).where(Job.state == "waiting", Job.due_at <= clock.now()).order_by(Job.due_at, Job.id).limit(1)
    ).first()
    if job is None or job.kind not in _preparations:
        return None
    return Prepared(job.id, _blamed(job.id, lambda: _preparations[job.kind](session, job.payload)))


def take_one(session: Session, prepared: Prepared | None = None) -> bool:
    """Do the most overdue job (or the prepared one) inside this transaction; False when there is none to do.

    The row is locked (skipped by other workers), so two workers never do the same job at once.
    Raises `JobFailed` when its handler does; `put_off` it then, in another transaction.
    """
    waiting = select(Job).where(Job.state == "waiting", Job.due_at <= clock.now()).order_by(Job.due_at, Job.id).limit(1)
    if prepared:
        waiting = waiting.where(Job.id == prepared.job_id)
    job = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    if job is None:
        return False

    def do() -> None:
        result = prepared.result if prepared else _preparations[job.kind](session, job.payload) if job.kind in _preparations else None
        _handlers[job.kind](session, {**job.payload, "prepared": result})
        session.flush()

    _blamed(job.id, do)
    session.execute(update(Job).where(Job.id == job.id).values(state="done"))
    return True


def _blamed(job_id: int, work: Callable[[], T]) -> T:
    """What fails is the job's fault, unless the database is gone."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        raise JobFailed(job_id) from problem


def put_off(session: Session, job_id: int, problem: str) -> None:
    """After a failed try: wait longer each time, and in the end ask a person."""
    job = session.get_one(Job, job_id)
    job.attempts += 1
    job.due_at = clock.now() + timedelta(seconds=2**job.attempts)
    if job.attempts >= GIVE_UP_AFTER:
        job.state = "failed"
        open_incident(session, job.county_id, "job.failed", f"后台作业“{job.kind}”多次失败：{problem}")
    session.flush()
