"""The due-rule grammar: what it reads, what it refuses, and every rule against a naive evaluation."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import clock
from service.calendars import Calendar, Term, china_workdays, due, due_with_warnings, parse
from service.errors import Invalid

MONDAY = date(2026, 3, 16)


def _local(rule, county, trigger=MONDAY, **more):
    return f"{due(rule, county, trigger=trigger, fields=more.pop('fields', {}), **more).astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("WD+0", "2026-03-16 17:30"),
        ("WD-15", "2026-02-24 17:30"),  # make-up Saturday 02-28 counts
        ("SD+0@10:00", "2026-03-16 10:00"),
        ("CD+12", "2026-03-28 17:30"),
        ("CD+12,next_wd", "2026-03-30 17:30"),
        ("CD+12,prev_wd@08:00", "2026-03-27 08:00"),
        ("CD+12, next_wd", "2026-03-30 17:30"),
        ("MON+2", "2026-05-18 17:30"),
        ("MON+2,none", "2026-05-16 17:30"),
        ("MD(31)", "2026-03-31 17:30"),
        ("MD(31)+1M", "2026-04-30 17:30"),
        ("MD(28,17:00)", "2026-03-27 17:00"),
        ("MD(28,17:00) prev_wd", "2026-03-27 17:00"),
        ("MD(28,17:00)+next_wd", "2026-03-30 17:00"),
        ("MD(5,17:00)+1M,prev_wd", "2026-04-03 17:00"),
        ("FIX(08-20)", "2026-08-20 17:30"),
        ("FIX(03-15)", "2027-03-15 17:30"),
        ("FIX(03-16)", "2026-03-16 17:30"),
        ("FIX(02-29)", "2027-02-28 17:30"),
        ("FIX(03-28),next_wd@09:00", "2026-03-30 09:00"),
        ("TERM_START", "2026-03-02 17:30"),
        ("TERM_START+1SD 12:00", "2026-03-03 12:00"),
        ("TERM_START+10WD", "2026-03-16 17:30"),
        ("TERM_START−30", "2026-08-02 17:30"),
        ("TERM_START-5WD", "2026-08-25 17:30"),
        ("TERM_END-5SD", "2026-07-03 17:30"),
        ("TERM_END+3", "2026-07-13 17:30"),
        (" WD+1 + CD+2 @ 09:15 ", "2026-03-19 09:15"),
    ],
)
def test_rules_from_monday_16_march_2026(county, rule, expected):
    assert _local(rule, county) == expected


def test_a_task_ready_in_the_holidays_counts_from_the_coming_term(county):
    assert _local("TERM_START+5SD", county, date(2026, 8, 3)) == "2026-09-08 17:30"
    assert _local("SD+1@10:00", county, date(2026, 7, 20)) == "2026-09-01 10:00"


def test_a_county_with_other_office_hours_closes_earlier(county):
    assert _local("WD+1", county, office_close=time(17, 0)) == "2026-03-17 17:00"
    assert _local("WD+1@20:00", county, office_close=time(17, 0)) == "2026-03-17 20:00"


def test_days_of_absence_count_from_the_spell_not_from_the_task(county):
    assert _local("D3 15:00", county, date(2026, 9, 29), absent_since=date(2026, 9, 24)) == "2026-09-29 15:00"
    assert _local("D3 15:00", county, date(2026, 9, 29), absent_since=date(2026, 9, 24), count_unit="calendar_day") == "2026-09-26 15:00"


def test_a_rule_names_the_dates_it_needs():
    assert parse("FIELD(served_on)+MON+6+WD+3").fields == {"served_on"}
    assert parse("WD+3").fields == frozenset()


def test_a_date_the_case_does_not_have_yet_is_asked_for(county):
    with pytest.raises(Invalid, match="served_on") as refused:
        due("FIELD(served_on)+WD+1", county, trigger=MONDAY, fields={})
    assert "served_on" in refused.value.fields
    with pytest.raises(Invalid, match="缺勤起始日"):
        due("D2 10:00", county, trigger=MONDAY, fields={})


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "tomorrow", "WD", "WD+", "WD+1000", "WD+1,next_wd", "SD+1@25:00", "SD+1@9:00", "SD+1@10:00x", "CD+1,sometimes",
        "MD(0)", "MD(32)", "MD(5,17:00)@18:00", "FIX(13-01)", "FIX(02-30)", "FIX(2-1)", "TERM_START+5MON", "FIELD()", "FIELD(a b)",
        "FIELD(a)+FIELD(b)", "WD+1+D2", "D0 10:00", "WD+1+", "+WD+1", "WD+1 WD+2", "WD+1;DROP", "CD+1,next_wdx", "WD+" + "1" * 300,
        "D１ 10:00", "CD+٣",
    ],
)  # fmt: skip
def test_what_is_not_a_rule_is_refused_in_words(text):
    with pytest.raises(Invalid, match="到期规则"):
        parse(text)


def test_dates_beyond_reason_are_refused(county):
    with pytest.raises(Invalid, match="超出"):
        due("FIELD(x)+MON+999", county, trigger=MONDAY, fields={"x": date(9998, 1, 1)})
    with pytest.raises(TypeError):
        due("WD+1", county, trigger=datetime(2026, 3, 16, 8, tzinfo=clock.LOCAL), fields={})


def test_a_date_counted_through_a_year_without_calendar_is_marked(county):
    found = due_with_warnings("WD+10", county, trigger=date(2026, 12, 28), fields={})

    assert found.warnings == ("2027年工作日历未装载，暂按周一至周五计算",)
    assert due_with_warnings("WD+10", county, trigger=MONDAY, fields={}).warnings == ()


def test_school_days_counted_in_a_term_nobody_entered_are_marked():
    calendar = Calendar.build({2026: china_workdays(2026)}, [Term(date(2026, 3, 2), date(2026, 7, 10))])

    found = due_with_warnings("SD+1@10:00", calendar, trigger=date(2026, 8, 3), fields={})

    assert (found.on, found.warnings) == (date(2026, 9, 1), ("2026-09-01起的学期未设置，暂按至2027-01-20计算",))
    assert due_with_warnings("WD+1", calendar, trigger=date(2026, 8, 3), fields={}).warnings == ()


offsets = st.tuples(st.sampled_from(["SD", "WD", "CD", "MON"]), st.integers(-12, 40), st.sampled_from(["", "next_wd", "prev_wd", "none"]))


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2025, 3, 1), date(2026, 9, 30)), st.lists(offsets, min_size=1, max_size=3), st.booleans(), st.times())
def test_chains_of_steps_equal_a_naive_day_by_day_walk(county, day, chain, named, at):
    text = "+".join(f"{unit}{count:+d}{f',{roll}' if roll and unit in ('CD', 'MON') else ''}" for unit, count, roll in chain)
    rule = f"{'FIELD(x)+' if named else ''}{text}@{at:%H:%M}"

    found = due(rule, county, trigger=date(2020, 1, 1) if named else day, fields={"x": day})

    assert found == clock.local(_walk(county, day, chain), at.replace(second=0, microsecond=0))


def _walk(county, day, chain):
    for unit, count, roll in chain:
        if unit == "CD":
            day += timedelta(count)
        elif unit == "MON":
            day = _months(day, count)
        else:
            day = _nth(county.is_school if unit == "SD" else county.is_working, day, count)
        roll = (roll or {"MON": "next_wd"}.get(unit, "none")) if unit in ("CD", "MON") else "none"
        while roll != "none" and not county.is_working(day):
            day += timedelta(1 if roll == "next_wd" else -1)
    return day


def _nth(counts, day, count):
    if count == 0:
        return next(other for n in range(400) if counts(other := day + timedelta(n)))
    walked = [other for n in range(1, 1500) if counts(other := day + timedelta(n if count > 0 else -n))]
    return walked[abs(count) - 1]


def _months(day, count):
    months = day.year * 12 + day.month - 1 + count
    for number in (day.day, 30, 29, 28):
        try:
            return date(months // 12, months % 12 + 1, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@settings(max_examples=300)
@given(st.text(alphabet="WDSC+-@,()MONTERM_START FIXFIELDabc0123456789:", max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        rule = parse(text)
    except Invalid as refused:
        assert refused.message.startswith("到期规则")
    else:
        assert rule.steps
