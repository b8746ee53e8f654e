"""Counties to look at: loaded once per kind of database, copied for every test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service import clock, installation
from service.config import Settings
from service.db import Database
from tests.databases import Databases

Load = Callable[[Database, Settings], object]


def moment(text: str) -> datetime:
    """A wall-clock moment of the county, `2026-03-09 07:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL).astimezone(UTC)


@pytest.fixture
def loaded(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[Callable[[str, Load], Database]]:
    """A copy of the database that `load` fills, by name."""
    opened: list[Database] = []

    def settings(url: str) -> Settings:
        return Settings.from_env({"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "SANDBOX": "1"})

    def open_copy(name: str, load: Load) -> Database:
        def fill(url: str) -> None:
            database = installation.connect(settings(url))
            load(database, settings(url))
            database.close()

        opened.append(installation.connect(settings(databases.copy(database_kind, name, fill))))
        return opened[-1]

    yield open_copy
    for database in opened:
        database.close()
        databases.drop(database.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql"))
