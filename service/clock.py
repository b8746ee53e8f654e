"""What time it is. Instants are aware UTC; dates are local to the county (Asia/Shanghai).

Tests and the sandbox stand the clock where they want it with `standing_at`; the override
belongs to the current thread of work only, so one request cannot move another's clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The current instant, aware UTC."""
    return _standing.get() or datetime.now(UTC)


def today() -> date:
    """The current local date."""
    return local_date(now())


def local_date(instant: datetime) -> date:
    """The date an aware instant falls on in the county."""
    return instant.astimezone(LOCAL).date()


def local(day: date, at: time) -> datetime:
    """The instant (aware UTC) of a wall-clock time on a local date."""
    return datetime.combine(day, at, LOCAL).astimezone(UTC)


@contextmanager
def standing_at(instant: datetime | None) -> Iterator[None]:
    """Stand the clock at an aware instant for this block; None lets it run."""
    if instant is not None and instant.tzinfo is None:
        raise ValueError("a naive datetime says nothing about when")
    token = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(token)
