"""Which days are worked and which are taught: one immutable value per school, asked instead of a database."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, Self

from service import clock
from service.errors import Invalid

Roll = Literal["next_wd", "prev_wd", "none"]

ATTENDANCE_CHECK_AT = time(10, 0)


@dataclass(frozen=True, slots=True)
class Term:
    """A school term, first and last day included."""

    start: date
    end: date
    name: str = ""

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the country and the school days of one school. Build it with `Calendar.build`.

    A year not in `years` counts Monday to Friday; before the first and after the last term the
    usual terms of the country are assumed. Both keep a case moving, and `doubts` says so.
    """

    years: frozenset[int] = frozenset()
    worked: frozenset[date] = frozenset()
    off: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()
    taught: frozenset[date] = frozenset()
    free: frozenset[date] = frozenset()

    @classmethod
    def build(
        cls,
        years: Mapping[int, Mapping[date, bool]],
        terms: Iterable[Term] = (),
        school_days: Mapping[date, bool] | None = None,
    ) -> Self:
        """`years` holds per loaded year the departures from Monday-to-Friday (see `china_workdays`).

        `school_days` are the school's own exceptions: True teaches on that day whatever the rest says, False does not.
        """
        departures = {day: worked for year in years.values() for day, worked in year.items()}
        own = school_days or {}
        return cls(
            years=frozenset(years),
            worked=_days(departures, True),
            off=_days(departures, False),
            terms=_in_order(terms),
            taught=_days(own, True),
            free=_days(own, False),
        )

    def loaded(self, year: int) -> bool:
        return year in self.years

    def is_working(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    def is_school(self, day: date) -> bool:
        if day in self.taught:
            return True
        return day not in self.free and self.is_working(day) and self.term_of(day) is not None

    def add_working(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, if negative); 0 is the day itself or the next working day."""
        return _count(day, count, self.is_working)

    def add_school(self, day: date, count: int) -> date:
        """As `add_working`, in school days."""
        return _count(day, count, self.is_school)

    def add_months(self, day: date, count: int) -> date:
        """The same day number `count` months later, or the last day of that month."""
        return month_day(day, day.day, count)

    def roll(self, day: date, how: Roll = "next_wd") -> date:
        step = {"next_wd": 1, "prev_wd": -1, "none": 0}[how]
        while step and not self.is_working(day):
            day += timedelta(step)
        return day

    def next_school_day(self, day: date, *, inclusive: bool = False) -> date:
        return self.add_school(day, 0 if inclusive else 1)

    def attendance_check(self, day: date) -> datetime:
        """When somebody can look whether the pupil is there: 10:00 of `day`, or of the next school day (aware UTC).

        Outside a term that is the first school day of the next one (DOMAIN e.0, timing detail 6).
        """
        return clock.local(self.next_school_day(day, inclusive=True), ATTENDANCE_CHECK_AT)

    def promise_day(self, day: date) -> date:
        """The school day on which a promise or a court's return date can be kept (timing detail 7)."""
        return self.next_school_day(day, inclusive=True)

    def term_of(self, day: date) -> Term | None:
        """The term `day` lies in, None in the holidays."""
        place = bisect_right(self.terms, day, key=lambda term: term.start)
        if place and day in self.terms[place - 1]:
            return self.terms[place - 1]
        if self.terms and self.terms[0].start <= day <= self.terms[-1].end:
            return None
        return next((term for term in self._assumed_terms(day) if day in term), None)

    def term_from(self, day: date, *, not_begun: bool = False) -> Term:
        """The term `day` lies in or the next one; with `not_begun` the first that starts on or after `day`."""
        known = sorted([*self.terms, *self._assumed_terms(day)], key=lambda term: term.start)
        return next(term for term in known if (term.start if not_begun else term.end) >= day)

    def doubts(self, first: date, last: date) -> tuple[str, ...]:
        """What a person must be told about days counted between two dates (either order)."""
        first, last = min(first, last), max(first, last)
        return tuple(f"{year}年工作日历未装载，暂按周一至周五计算" for year in range(first.year, last.year + 1) if not self.loaded(year))

    def term_doubts(self, first: date, last: date) -> tuple[str, ...]:
        """As `doubts`, for the terms that school days were counted in."""
        first, last = min(first, last), max(first, last)
        if self.terms and self.terms[0].start <= first and last <= self.terms[-1].end:
            return ()
        assumed = {term for day in (first, last) for term in self._assumed_terms(day) if term.start <= last and first <= term.end}
        return tuple(f"{term.start}起的学期未设置，暂按至{term.end}计算" for term in sorted(assumed, key=lambda term: term.start))

    def _assumed_terms(self, day: date) -> list[Term]:
        near = [term for year in range(day.year - 1, day.year + 2) for term in _usual_terms(year)]
        if not self.terms:
            return near
        return [term for term in near if term.end < self.terms[0].start or self.terms[-1].end < term.start]


def month_day(day: date, number: int, months: int = 0) -> date:
    """Day `number` of the month `months` after the month of `day`, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(number, monthrange(year, month + 1)[1]))


def _days(days: Mapping[date, bool], kind: bool) -> frozenset[date]:
    return frozenset(day for day, value in days.items() if value is kind)


def _in_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    ordered = tuple(sorted(terms, key=lambda term: term.start))
    if any(term.end < term.start for term in ordered):
        raise Invalid("学期结束日期不能早于开始日期")
    if any(later.start <= earlier.end for earlier, later in pairwise(ordered)):
        raise Invalid("学期日期相互重叠")
    return ordered


def _usual_terms(year: int) -> tuple[Term, Term]:
    return Term(date(year, 3, 1), date(year, 7, 10)), Term(date(year, 9, 1), date(year + 1, 1, 20))


def _count(day: date, count: int, counts: Callable[[date], bool]) -> date:
    step = timedelta(-1 if count < 0 else 1)
    if not count:
        day, count = day - step, 1
    for _ in range(abs(count)):
        day += step
        while not counts(day):
            day += step
    return day
