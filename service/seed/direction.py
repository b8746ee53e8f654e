"""Letting many cases live side by side, each event in its turn, on one clock that only moves forward."""

import heapq
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from service import clock
from service.calendars import Calendar
from service.seed.courses import Course
from service.seed.player import Player

AT_ONCE = 20
"""Wakings in one transaction: enough to spare the disk, few enough to stay small."""


def live(player: Player, courses: Sequence[Course], until: datetime) -> None:
    """Let all courses run up to an instant, then fill in the roll they were noted on."""
    agenda = [(course.first_wake(), number) for number, course in enumerate(courses)]
    heapq.heapify(agenda)
    while agenda and agenda[0][0] <= until:
        with player.together():
            _some(player, courses, agenda, until)
    with player.together():
        player.until(until)
    with player.together():
        for course in courses:
            _fill_the_roll(player, course, until)


def _some(player: Player, courses: Sequence[Course], agenda: list[tuple[datetime, int]], until: datetime) -> None:
    for _ in range(AT_ONCE):
        if not agenda or agenda[0][0] > until:
            return
        at, number = heapq.heappop(agenda)
        player.until(at)
        if again := courses[number].wake(player):
            heapq.heappush(agenda, (again, number))


def _fill_the_roll(player: Player, course: Course, until: datetime) -> None:
    """Absent day after day, and present again from the return on."""
    if course.case_id is None:
        return
    closed = player.case(course.case_id).closed_on
    last = min(clock.local_date(until - timedelta(hours=12)), closed or date.max)
    back = course.back_on or date.max
    days = list(_school_days(course.calendar, course.begins, last))
    player.register(course.student_id, [day for day in days if day < back], present=False)
    player.register(course.student_id, [day for day in days if day >= back], present=True)


def school_days_before(calendar: Calendar, day: date, number: int) -> date:
    """The school day `number` school days before a day; 0 is the day itself or the last one before it."""
    while True:
        if calendar.is_school(day):
            if number == 0:
                return day
            number -= 1
        day -= timedelta(days=1)


def _school_days(calendar: Calendar, first: date, last: date) -> Iterable[date]:
    return (day for n in range((last - first).days + 1) if calendar.is_school(day := first + timedelta(days=n)))


def last_roll(calendar: Calendar, now: datetime) -> date:
    """The last school day whose roll has been called by now."""
    today = clock.local_date(now)
    return school_days_before(calendar, today if now >= clock.local(today, time(9)) else today - timedelta(days=1), 0)
