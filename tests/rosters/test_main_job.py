"""One month of daily attendance workbooks: what comes of them equals an independent count (the main job)."""

import os
from datetime import date
from pathlib import Path

from service.config import Settings
from service.db import Database
from tests.rosters import month

LONG = bool(os.environ.get("LONG"))
FIRST = date(2026, 3, 2)
SCHOOLS, DAYS = (66, 31) if LONG else (2, 5)


def test_cases_and_tasks_equal_an_independent_count(database: Database, settings: Settings, tmp_path: Path) -> None:
    truth, paths = month.prepare(database, settings, tmp_path / "sent", FIRST, schools=SCHOOLS, most_days=DAYS)

    imported = month.take_in(database, truth, paths, tmp_path / "kept")

    assert imported.refused == truth.bad
    assert imported.leave == {day: len(pupils) for day, pupils in truth.leave.items()}
    good = {day: truth.rows[day] - truth.bad[day].total() - imported.leave[day] for day in truth.days}
    assert imported.accepted == good
    wanted, found = month.expected(truth), month.opened(database)
    assert wanted["cases"] > 5
    assert (imported.started, month.case_count(database)) == (wanted["cases"], wanted["cases"])
    assert {node: found[node] for node in month.BEGINS} == {node: wanted[node] for node in month.BEGINS}
