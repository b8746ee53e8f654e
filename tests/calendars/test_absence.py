"""Counting absence against a naive count, and the county's sentences about it."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.calendars import Register, absent_day, absent_days, absent_within, present_run, spell

D1 = date(2026, 3, 16)  # a Monday
AFTER = [D1 + timedelta(n) for n in range(45)]
rows = st.sets(st.sampled_from(AFTER)).map(frozenset)


def _at(day: date, time: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{time}+08:00")


@settings(max_examples=250, deadline=None)
@given(rows, rows, rows, st.sampled_from(AFTER), st.sampled_from(["07:00:00", "09:59:59", "10:00:00", "23:59:59"]), st.booleans())
def test_counts_equal_a_naive_count(county, present, absent, leave, today, time, assumed):
    register = Register(present, absent, leave)
    counted, run = [], []
    for day in AFTER:
        if not county.is_school(day) or day > today:
            continue
        if day == today and time < "10:00:00" and day not in present | absent:
            continue
        if day in present | leave:
            run = []
        elif assumed or day in absent:
            counted.append(day)
            run.append(day)

    now = _at(today, time)
    assert list(absent_days(county, register, since=D1, now=now, assumed=assumed)) == counted
    assert list(spell(county, register, since=D1, now=now, assumed=assumed)) == run
    if assumed and counted:
        assert absent_day(county, register, since=D1, number=len(counted)) == counted[-1]


@settings(max_examples=100, deadline=None)
@given(rows, st.sampled_from(AFTER))
def test_every_calendar_day_counts_where_the_profile_says_so(county, present, today):
    days = absent_days(county, Register(present), since=D1, now=_at(today, "12:00"), unit="calendar_day")

    assert list(days) == [day for day in AFTER if day <= today and day not in present]


def test_today_counts_at_ten_or_when_the_row_arrives(county):
    assert absent_days(county, Register(), since=D1, now=_at(D1, "09:59:59")) == ()
    assert absent_days(county, Register(), since=D1, now=_at(D1, "10:00:00")) == (D1,)
    assert absent_days(county, Register(absent=frozenset({D1})), since=D1, now=_at(D1, "08:40")) == (D1,)


def test_a_present_row_after_ten_corrects_the_count(county):
    late = Register(present=frozenset({D1}))

    assert absent_days(county, late, since=D1, now=_at(D1, "11:00")) == ()


def test_leave_days_are_no_absence_and_the_count_restarts_after_them(county):
    leave = Register(leave=frozenset({D1 + timedelta(1), D1 + timedelta(2)}))
    friday = _at(D1 + timedelta(4), "10:00")

    assert len(absent_days(county, leave, since=D1, now=friday)) == 3
    assert spell(county, leave, since=D1, now=friday) == (D1 + timedelta(3), D1 + timedelta(4))


def test_two_broken_spells_are_not_added_but_can_be_seen_in_a_window(county):
    once = Register(present=frozenset({D1 + timedelta(2)}))
    friday = _at(D1 + timedelta(4), "10:00")

    assert len(spell(county, once, since=D1, now=friday)) == 2
    assert (
        absent_within(county, Register(once.present, absent=frozenset({D1, D1 + timedelta(1)})), now=friday, window=5, assumed=False) == 2
    )
    assert absent_within(county, once, now=friday, window=5) == 4


def test_in_follow_up_a_day_without_a_roll_is_neither_absence_nor_presence(county):
    gap = Register(absent=frozenset({D1, D1 + timedelta(2)}))

    assert spell(county, gap, since=D1, now=_at(D1 + timedelta(3), "12:00"), assumed=False) == (D1, D1 + timedelta(2))
    assert absent_days(county, Register(), since=D1, now=_at(D1 + timedelta(3), "12:00"), assumed=False) == ()


def test_a_day_missed_breaks_the_run_of_presence_but_today_may_still_come(county):
    back = frozenset({D1, D1 + timedelta(1)})

    assert present_run(county, Register(back), since=D1, today=D1 + timedelta(2)) == 2
    assert present_run(county, Register(back), since=D1, today=D1 + timedelta(3)) == 0
    assert present_run(county, Register(back, absent=frozenset({D1 + timedelta(2)})), since=D1, today=D1 + timedelta(2)) == 0
    assert present_run(county, Register(back | {D1 + timedelta(3)}), since=D1, today=D1 + timedelta(3)) == 1
