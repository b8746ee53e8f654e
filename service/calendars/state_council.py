"""The State Council's holiday arrangements as plain data, one year at a time."""

from datetime import date, timedelta

import chinese_calendar

from service.errors import NotFound

PUBLISHED_YEARS = range(2004, 2027)  # what chinesecalendar 1.11.0 carries


def china_workdays(year: int) -> dict[date, bool]:
    """The days of `year` that depart from Monday-to-Friday: True is a make-up workday, False a weekday off.

    Raises `NotFound` for a year whose arrangement is not published yet (each autumn for the next year).
    """
    if year not in PUBLISHED_YEARS:
        raise NotFound(f"{year}年国务院放假安排尚未收录")
    day, departures = date(year, 1, 1), {}
    while day.year == year:
        worked = bool(chinese_calendar.is_workday(day))
        if worked != (day.weekday() < 5):
            departures[day] = worked
        day += timedelta(1)
    return departures
