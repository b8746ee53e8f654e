"""The small language of required_if, waived_if, earliest, latest and agrees."""

from datetime import date
from typing import Any

import pytest

from service.forms.automatic import months_after
from service.forms.context import weekdays
from service.forms.rules import RuleError, as_day, contradicts, read_agreement, read_bound, read_condition

ANSWERS: dict[str, Any] = {"result": "请假", "days": 4, "met": ["学生", "母"], "flag": True, "note": "", "rows": []}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("result = 请假", True),
        ("result = 在途, 请假", True),
        ("result != 请假", False),
        ("days > 3", True),
        ("days >= 4 and days <= 4", True),
        ("days < 4", False),
        ("met has 学生", True),
        ("met has 父, 无人", False),
        ("flag = true", True),
        ("flag = false", False),
        ("note is empty", True),
        ("rows is given", False),
        ("absent is empty", True),
        ("absent > 3", False),
        ("result = 病假 or days > 3", True),
        ("result = 请假 and days > 5", False),
        ("note has x", False),
    ],
)
def test_a_condition_says_what_it_reads_like(text: str, holds: bool) -> None:
    assert read_condition(text).holds(ANSWERS.get) is holds


@pytest.mark.parametrize(
    "text", ["", "result", "result ~ x", "1x = 2", "result = ", "a = b and", "a = b and and c = d", "days > many", "__import__('os')"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        read_condition(text)


def test_a_bound_is_a_date_some_days_from_another() -> None:
    facts = {"visit_time": "2026-04-08T18:30:00+08:00", "odd": "yesterday"}

    assert read_bound("visit_time+14").on(facts.get, date(2026, 1, 1)) == date(2026, 4, 22)
    assert read_bound("today-1").on(facts.get, date(2026, 1, 1)) == date(2025, 12, 31)
    assert read_bound("odd").on(facts.get, date(2026, 1, 1)) is None
    with pytest.raises(RuleError):
        read_bound("visit_time + two")


def test_only_outcomes_that_an_answer_stands_for_can_contradict_it() -> None:
    opinion = read_agreement("同意 = pass, file; 修改 = revise")

    assert contradicts(opinion, "同意", "revise")
    assert not contradicts(opinion, "同意", "file")
    assert not contradicts(opinion, "同意", "agree")
    assert not contradicts(opinion, "其他", "revise")
    assert not contradicts(opinion, "同意", None)
    for text in ("", "同意", "同意 ="):
        with pytest.raises(RuleError):
            read_agreement(text)


def test_an_instant_falls_on_the_day_of_the_county() -> None:
    assert as_day("2026-04-08T17:30:00+00:00") == date(2026, 4, 9)
    assert as_day("2026-04-08") == as_day(date(2026, 4, 8)) == date(2026, 4, 8)
    assert as_day(None) is None and as_day("soon") is None


def test_months_end_where_the_month_ends() -> None:
    assert months_after(date(2025, 4, 22), 6) == date(2025, 10, 22)
    assert months_after(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert months_after(date(2025, 11, 30), 1) == date(2025, 12, 30)
    assert months_after(date(2025, 10, 31), 2) == date(2025, 12, 31)


def test_without_a_calendar_the_week_has_five_days() -> None:
    assert weekdays(date(2026, 4, 8), 3) == date(2026, 4, 13)
