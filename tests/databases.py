"""Databases for tests: migrated once per process, copied for every test, on SQLite or on a real PostgreSQL.

PostgreSQL is the server named by TEST_DATABASE_URL (a user who may create databases there), or one that
the run starts itself. Copying a migrated database takes milliseconds where migrating takes a second.
"""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from service import cli
from tests import postgresql

Fill = Callable[[str], None]
"""Puts rows into the database with this URL."""


class Databases:
    """Makes databases in a folder (SQLite) or on a server (PostgreSQL, started at first use) and takes them away again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: postgresql.Server | None = None
        self._models: dict[tuple[str, str], str] = {}
        self._prefix = f"kcbx_test_{secrets.token_hex(4)}"
        self._count = 0

    def blank(self, kind: str) -> str:
        """The URL of a new database with nothing in it."""
        return self._create(kind, model=None)

    def fresh(self, kind: str) -> str:
        """The URL of a new database with all tables and no rows."""
        return self.copy(kind, "migrated", lambda url: None)

    def copy(self, kind: str, name: str, fill: Fill) -> str:
        """The URL of a new copy of the model `name`: a migrated database that `fill` filled, once per process.

        `fill` must close its connections: a database in use cannot be copied.
        """
        if (kind, name) not in self._models:
            url = self.blank(kind) if name == "migrated" else self.fresh(kind)
            if name == "migrated":
                cli.migrate(url)
            fill(url)
            self._models[kind, name] = url
        return self._create(kind, model=self._models[kind, name])

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        database = make_url(url).database
        if database and url.startswith("sqlite"):
            for tail in ("", "-wal", "-shm"):
                Path(database + tail).unlink(missing_ok=True)
        else:
            self._administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def close(self) -> None:
        """Drop the models and stop the server, if it is ours."""
        for url in self._models.values():
            self.drop(url)
        if self._server:
            self._server.stop()

    def _create(self, kind: str, *, model: str | None) -> str:
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        source = make_url(model).database if model else None
        if kind == "sqlite":
            path = self._folder / f"{name}.sqlite3"
            if source:
                shutil.copyfile(source, path)
            return f"sqlite:///{path}"
        self._administer(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{source}"' if source else ""))
        url = make_url(self._server_url()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _administer(self, statement: str) -> None:
        url = make_url(self._server_url()).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _server_url(self) -> str:
        if given := os.environ.get("TEST_DATABASE_URL"):
            return given
        self._server = self._server or postgresql.start()
        return self._server.url
