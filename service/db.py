"""The database: one `Base`, types that mean the same on SQLite and PostgreSQL, and transactions.

Doors open transactions; nothing below commits. A writing transaction takes SQLite's one write
lock at its start (`BEGIN IMMEDIATE`), so it cannot fail half-way because it read first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import BigInteger, Connection, Dialect, Engine, Integer, MetaData, Table, Text, create_engine, event
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from service.errors import Unavailable

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number; SQLite counts only plain INTEGER keys up by itself."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: timestamptz on PostgreSQL, microseconds on SQLite. Naive values are refused."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime says nothing about when")
        return value if dialect.name == "postgresql" else (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value else None
        return EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A JSON value kept as canonical text: keys sorted, so equal values are equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


def dumps(value: Any) -> bytes:
    """Canonical JSON bytes of a plain value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """A model's table, for the plain statements of the hot path."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


class Database:
    """One database and the two ways to use it: `transaction()` to write, `reading()` to look."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine = _engine(url, pool_size)
        self.memory: dict[object, Any] = {}
        """Shared by all threads: values that never change once written, and tools under plain names (`vault`, `files`)."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Everything inside happens or nothing does. Raises `Unavailable` when the database is gone."""
        with self._session(write=True) as session:
            yield session
            for finish in session.info.pop("before_commit", {}).values():
                finish(session)
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look that changes nothing."""
        with self._session(write=False) as session:
            yield session

    @contextmanager
    def _session(self, *, write: bool) -> Iterator[Session]:
        try:
            with (
                self.engine.connect().execution_options(writes=write) as connection,
                Session(connection, autoflush=False, expire_on_commit=False, info={"memory": self.memory}) as session,
            ):
                yield session
        except (OperationalError, InterfaceError) as gone:
            raise Unavailable("系统暂时连不上数据库，您填写的内容没有保存，请稍后再试") from gone

    def forget(self) -> None:
        """Drop what was remembered of rows (a sandbox reset gives their ids to others); tools, under plain names, stay."""
        for key in [key for key in list(self.memory) if not isinstance(key, str)]:
            self.memory.pop(key, None)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def remembered(session: Session, key: object, load: Callable[[], T]) -> T:
    """A value that can never change once it is there, loaded at most once per process."""
    memory: dict[object, T] = session.info.setdefault("memory", {})
    found = memory.get(key)
    if found is None:  # not `in` and then `[]`: another thread may forget in between
        found = memory[key] = load()
    return found


def before_commit(session: Session, key: str, finish: Callable[[Session], None]) -> None:
    """Have `finish` called once, last thing before this transaction commits."""
    session.info.setdefault("before_commit", {}).setdefault(key, finish)


def _engine(url: str, pool_size: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=pool_size, max_overflow=4, pool_pre_ping=True
        )
    engine = create_engine(url, pool_size=pool_size, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes", True) else "BEGIN")
