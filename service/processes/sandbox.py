"""The sandbox's clock: one row, so that every process of a sandbox stands at the same moment."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.db import Base, Database, Instant

THE_CLOCK = 1


class SandboxClock(Base):
    """Where the clock was put, when by the machine's time, and whether it runs from there.

    `epoch` changes with every reset: rows get the ids of other rows then, so what a process
    remembered of them is worth nothing.
    """

    __tablename__ = "sandbox_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    base_at: Mapped[datetime] = mapped_column(Instant)
    real_at: Mapped[datetime] = mapped_column(Instant)
    running: Mapped[bool]
    epoch: Mapped[int]


def sandbox_now(session: Session) -> datetime | None:
    """The moment the sandbox stands at; None while nobody has set its clock (then it is the machine's)."""
    return _moment(session.execute(_THE_ROW).first())


def is_running(session: Session) -> bool:
    """Whether the sandbox's clock runs; it stands after a reset and between moves."""
    return session.scalar(select(SandboxClock.running)) is not False


def epoch(session: Session) -> int:
    """Which load of the sandbox this is; 0 before the first."""
    return session.scalar(select(SandboxClock.epoch)) or 0


def set_clock(session: Session, at: datetime, *, running: bool = False, epoch_now: int | None = None) -> None:
    """Stand the sandbox's clock at an instant, or let it run from there; an epoch begins when one is given."""
    values = {"base_at": at, "real_at": datetime.now(UTC), "running": running}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(SandboxClock).values(id=THE_CLOCK, epoch=epoch_now or 0, **values)
    changed = values if epoch_now is None else {**values, "epoch": epoch_now}
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


def keep_up(database: Database, session: Session) -> datetime | None:
    """The sandbox's moment; what this process remembers is dropped first when the sandbox was loaded anew."""
    row = session.execute(_THE_ROW).first()
    found = row.epoch if row else 0
    if database.memory.get("epoch") != found:
        database.forget()
        database.memory["epoch"] = found
    return _moment(row)


_THE_ROW = select(SandboxClock.base_at, SandboxClock.real_at, SandboxClock.running, SandboxClock.epoch)


def _moment(row: Any) -> datetime | None:
    if row is None:
        return None
    base_at: datetime = row.base_at
    return base_at + (datetime.now(UTC) - row.real_at) if row.running else base_at
