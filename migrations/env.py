"""How Alembic reaches the database and our tables.

The service and the tests pass the database as `config.attributes["url"]`; on the command line
(`alembic revision --autogenerate`) it is the one of the settings. All pending migrations happen in
one transaction under a lock: a process killed half-way leaves nothing, and of two that start at
once the second finds the work done.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, create_engine, event, pool

from service.config import Settings
from service.db import Base, Instant, Json

LOCK = 20060901  # any number nothing else on the server locks


def run() -> None:
    """Bring the database to the revision asked for."""
    if context.config.cmd_opts:  # a person at the command line, who may want tables compared or a migration written
        from service import installation

        assert installation.SLICES
    with _engine(context.config.attributes.get("url") or Settings.from_env().database_url).connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,  # SQLite changes a table by copying it
            render_item=_render_own_type,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()
            if sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration left rows that point nowhere: {orphans[:5]}")


def _engine(url: str) -> Engine:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _take_the_write_lock)
    return engine


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=30000", "foreign_keys=OFF"):  # copying a table would delete what points to it
        connection.execute(f"PRAGMA {pragma}")


def _take_the_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _render_own_type(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own types out as what they are in a database, so that migrations import nothing from the service."""
    if kind == "type" and isinstance(item, Instant):
        return 'sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")'
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


run()
