"""What every test may ask for: a database of its own, a browser, a PDF converter."""

import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from tests import facilities

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from service.config import Settings
    from service.db import Database
    from tests.databases import Databases

TALLY = pytest.StashKey[facilities.Tally]()
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-sandbox",  # root (CI) cannot have it; only our own pages are opened
)


# --- databases ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Databases"]:
    """The maker of databases, for tests that need several or a prepared one."""
    from tests.databases import Databases

    maker = Databases(tmp_path_factory.mktemp("databases"))
    yield maker
    maker.close()


@pytest.fixture(params=("sqlite", "postgresql"), scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` and `postgresql` in turn: whoever asks for a database is tested on both."""
    kind: str = request.param
    if kind == "postgresql":
        facilities.require_postgresql()
    return kind


@pytest.fixture
def database_url(databases: "Databases", database_kind: str) -> Iterator[str]:
    """A migrated database with no rows, for this test alone."""
    url = databases.fresh(database_kind)
    yield url
    databases.drop(url)


@pytest.fixture
def blank_database_url(databases: "Databases", database_kind: str) -> Iterator[str]:
    """A database without tables, for this test alone."""
    url = databases.blank(database_kind)
    yield url
    databases.drop(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> "Settings":
    """Settings of a sandbox on that database, its files in this test's folder."""
    from service.config import Settings

    return Settings.from_env({"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "data"), "SANDBOX": "1"})


@pytest.fixture
def database(settings: "Settings") -> Iterator["Database"]:
    """The same database, opened as the service opens it."""
    from service import cli

    opened = cli.connect(settings)
    if settings.database_url.startswith("sqlite"):
        event.listen(opened.engine, "connect", _without_waiting_for_the_disk)
    yield opened
    opened.close()


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    """No test here pulls the plug; those that kill processes open their databases themselves."""
    connection.execute("PRAGMA synchronous=OFF")


# --- browser and PDF ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The machine's own Chromium, driven by Playwright."""
    executable = facilities.require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page at a desk: 1280 × 800. Fails the test when a script fails or something outside this machine is asked for."""
    yield from _page(browser, viewport={"width": 1280, "height": 800})


@pytest.fixture
def phone(browser: "Browser") -> Iterator["Page"]:
    """A page on a phone: 390 × 844, touched."""
    yield from _page(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2)


def _page(browser: "Browser", **options: Any) -> Iterator["Page"]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    wrong = facilities.told_on(context)
    yield context.new_page()
    context.close()
    assert wrong == []


@pytest.fixture
def to_pdf(tmp_path: Path) -> Callable[[Path], Path]:
    """Turns a docx file into a PDF beside it, as an official's printer would show it."""
    program = facilities.require_pdf()

    def convert(document: Path) -> Path:
        profile = f"-env:UserInstallation={(tmp_path / 'libreoffice').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(document.parent), str(document)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return document.with_suffix(".pdf")

    return convert


# --- what ran ----------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = tally = facilities.Tally()
    if not hasattr(config, "workerinput"):  # not one of several processes: this one reports
        config.pluginmanager.register(_Listener(tally), "facility-tally")


class _Listener:
    def __init__(self, tally: facilities.Tally) -> None:
        self._tally = tally

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._tally.note(report)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.when == "setup":
        item.user_properties.extend(("ran_on", facility) for facility in facilities.used_by(item))
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    whole = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    listening = not hasattr(session.config, "workerinput")
    if facilities.IN_CI and whole and listening and exitstatus == 0 and session.config.stash[TALLY].untested():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_sep("-", "what the tests ran on")
    for line in config.stash[TALLY].lines():
        terminalreporter.write_line(line)
