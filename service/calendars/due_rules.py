"""When a task is due or a timer fires: a rule, a calendar and the dates of a case give one instant. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from service import clock
from service.calendars.calendar import Calendar, month_day
from service.calendars.rule_grammar import AbsenceDay, Field, Fixed, MonthDay, Offset, Rule, Step, TermEdge, Unit, parse
from service.errors import Invalid

CountUnit = Literal["school_day", "calendar_day"]

OFFICE_CLOSE = time(17, 30)

_SANE = range(1900, 2201)  # keeps every count far from the ends of what `date` can hold


@dataclass(frozen=True, slots=True)
class Due:
    """The instant (aware UTC), its local date, and what a person must know about how it was counted."""

    at: datetime
    on: date
    warnings: tuple[str, ...] = ()


def due(
    rule: str | Rule,
    calendar: Calendar,
    *,
    trigger: date,
    fields: Mapping[str, date],
    absent_since: date | None = None,
    office_close: time = OFFICE_CLOSE,
    count_unit: CountUnit = "school_day",
) -> datetime:
    """The instant (aware UTC) a rule gives; see `due_with_warnings`."""
    return due_with_warnings(
        rule, calendar, trigger=trigger, fields=fields, absent_since=absent_since, office_close=office_close, count_unit=count_unit
    ).at


def due_with_warnings(
    rule: str | Rule,
    calendar: Calendar,
    *,
    trigger: date,
    fields: Mapping[str, date],
    absent_since: date | None = None,
    office_close: time = OFFICE_CLOSE,
    count_unit: CountUnit = "school_day",
) -> Due:
    """Evaluate a rule, with warnings where the calendar had to guess.

    `trigger` is the local date on which the task became ready; it is day 0 even after `office_close`.
    `fields` are the dates of the case, `absent_since` the first day of the spell that `D1`…`D9` count
    in `count_unit`s. Raises `Invalid` for a rule that cannot be read or needs a date the case does not have.
    """
    read = parse(rule) if isinstance(rule, str) else rule
    counting = _Counting(calendar, fields, absent_since, count_unit)
    day, first, last = _sane(trigger), None, None
    for step in read.steps:
        start = counting.start(step, day)
        day = counting.apply(step, start)
        first, last = min(first or start, start, day), max(last or day, start, day)
    taught = any(_in_terms(step) for step in read.steps)
    warnings = calendar.doubts(first or day, last or day) + (calendar.term_doubts(first or day, last or day) if taught else ())
    return Due(clock.local(day, read.at or office_close), day, warnings)


@dataclass(frozen=True, slots=True)
class _Counting:
    calendar: Calendar
    fields: Mapping[str, date]
    absent_since: date | None
    count_unit: CountUnit

    def start(self, step: Step, day: date) -> date:
        """Where a step counts from: the date before it, unless it names one of the case."""
        if isinstance(step, Field):
            named = self.fields.get(step.name)
            if named is None:
                raise Invalid(f"到期规则需要的日期“{step.name}”尚未填写", {step.name: ["尚未填写"]})
            return _sane(named)
        if isinstance(step, AbsenceDay):
            if self.absent_since is None:
                raise Invalid("到期规则按缺勤日计算，但尚无缺勤起始日", {"absent_since": ["尚未填写"]})
            return _sane(self.absent_since)
        return day

    def apply(self, step: Step, day: date) -> date:
        match step:
            case Field():
                return day
            case AbsenceDay(number):
                return self._absence_day(day, number)
            case Offset(unit, count, roll):
                return self.calendar.roll(self._add(day, count, unit), roll)
            case MonthDay(number, months, roll):
                return self.calendar.roll(month_day(day, number, months), roll)
            case Fixed(month, number, roll):
                return self.calendar.roll(_next_fixed(day, month, number), roll)
            case TermEdge():
                return self.calendar.roll(self._term_edge(step, day), step.roll)

    def _absence_day(self, since: date, number: int) -> date:
        if number == 1:
            return since
        return self._add(since, number - 1, "CD" if self.count_unit == "calendar_day" else "SD")

    def _add(self, day: date, count: int, unit: Unit) -> date:
        match unit:
            case "SD":
                return self.calendar.add_school(day, count)
            case "WD":
                return self.calendar.add_working(day, count)
            case "MON":
                return self.calendar.add_months(day, count)
            case "CD":
                return day + timedelta(count)

    def _term_edge(self, step: TermEdge, day: date) -> date:
        # Counting back from a start asks for a term still to come: "30 days before the term he is to join".
        ahead = step.edge == "TERM_START" and step.count is not None and step.count < 0
        term = self.calendar.term_from(day, not_begun=ahead)
        edge = term.start if step.edge == "TERM_START" else term.end
        return edge if step.count is None else self._add(edge, step.count, step.unit)


def _next_fixed(day: date, month: int, number: int) -> date:
    this_year = month_day(date(day.year, month, 1), number)
    return this_year if this_year >= day else month_day(date(day.year + 1, month, 1), number)


def _in_terms(step: Step) -> bool:
    return isinstance(step, AbsenceDay | TermEdge) or (isinstance(step, Offset) and step.unit == "SD")


def _sane(day: date) -> date:
    if isinstance(day, datetime):
        raise TypeError("a due rule counts from a local date, not from an instant")
    if day.year not in _SANE:
        raise Invalid(f"日期{day.isoformat()}超出可计算的范围")
    return day
