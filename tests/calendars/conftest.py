"""The county's calendar of SCENARIOS.md: State-Council days 2025 and 2026, terms to January 2028, 2027 not loaded."""

from datetime import date

import pytest

from service.calendars import Calendar, Term, china_workdays

TERMS = [
    Term(date(2025, 2, 17), date(2025, 7, 4)),
    Term(date(2025, 9, 1), date(2026, 1, 30)),
    Term(date(2026, 3, 2), date(2026, 7, 10)),
    Term(date(2026, 9, 1), date(2027, 1, 22)),
    Term(date(2027, 3, 1), date(2027, 7, 9)),
    Term(date(2027, 9, 1), date(2028, 1, 21)),
]


@pytest.fixture(scope="session")
def county() -> Calendar:
    return Calendar.build({year: china_workdays(year) for year in (2025, 2026)}, TERMS)
