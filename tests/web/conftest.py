"""The county's pages: an application on a sandbox county where cases have lived, browsers without script and with."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from service import create_app, installation, processes, seed
from service.config import Settings
from tests.web.browsing import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from service.db import Database
    from tests.databases import Databases

APRIL = datetime.fromisoformat("2026-04-20T09:00:00+08:00")
"""Two cases are under way: 吴七's penalty and 秦己's order; one task is late."""

SOME_MONDAY = datetime.fromisoformat("2026-04-20T08:10:00+08:00")


def settings_for(url: str, folder: Path) -> Settings:
    return Settings.from_env(
        {"DATABASE_URL": url, "DATA_DIR": str(folder), "SANDBOX": "1", "SECRET_KEY": "w", "FIELD_KEY": "eHh4" * 10 + "eHg="}
    )


def county_at(settings: Settings, fixture: str, now: datetime) -> "Database":
    database = installation.connect(settings)
    seed.reset(database, settings, fixture, now)
    with database.transaction() as session:
        processes.set_clock(session, now, epoch_now=1)
    return database


@pytest.fixture(scope="session")
def lived_in(databases: "Databases", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Flask"]:
    """An application over cases that have lived; for tests that only look."""
    settings = settings_for(databases.fresh("sqlite"), tmp_path_factory.mktemp("lived"))
    database = county_at(settings, "qingshan_a_expired", APRIL)
    app = create_app(settings, database)
    app.testing = True
    yield app
    database.close()


@pytest.fixture
def quiet(databases: "Databases", database_kind: str, tmp_path: Path) -> Iterator["Flask"]:
    """An application over a county on a Monday morning before anything happened; for tests that act."""
    url = databases.fresh(database_kind)
    settings = settings_for(url, tmp_path / "data")
    database = county_at(settings, "qingshan_b", SOME_MONDAY)
    app = create_app(settings, database)
    app.testing = True
    yield app
    database.close()
    databases.drop(url)


@pytest.fixture
def visit(lived_in: "Flask") -> Callable[[str], Visitor]:
    """Sign somebody in over the lived-in county."""
    return lambda username: Visitor(lived_in).sign_in(username)


@pytest.fixture
def teacher(quiet: "Flask") -> Visitor:
    """Wang Min, who teaches class 801, signed in."""
    return Visitor(quiet).sign_in("wangmin")


@pytest.fixture
def served(quiet: "Flask") -> Iterator[str]:
    """The quiet county behind an address, for a browser."""
    yield from serve(quiet)


@pytest.fixture(scope="session")
def served_lived_in(lived_in: "Flask") -> Iterator[str]:
    """The lived-in county behind an address, for a browser."""
    yield from serve(lived_in)


def serve(app: "Flask") -> Iterator[str]:
    """An application behind an address, until the next step."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
