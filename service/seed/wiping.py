"""Emptying a sandbox database: the one place that may remove history."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, text

from service.db import Base, Database

KEPT = {"alembic_version"}


def wipe(database: Database) -> None:
    """Remove every row of every table, and what this process remembered of them."""
    with database.engine.connect().execution_options(writes=True) as connection:
        with _unguarded(connection):
            _empty(connection)
        connection.commit()
    database.forget()


def _empty(connection: Connection) -> None:
    names = _tables(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(_quoted(connection, name) for name in names)}")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for name in names:
        connection.exec_driver_sql(f"DELETE FROM {_quoted(connection, name)}")  # noqa: S608 - names come from the database itself


def _tables(connection: Connection) -> list[str]:
    """All tables, those that point at others first."""
    order = {table.name: number for number, table in enumerate(reversed(Base.metadata.sorted_tables))}
    return sorted(set(inspect(connection).get_table_names()) - KEPT, key=lambda name: order.get(name, -1))


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """The append-only triggers stand aside and come back as they were."""
    if connection.dialect.name == "postgresql":
        names = [_quoted(connection, name) for name in _tables(connection)]
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        return
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {_quoted(connection, trigger.name)}")
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
