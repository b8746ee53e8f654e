"""The calendar against a naive one that only knows lists of days, over random years, terms and exceptions."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.calendars import Calendar, Term, china_workdays
from service.errors import Invalid, NotFound

DAYS = [date(2029, 1, 1) + timedelta(n) for n in range(4 * 365 + 1)]
days = st.sampled_from(DAYS[370:1000])
exceptions = st.dictionaries(st.sampled_from(DAYS), st.booleans(), max_size=60)


@st.composite
def terms(draw):
    edges = sorted(draw(st.sets(st.sampled_from(DAYS[100:1300]), min_size=2, max_size=12)))
    return [Term(first, last) for first, last in zip(edges[::2], edges[1::2], strict=False)]


class Naive:
    """The same questions, answered by walking a list of days."""

    def __init__(self, departures, terms, own):
        self.work = [day for day in DAYS if departures.get(day, day.weekday() in (0, 1, 2, 3, 4))]
        worked = set(self.work)
        in_terms = {day for day in DAYS if any(term.start <= day <= term.end for term in terms)}
        self.school = [day for day in DAYS if own.get(day, day in in_terms and day in worked)]

    def add(self, kind, day, count):
        listed = getattr(self, kind)
        if count > 0:
            return [other for other in listed if other > day][count - 1]
        if count < 0:
            return [other for other in listed if other < day][count]
        return next(other for other in listed if other >= day)


@st.composite
def calendars(draw):
    departures, own, spans = draw(exceptions), draw(exceptions), draw(terms())
    by_year = {year: {day: kind for day, kind in departures.items() if day.year == year} for year in range(2029, 2033)}
    # A last term to the end, so that neither side ever has to assume one.
    spans = [term for term in spans if term.end < DAYS[1300]] + [Term(DAYS[0], DAYS[60]), Term(DAYS[1300], DAYS[-1])]
    return Calendar.build(by_year, spans, own), Naive(departures, spans, own)


@settings(max_examples=150, deadline=None)
@given(calendars(), days, st.integers(-30, 30))
def test_working_and_school_days_are_those_of_the_naive_calendar(pair, day, count):
    calendar, naive = pair

    assert calendar.add_working(day, count) == naive.add("work", day, count)
    assert calendar.add_school(day, count) == naive.add("school", day, count)
    assert calendar.is_working(day) == (day in naive.work)
    assert calendar.is_school(day) == (day in naive.school)
    assert calendar.next_school_day(day) == naive.add("school", day, 1)
    assert calendar.next_school_day(day, inclusive=True) == naive.add("school", day, 0)


@settings(max_examples=150, deadline=None)
@given(calendars(), days)
def test_rolls_go_to_the_nearest_working_day_on_their_side(pair, day):
    calendar, naive = pair

    assert calendar.roll(day, "next_wd") == min(other for other in naive.work if other >= day)
    assert calendar.roll(day, "prev_wd") == max(other for other in naive.work if other <= day)
    assert calendar.roll(day, "none") == day


@given(days, st.integers(-24, 24))
def test_months_keep_the_day_number_or_take_the_last_day(day, count):
    later = Calendar().add_months(day, count)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
    ],
)
def test_month_ends(day, count, expected):
    assert Calendar().add_months(date.fromisoformat(day), count) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-04-04", False),  # 清明
        ("2025-04-27", True),  # a Sunday worked for 劳动节
        ("2025-05-05", False),
        ("2026-09-20", True),  # a Sunday worked for 国庆
        ("2026-09-25", False),  # 中秋
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday worked for 国庆
        ("2026-05-09", True),
        ("2026-10-11", False),
    ],
)
def test_the_state_council_s_days(county, day, worked):
    assert county.is_working(date.fromisoformat(day)) is worked


def test_a_year_holds_only_its_departures():
    departures = china_workdays(2026)

    assert all(day.year == 2026 and worked == (day.weekday() >= 5) for day, worked in departures.items())
    assert 365 - 104 + sum(1 if worked else -1 for worked in departures.values()) == 248


def test_a_year_not_published_is_said_to_be_missing():
    with pytest.raises(NotFound, match="2027年"):
        china_workdays(2027)


def test_a_make_up_workday_is_a_school_day_unless_the_school_says_no(county):
    sunday = date(2026, 9, 20)
    closed = Calendar.build({2026: china_workdays(2026)}, county.terms, {sunday: False, date(2026, 9, 26): True})

    assert county.is_school(sunday)
    assert not closed.is_school(sunday)
    assert closed.is_working(sunday)
    assert closed.is_school(date(2026, 9, 26))  # the school teaches on its sports Saturday


def test_a_year_without_days_counts_monday_to_friday_and_says_so(county):
    assert not county.loaded(2027)
    assert county.is_working(date(2027, 10, 1))
    assert county.doubts(date(2026, 12, 30), date(2027, 1, 4)) == ("2027年工作日历未装载，暂按周一至周五计算",)
    assert county.doubts(date(2025, 1, 1), date(2026, 12, 31)) == ()


def test_after_the_last_term_the_usual_terms_are_assumed_and_said_to_be(county):
    assert county.next_school_day(date(2028, 1, 25)) == date(2028, 3, 1)
    assert county.term_doubts(date(2028, 1, 25), date(2028, 3, 1)) == ("2028-03-01起的学期未设置，暂按至2028-07-10计算",)
    assert county.term_doubts(date(2026, 7, 20), date(2026, 9, 1)) == ()
    assert Calendar().is_school(date(2026, 9, 1))


def test_holidays_between_known_terms_are_no_school_days(county):
    assert county.term_of(date(2026, 2, 10)) is None
    assert county.term_of(date(2026, 1, 30)) == county.terms[1]
    assert county.term_from(date(2026, 2, 10)) == county.terms[2]
    assert county.term_from(date(2026, 9, 1), not_begun=True) == county.terms[3]
    assert county.term_from(date(2026, 9, 2), not_begun=True) == county.terms[4]


def test_terms_must_not_overlap_or_end_before_they_start():
    with pytest.raises(Invalid, match="重叠"):
        Calendar.build({}, [Term(date(2026, 3, 1), date(2026, 7, 1)), Term(date(2026, 7, 1), date(2026, 9, 1))])
    with pytest.raises(Invalid, match="不能早于"):
        Calendar.build({}, [Term(date(2026, 3, 1), date(2026, 2, 1))])


def test_a_calendar_is_a_value(county):
    assert county == Calendar.build({year: china_workdays(year) for year in (2025, 2026)}, county.terms)
    assert len({county, Calendar.build({2026: {}}), Calendar.build({2026: {}})}) == 2
