"""A small calendar of our own, so that the service's calendar is checked and not repeated.

Source: the State Council calendar of the package `chinesecalendar` (2027: Monday to Friday) and the
terms of the demo county. A school day is a working day inside a term.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

LOCAL = ZoneInfo("Asia/Shanghai")
OFFICE_CLOSE = time(17, 30)
LAST_LOADED_YEAR = 2026
TERMS = (
    (date(2025, 2, 17), date(2025, 7, 4)),
    (date(2025, 9, 1), date(2026, 1, 30)),
    (date(2026, 3, 2), date(2026, 7, 10)),
    (date(2026, 9, 1), date(2027, 1, 22)),
    (date(2027, 3, 1), date(2027, 7, 9)),
    (date(2027, 9, 1), date(2028, 1, 21)),
)


def is_working(day: date) -> bool:
    return day.weekday() < 5 if day.year > LAST_LOADED_YEAR else bool(chinese_calendar.is_workday(day))


def is_school(day: date) -> bool:
    return is_working(day) and any(first <= day <= last for first, last in TERMS)


def working(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which is not counted."""
    return _walk(day, count, is_working)


def school(day: date, count: int) -> date:
    """The `count`-th school day after `day`, which is not counted."""
    return _walk(day, count, is_school)


def days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def months(day: date, count: int) -> date:
    """The same day number `count` months later, or the end of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rolled(day: date) -> date:
    """`day`, or the next working day where it is a holiday."""
    return day if is_working(day) else working(day, 1)


def at(day: date, clock: str = "17:30") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def moment(text: str, year: int) -> datetime:
    """`03-16`, `03-16 17:00` or either with a year; a date without a time is the office close."""
    day, _, clock = text.partition(" ")
    full = day if len(day) == 10 else f"{year}-{day}"
    return at(date.fromisoformat(full), clock or OFFICE_CLOSE.strftime("%H:%M"))


def _walk(day: date, count: int, counts: Callable[[date], bool]) -> date:
    while count:
        day += timedelta(days=1)
        count -= counts(day)
    return day
