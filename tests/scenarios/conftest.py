"""The county behind a door: the application on each database, or the service at ACCEPTANCE_URL."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.scenarios import marks
from tests.scenarios.county import County
from tests.scenarios.door import Door, FlaskDoor, LiveDoor

if TYPE_CHECKING:
    from service.db import Database

ADDRESS = os.environ.get("ACCEPTANCE_URL", "")

if ADDRESS:

    @pytest.fixture
    def door() -> Door:
        return LiveDoor(ADDRESS)

else:

    @pytest.fixture
    def door(database: "Database", database_url: str, tmp_path: Path) -> Door:
        from service import create_app
        from service.config import Settings

        settings = Settings(
            database_url=database_url,
            data_dir=tmp_path,
            sandbox=True,
            cheap_passwords=True,
            secret_key="acceptance",
            field_key=bytes(range(32)),
        )
        return FlaskDoor(create_app(settings, database))


@pytest.fixture
def county(door: Door) -> County:
    return County(door)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    report.user_properties.extend(("pending", name) for name in marks.drain())
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for reports in terminalreporter.stats.values() for report in reports if hasattr(report, "user_properties")]
    names = dict.fromkeys(value for report in reports for key, value in report.user_properties if key == "pending")
    if names:
        terminalreporter.write_sep("-", f"{len(names)} acceptance assertions wait for their part")
        for name in names:
            terminalreporter.write_line(name)
