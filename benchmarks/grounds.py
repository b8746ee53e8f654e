"""Where measurements are made: a durable SQLite file and a durable PostgreSQL of our own, with the county of the stories."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from benchmarks.clerk import Clerk
from benchmarks.story import FIRST_DAY
from service import cli, clock, people, seed
from service.config import Settings
from service.db import Database
from tests import postgresql

MORNING = clock.local(FIRST_DAY, time(7))


@dataclass
class Ground:
    """An opened database of one kind, migrated."""

    kind: str
    database: Database
    settings: Settings

    def load(self, at: datetime = MORNING) -> None:
        """Load 青山县 in place of what was there."""
        seed.reset(self.database, self.settings, "qingshan_b", at)

    def clerk(self) -> Clerk:
        """Somebody to do the work of a newly loaded county."""
        self.load()
        return Clerk(self.database, now=MORNING)

    def pupils(self, school: str = "石桥中学") -> Sequence[int]:
        """The pupils of a school, in order of their numbers."""
        enrolment, klass, parent = people.Enrolment, people.Organisation, people.Organisation.__table__.alias()
        with self.database.reading() as session:
            return session.scalars(
                select(enrolment.student_id)
                .join(klass, klass.id == enrolment.class_id)
                .join(parent, parent.c.id == klass.parent_id)
                .where(parent.c.name == school, enrolment.until_on.is_(None))
                .order_by(enrolment.student_id)
            ).all()

    def size(self) -> int:
        """Bytes of all tables and indexes, nothing wasted: after VACUUM (FULL)."""
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT", writes=False) as connection:
            if self.kind == "SQLite":
                raw: Any = connection.connection.driver_connection
                raw.rollback()
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                pages, size = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
                return int(pages * size)
            connection.execute(text("VACUUM FULL"))
            total = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            return int(connection.scalar(text(total)) or 0)

    @property
    def version(self) -> str:
        """The database's name and number."""
        with self.database.reading() as session:
            if self.kind == "SQLite":
                return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
            return f"PostgreSQL {str(session.scalar(text('SHOW server_version'))).split()[0]}"


@contextmanager
def grounds() -> Iterator[Sequence[Ground]]:
    """Both kinds, each waiting for the disk at every commit; gone afterwards."""
    server = postgresql.start(durable=True)
    try:
        with tempfile.TemporaryDirectory(prefix="kcbx-bench-") as name:
            folder = Path(name)
            opened = [_open("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder), _open("PostgreSQL", _created(server.url), folder)]
            yield opened
            for ground in opened:
                ground.database.close()
    finally:
        server.stop()


def _created(server: str) -> str:
    """The URL of a new database on a server."""
    url = make_url(server)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench")
    return url.set(database="bench").render_as_string(hide_password=False)


def _open(kind: str, url: str, folder: Path) -> Ground:
    cli.migrate(url)
    settings = Settings.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder / kind), "SANDBOX": "1"})
    return Ground(kind, cli.connect(settings), settings)
