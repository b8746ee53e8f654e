"""Dates for diagrams: the functions an expression may call. ISO text in, ISO text out; null stays null.

workdays(d,n) schooldays(d,n) days(d,n) months(d,n) rolled(d) next_period(anchor,k,n) at(d,"10:00")
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from service import clock
from service.calendars.calendar import Calendar, Roll
from service.errors import Invalid

Scalar = str | int | float | bool | None

_FURTHEST = 3660  # a diagram has no business more than ten years away


def functions(calendar: Calendar) -> Mapping[str, Callable[..., Scalar]]:
    """The date functions of expressions, bound to a calendar. Raise `Invalid` for what is not a date or a count."""
    return {
        "workdays": _dated(calendar.add_working, 1),
        "schooldays": _dated(calendar.add_school, 1),
        "days": _dated(lambda day, count: day + timedelta(count), 1),
        "months": _dated(calendar.add_months, 1),
        "rolled": _dated(calendar.roll, 0),
        "next_period": _dated(lambda anchor, number, length: next_period(calendar, anchor, number, length), 2),
        "at": _at,
    }


def next_period(calendar: Calendar, anchor: date, number: int, length: int, roll: Roll = "next_wd") -> date:
    """When period `number` (the first is 1) of `length` days ends. Only the end rolls; cycles count from the unrolled date."""
    return calendar.roll(anchor + timedelta(number * length), roll)


def period_on(anchor: date, day: date, length: int) -> int:
    """The number of the period that `day` lies in: missed periods become this one, never a flood (the anchor day is in the first)."""
    return max(1, -(-(day - anchor).days // length))


def _dated(function: Callable[..., date], counted: int) -> Callable[..., Scalar]:
    def call(day: Scalar, *counts: Scalar) -> Scalar:
        if len(counts) != counted:
            raise Invalid(f"日期函数需要1个日期和{counted}个整数")
        if day is None or None in counts:
            return None
        try:
            return function(_day(day), *(_count(count) for count in counts)).isoformat()
        except (OverflowError, ValueError):
            raise Invalid(f"日期“{day}”超出可计算的范围") from None

    return call


def _at(day: Scalar, when: Scalar) -> Scalar:
    if day is None or when is None:
        return None
    try:
        instant = datetime.combine(_day(day), time.fromisoformat(str(when)), clock.LOCAL)
    except ValueError:
        raise Invalid(f"“{when}”不是时间，应写成 HH:MM") from None
    return instant.isoformat(timespec="minutes")


def _day(value: Scalar) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Invalid(f"“{value}”不是日期") from None


def _count(value: Scalar) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _FURTHEST:
        raise Invalid(f"“{value}”不是可用的天数或期数")
    return value
