"""Counting absence (DOMAIN e.2): who is absent on which day, and how long the spell is. Pure.

While a child is sought (`assumed`), every school day without a row "present" counts, leave days
excepted; a day counts from 10:00, or from the moment a row "absent" arrives. In follow-up and
after closure (`assumed=False`) only a row "absent" counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from service import clock
from service.calendars.calendar import Calendar
from service.calendars.due_rules import CountUnit

COUNTED_AT = time(10, 0)


@dataclass(frozen=True, slots=True)
class Register:
    """What is known about one pupil's days: rows of the attendance screen, and approved leave."""

    present: frozenset[date] = frozenset()
    absent: frozenset[date] = frozenset()
    leave: frozenset[date] = frozenset()


def absent_days(
    calendar: Calendar, register: Register, *, since: date, now: datetime, unit: CountUnit = "school_day", assumed: bool = True
) -> tuple[date, ...]:
    """The days of unexcused absence from `since` to the instant `now`, oldest first; broken spells together."""
    days = _days(calendar, since, _last_counted(register, now), unit)
    return tuple(day for day in days if _is_absent(register, day, assumed))


def spell(
    calendar: Calendar, register: Register, *, since: date, now: datetime, unit: CountUnit = "school_day", assumed: bool = True
) -> tuple[date, ...]:
    """The unbroken spell that lasts until `now`; empty once the pupil is back. A present day and a leave day break it.

    With `assumed=False` a day without a row neither counts nor breaks: no roll is not "all present".
    """
    run: list[date] = []
    for day in _days(calendar, since, _last_counted(register, now), unit):
        if day in register.present or day in register.leave:
            run.clear()
        elif _is_absent(register, day, assumed):
            run.append(day)
    return tuple(run)


def absent_day(calendar: Calendar, register: Register, *, since: date, number: int, unit: CountUnit = "school_day") -> date:
    """The day on which the `number`-th day of absence falls if nobody reports the pupil present (1 is the first)."""
    if number < 1:
        raise ValueError("absence days are counted from 1")
    days = _days(calendar, since, date.max, unit)
    absences = (day for day in days if _is_absent(register, day, assumed=True))
    return next(day for place, day in enumerate(absences, start=1) if place == number)


def absent_within(calendar: Calendar, register: Register, *, now: datetime, window: int = 20, assumed: bool = True) -> int:
    """How many of the last `window` school days were unexcused absences (profile `absence.cumulative`)."""
    last = _last_counted(register, now)
    first = calendar.add_school(last + timedelta(1), -window)
    return len(absent_days(calendar, register, since=first, now=now, assumed=assumed))


def present_run(calendar: Calendar, register: Register, *, since: date, today: date) -> int:
    """How many school days in a row, up to `today`, the pupil was reported present. Today counts once its row is there."""
    run = 0
    for day in _days(calendar, since, today, "school_day"):
        run = run + 1 if day in register.present else run if day == today and day not in register.absent else 0
    return run


def _days(calendar: Calendar, first: date, last: date, unit: CountUnit) -> Iterator[date]:
    day = first
    while day <= last:
        if unit == "calendar_day" or calendar.is_school(day):
            yield day
        day += timedelta(1)


def _last_counted(register: Register, now: datetime) -> date:
    local = now.astimezone(clock.LOCAL)
    today = local.date()
    reported = today in register.present or today in register.absent
    return today if reported or local.time() >= COUNTED_AT else today - timedelta(1)


def _is_absent(register: Register, day: date, assumed: bool) -> bool:
    if day in register.present or day in register.leave:
        return False
    return assumed or day in register.absent
