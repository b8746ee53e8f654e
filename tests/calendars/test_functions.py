"""The date functions that diagrams may call."""

from datetime import date

import pytest

from service.calendars import functions, next_period, period_on
from service.errors import Invalid


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("workdays", ["2026-09-29", 3], "2026-10-09"),
        ("schooldays", ["2026-02-06", 1], "2026-03-02"),
        ("days", ["2026-03-27", 15], "2026-04-11"),
        ("rolled", ["2026-04-11"], "2026-04-13"),
        ("months", ["2025-04-22", 6], "2025-10-22"),
        ("months", ["2025-08-31", 6], "2026-02-28"),
        ("next_period", ["2025-04-02", 5, 30], "2025-09-01"),
        ("at", ["2026-03-20", "10:00"], "2026-03-20T10:00+08:00"),
        ("workdays", [None, 3], None),
        ("days", ["2026-03-27", None], None),
        ("at", [None, "10:00"], None),
    ],
)
def test_a_function_gives_iso_text(county, name, arguments, expected):
    assert functions(county)[name](*arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("days", ["soon", 1]), ("days", ["2026-03-27", 1.5]), ("days", ["2026-03-27", True]), ("days", ["2026-03-27", 10**9]),
        ("days", ["2026-03-27"]), ("rolled", ["2026-03-27", 1]), ("at", ["2026-03-27", "noon"]), ("days", ["9999-12-30", 30]),
        ("workdays", [20260327, "3"]),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(county, name, arguments):
    with pytest.raises(Invalid):
        functions(county)[name](*arguments)


def test_missed_periods_become_the_one_today_lies_in(county):
    anchor = date(2025, 4, 2)

    assert period_on(anchor, anchor, 30) == 1
    assert period_on(anchor, date(2025, 5, 2), 30) == 1
    assert period_on(anchor, date(2025, 5, 3), 30) == 2
    assert next_period(county, anchor, period_on(anchor, date(2025, 8, 20), 30), 30) == date(2025, 9, 1)
