"""Every date of SCENARIOS.md that a rule, a count of absences or a cycle yields, one row each."""

from datetime import date, datetime

import pytest

from service import clock
from service.calendars import Register, absent_day, absent_days, due, due_with_warnings, next_period, present_run, spell

DAY = date.fromisoformat

# story, what, rule, day 0 (the task became ready, or the named field), expected local time
RULES = [
    ("S01", "call", "D1 17:00", "2026-03-16", "2026-03-16 17:00"),
    ("S01", "leave slip", "D1 17:30", "2026-03-16", "2026-03-16 17:30"),
    ("S01", "leave ends", "FIELD(leave_until)+SD+1@10:00", "2026-03-17", "2026-03-18 10:00"),
    ("S02", "day 2", "SD+1@10:00", "2026-04-07", "2026-04-08 10:00"),
    ("S02", "arrange visit", "D2 10:30", "2026-04-07", "2026-04-08 10:30"),
    ("S02", "visit", "D2 20:00", "2026-04-07", "2026-04-08 20:00"),
    ("S02", "day 3", "SD+1@10:00", "2026-04-08", "2026-04-09 10:00"),
    ("S02", "at-risk register", "WD+1", "2026-04-09", "2026-04-10 17:30"),
    ("S02", "mentor plan", "WD+5", "2026-04-10", "2026-04-17 17:30"),
    ("S03", "day 2", "D2 20:00", "2026-03-09", "2026-03-10 20:00"),
    ("S03", "day 3", "D3 10:00", "2026-03-09", "2026-03-11 10:00"),
    ("S03", "mark suspected", "D3 17:30", "2026-03-09", "2026-03-11 17:30"),
    ("S03", "report", "D3 15:00", "2026-03-09", "2026-03-11 15:00"),
    ("S03", "principal signs", "D3 17:00", "2026-03-09", "2026-03-11 17:00"),
    ("S03", "acknowledgements", "WD+1", "2026-03-11", "2026-03-12 17:30"),
    ("S03", "open file", "FIELD(suspected_on)+WD+1", "2026-03-11", "2026-03-12 17:30"),
    ("S03", "whereabouts", "FIELD(suspected_on)+WD+2", "2026-03-11", "2026-03-13 17:30"),
    ("S03", "verify", "FIELD(suspected_on)+WD+3", "2026-03-11", "2026-03-16 17:30"),
    ("S03", "team plan", "WD+2", "2026-03-13", "2026-03-17 17:30"),
    ("S03", "round 1", "WD+5", "2026-03-16", "2026-03-23 17:30"),
    ("S03", "promise", "FIELD(promised_on)@10:00", "2026-03-20", "2026-03-20 10:00"),
    ("S03", "confirm return", "SD+3", "2026-03-20", "2026-03-25 17:30"),
    ("S03", "restore registry", "WD+1", "2026-03-24", "2026-03-25 17:30"),
    ("S03", "assess", "WD+3", "2026-03-24", "2026-03-27 17:30"),
    ("S03", "review 1", "FIELD(returned_on)+CD+30,next_wd", "2026-03-20", "2026-04-20 17:30"),
    ("S03", "review 2", "FIELD(returned_on)+CD+60,next_wd", "2026-03-20", "2026-05-19 17:30"),
    ("S03", "review 3", "FIELD(returned_on)+CD+90,next_wd", "2026-03-20", "2026-06-18 17:30"),
    ("S03", "watch ends", "CD+180", "2026-06-24", "2026-12-21 17:30"),
    ("S04", "call", "D1 17:00", "2026-09-24", "2026-09-24 17:00"),
    ("S04", "arrange visit", "D2 10:30", "2026-09-24", "2026-09-28 10:30"),
    ("S04", "visit", "D2 20:00", "2026-09-24", "2026-09-28 20:00"),
    ("S04", "mark suspected", "D3 17:30", "2026-09-24", "2026-09-29 17:30"),
    ("S04", "principal signs", "D3 17:00", "2026-09-24", "2026-09-29 17:00"),
    ("S04", "acknowledgements", "WD+1", "2026-09-29", "2026-09-30 17:30"),
    ("S04", "verify", "FIELD(suspected_on)+WD+3", "2026-09-29", "2026-10-09 17:30"),
    ("S04", "September report", "MD(28,17:00)", "2026-09-01", "2026-09-28 17:00"),
    ("S05", "call instead", "D1 18:00", "2026-05-06", "2026-05-06 18:00"),
    ("S05", "arrange visit", "D2 10:30", "2026-05-06", "2026-05-07 10:30"),
    ("S05", "mark suspected", "D3 17:30", "2026-05-06", "2026-05-08 17:30"),
    ("S05", "acknowledgements", "WD+1", "2026-05-08", "2026-05-09 17:30"),
    ("S05", "managers told", "FIELD(due_on)+WD+1", "2026-05-09", "2026-05-11 17:30"),
    ("S05", "bureau leader told", "FIELD(due_on)+WD+3", "2026-05-09", "2026-05-13 17:30"),
    ("S05", "verify", "FIELD(suspected_on)+WD+3", "2026-05-08", "2026-05-12 17:30"),
    ("S06", "pre-check", "MD(25)", "2026-03-01", "2026-03-25 17:30"),
    ("S06", "monthly report", "MD(28,17:00)+prev_wd", "2026-03-01", "2026-03-27 17:00"),
    ("S06", "report missing", "WD+1", "2026-03-27", "2026-03-30 17:30"),
    ("S06", "cross-check", "MD(5,17:00)+1M", "2026-03-31", "2026-04-03 17:00"),
    ("S06", "difference task", "WD+3", "2026-04-02", "2026-04-08 17:30"),
    ("S07", "day 3", "D3 17:30", "2025-03-03", "2025-03-05 17:30"),
    ("S07", "verify", "FIELD(suspected_on)+WD+3", "2025-03-05", "2025-03-10 17:30"),
    ("S07", "round 1", "WD+5", "2025-03-11", "2025-03-18 17:30"),
    ("S07", "confirm dropout", "WD+2", "2025-03-14", "2025-03-18 17:30"),
    ("S07", "mark dropout", "WD+1", "2025-03-17", "2025-03-18 17:30"),
    ("S07", "round 2", "WD+5", "2025-03-14", "2025-03-21 17:30"),
    ("S07", "return notice", "WD+2", "2025-03-20", "2025-03-24 17:30"),
    ("S07", "comply with the notice", "FIELD(served_on)+WD+5", "2025-03-24", "2025-03-31 17:30"),
    ("S07", "round 3", "WD+5", "2025-03-20", "2025-03-27 17:30"),
    ("S07", "check the notice", "FIELD(comply_by)+SD+1@10:00", "2025-03-31", "2025-04-01 10:00"),
    ("S07", "written report", "WD+1", "2025-04-01", "2025-04-02 17:30"),
    ("S07", "round 4", "WD+5", "2025-03-27", "2025-04-03 17:30"),
    ("S07", "escalation review", "WD+5", "2025-04-02", "2025-04-10 17:30"),
    ("S07", "admonish", "WD+5", "2025-04-08", "2025-04-15 17:30"),
    ("S07", "draft order", "WD+3", "2025-04-10", "2025-04-15 17:30"),
    ("S07", "legal review", "WD+3", "2025-04-14", "2025-04-17 17:30"),
    ("S07", "sign order", "WD+2", "2025-04-16", "2025-04-18 17:30"),
    ("S07", "serve order", "WD+7", "2025-04-17", "2025-04-27 17:30"),
    ("S07", "comply with the order", "FIELD(served_on)+CD+10,next_wd", "2025-04-22", "2025-05-06 17:30"),
    ("S07", "check compliance", "WD+1", "2025-05-06", "2025-05-07 17:30"),
    ("S07", "choose next", "WD+5", "2025-05-07", "2025-05-14 17:30"),
    ("S07", "remedies end", "FIELD(served_on)+MON+6", "2025-04-22", "2025-10-22 17:30"),
    ("S07", "window ends", "FIELD(served_on)+MON+6+MON+3", "2025-04-22", "2026-01-22 17:30"),
    ("S07", "demand draft opens", "FIELD(served_on)+MON+6+CD-15@08:00", "2025-04-22", "2025-10-07 08:00"),
    ("S07", "demand draft", "FIELD(served_on)+MON+6+WD+3", "2025-04-22", "2025-10-27 17:30"),
    ("S07", "demand wait", "FIELD(demand_served_on)+WD+10", "2025-10-23", "2025-11-06 17:30"),
    ("S07", "apply", "WD+10", "2025-11-06", "2025-11-20 17:30"),
    ("S07", "acceptance", "WD+5", "2025-11-17", "2025-11-24 17:30"),
    ("S07", "confirm return", "SD+3", "2025-12-08", "2025-12-11 17:30"),
    ("S07", "closeout", "WD+5", "2025-12-10", "2025-12-17 17:30"),
    ("S07", "warning 60", "FIELD(window_end)+CD-60", "2026-01-22", "2025-11-23 17:30"),
    ("S07", "warning 30", "FIELD(window_end)+CD-30", "2026-01-22", "2025-12-23 17:30"),
    ("S07", "warning 10", "FIELD(window_end)+CD-10", "2026-01-22", "2026-01-12 17:30"),
    ("S07", "warning 3", "FIELD(window_end)+CD-3", "2026-01-22", "2026-01-19 17:30"),
    ("S08", "comply", "FIELD(served_on)+CD+10,next_wd", "2026-03-10", "2026-03-20 17:30"),
    ("S08", "check compliance", "WD+1", "2026-03-20", "2026-03-23 17:30"),
    ("S08", "choose next", "WD+5", "2026-03-23", "2026-03-30 17:30"),
    ("S08", "file case", "WD+5", "2026-03-27", "2026-04-03 17:30"),
    ("S08", "90 days", "FIELD(filed_on)+CD+90", "2026-04-02", "2026-07-01 17:30"),
    ("S08", "warned at 60", "FIELD(filed_on)+CD+60", "2026-04-02", "2026-06-01 17:30"),
    ("S08", "warned at 75", "FIELD(filed_on)+CD+75", "2026-04-02", "2026-06-16 17:30"),
    ("S08", "warned at 85", "FIELD(filed_on)+CD+85", "2026-04-02", "2026-06-26 17:30"),
    ("S08", "investigate", "CD+20", "2026-04-02", "2026-04-22 17:30"),
    ("S08", "prior notice", "WD+3", "2026-04-15", "2026-04-20 17:30"),
    ("S08", "rights", "FIELD(served_on)+WD+5", "2026-04-21", "2026-04-28 17:30"),
    ("S08", "statement review", "WD+5", "2026-04-24", "2026-05-06 17:30"),
    ("S08", "legal review", "WD+5", "2026-04-30", "2026-05-11 17:30"),
    ("S08", "serve decision", "WD+7", "2026-05-14", "2026-05-25 17:30"),
    ("S08", "payment", "FIELD(served_on)+CD+15,next_wd", "2026-05-18", "2026-06-02 17:30"),
    ("S08", "reconsideration", "FIELD(served_on)+CD+60,next_wd", "2026-05-18", "2026-07-17 17:30"),
    ("S08", "litigation", "FIELD(served_on)+MON+6", "2026-05-18", "2026-11-18 17:30"),
    ("S08", "confirm return", "SD+3", "2026-05-27", "2026-06-01 17:30"),
    ("S08", "closeout", "WD+5", "2026-06-01", "2026-06-08 17:30"),
    ("S08 before", "day 3", "D3 17:30", "2026-01-12", "2026-01-14 17:30"),
    ("S08 before", "notice runs out", "FIELD(served_on)+WD+5", "2026-01-30", "2026-02-06 17:30"),
    ("S08 before", "check the notice", "FIELD(comply_by)+SD+1@10:00", "2026-02-06", "2026-03-02 10:00"),
    ("S09", "秦己 complies", "FIELD(served_on)+CD+10,next_wd", "2026-03-24", "2026-04-03 17:30"),
    ("S09", "秦己 next", "WD+5", "2026-04-07", "2026-04-14 17:30"),
    ("S09", "sign-off runs out", "FIELD(signed_off_on)+MON+12", "2025-04-10", "2026-04-10 17:30"),
    ("S10", "day 2", "D2 20:00", "2026-09-07", "2026-09-08 20:00"),
    ("S10", "day 3", "D3 17:30", "2026-09-07", "2026-09-09 17:30"),
    ("S10", "proof", "WD+5", "2026-09-08", "2026-09-15 17:30"),
    ("S10", "assessment", "CD+30", "2026-09-14", "2026-10-14 17:30"),
    ("S10", "proposal", "WD+5", "2026-10-09", "2026-10-15 17:30"),
    ("S10", "views", "WD+5", "2026-10-13", "2026-10-20 17:30"),
    ("S10", "decide", "WD+5", "2026-10-16", "2026-10-23 17:30"),
    ("S10", "month plan", "WD+3", "2026-11-01", "2026-11-04 17:30"),
    ("S10", "month check", "MD(31),none", "2026-11-01", "2026-11-30 17:30"),
    ("S10", "make-up", "MD(10)+1M,none", "2026-11-30", "2026-12-10 17:30"),
    ("S11", "facts", "WD+1", "2025-10-14", "2025-10-15 17:30"),
    ("S11", "day 3", "D3 17:30", "2025-10-13", "2025-10-15 17:30"),
    ("S11", "report and notify", "WD+1", "2025-10-15", "2025-10-16 17:30"),
    ("S11", "letter", "WD+3", "2025-10-15", "2025-10-20 17:30"),
    ("S11", "reply", "WD+10", "2025-10-16", "2025-10-30 17:30"),
    ("S11", "confirm return", "SD+3", "2025-11-03", "2025-11-06 17:30"),
    ("S12", "day 3", "D3 17:30", "2026-03-16", "2026-03-18 17:30"),
    ("S12", "verify", "FIELD(suspected_on)+WD+3", "2026-03-18", "2026-03-23 17:30"),
    ("S12", "proof", "WD+3", "2026-03-20", "2026-03-25 17:30"),
    ("S12", "inquiry", "WD+5", "2026-03-24", "2026-03-31 17:30"),
    ("S12", "reminder", "CD+15,next_wd", "2026-03-27", "2026-04-13 17:30"),
    ("S12", "escalation", "CD+30,next_wd", "2026-03-27", "2026-04-27 17:30"),
    ("S12", "team plan", "WD+2", "2026-04-17", "2026-04-21 17:30"),
    ("S12", "attendance check", "CD+30", "2026-05-11", "2026-06-10 17:30"),
    ("S12", "apply to close", "WD+3", "2026-06-10", "2026-06-15 17:30"),
    ("S12", "principal", "WD+2", "2026-06-11", "2026-06-15 17:30"),
    ("S12", "township", "WD+3", "2026-06-12", "2026-06-17 17:30"),
    ("S12", "county", "WD+5", "2026-06-16", "2026-06-24 17:30"),
    ("S13", "relapse visit", "SD+1", "2026-04-15", "2026-04-16 17:30"),
    ("S13", "day 3", "D3 17:30", "2026-04-14", "2026-04-16 17:30"),
    ("S13", "verify", "FIELD(suspected_on)+WD+3", "2026-04-16", "2026-04-21 17:30"),
    ("S13", "confirm return", "SD+3", "2026-04-27", "2026-04-30 17:30"),
    ("S13", "review 1", "FIELD(returned_on)+CD+30,next_wd", "2026-04-27", "2026-05-27 17:30"),
    ("S13", "review 2", "FIELD(returned_on)+CD+60,next_wd", "2026-04-27", "2026-06-26 17:30"),
    ("S13", "review 3", "FIELD(returned_on)+CD+90,next_wd", "2026-04-27", "2026-07-27 17:30"),
    ("S14", "campaign starts", "TERM_START+10WD", "2026-09-01", "2026-09-15 17:30"),
    ("S14", "cleaning", "WD+5", "2026-09-18", "2026-09-24 17:30"),
    ("S14", "door to door", "WD+10", "2026-09-22", "2026-10-13 17:30"),
    ("S15", "intake", "WD+2", "2026-08-03", "2026-08-05 17:30"),
    ("S15", "proof", "WD+5", "2026-08-05", "2026-08-12 17:30"),
    ("S15", "approve", "WD+10", "2026-08-10", "2026-08-24 17:30"),
    ("S15", "notice", "WD+2", "2026-08-20", "2026-08-24 17:30"),
    ("S15", "recall", "FIELD(deferred_until)+TERM_START-30", "2027-08-31", "2027-08-02 17:30"),
    ("S15", "registered by", "TERM_START+5SD", "2027-09-01", "2027-09-08 17:30"),
]


@pytest.mark.parametrize(("story", "what", "rule", "day", "expected"), RULES, ids=[f"{row[0]} {row[1]}" for row in RULES])
def test_a_rule_gives_the_date_of_the_story(county, story, what, rule, day, expected):
    named = rule.partition("FIELD(")[2].partition(")")[0]
    fields = {named: DAY(day)} if named else {}
    trigger = DAY("2025-01-01") if named else DAY(day)

    at = due(rule, county, trigger=trigger, fields=fields, absent_since=DAY(day) if rule.startswith("D") else None)

    assert f"{at.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}" == expected


TENTH = [
    ("S03", "2026-03-09", "2026-03-20"),
    ("S04", "2026-09-24", "2026-10-14"),
    ("S07", "2025-03-03", "2025-03-14"),
    ("S08 before", "2026-01-12", "2026-01-23"),
    ("S11", "2025-10-13", "2025-10-24"),
    ("S12", "2026-03-16", "2026-03-27"),
]


@pytest.mark.parametrize(("story", "first", "expected"), TENTH)
def test_the_tenth_absent_school_day_is_the_one_of_the_story(county, story, first, expected):
    assert absent_day(county, Register(), since=DAY(first), number=10) == DAY(expected)
    assert len(absent_days(county, Register(), since=DAY(first), now=_at(expected, "10:00"))) == 10
    assert len(absent_days(county, Register(), since=DAY(first), now=_at(expected, "09:59"))) == 9


def test_chen_san_stops_at_nine_days_and_is_confirmed_on_24_march(county):
    back = Register(present=frozenset({DAY("2026-03-20"), DAY("2026-03-23"), DAY("2026-03-24")}))

    assert len(absent_days(county, back, since=DAY("2026-03-09"), now=_at("2026-03-24", "12:00"))) == 9
    assert spell(county, back, since=DAY("2026-03-09"), now=_at("2026-03-20", "10:00")) == ()
    assert present_run(county, back, since=DAY("2026-03-20"), today=DAY("2026-03-24")) == 3


@pytest.mark.parametrize(
    ("first", "days"),
    [
        ("2025-12-08", ["2025-12-08", "2025-12-09", "2025-12-10"]),  # S07
        ("2026-05-27", ["2026-05-27", "2026-05-28", "2026-05-29"]),  # S08
    ],
)
def test_three_school_days_in_a_row_are_counted(county, first, days):
    back = Register(present=frozenset(map(DAY, days)))

    assert present_run(county, back, since=DAY(first), today=DAY(days[-1])) == 3


def test_zhao_si_in_calendar_days_would_be_reported_in_the_holiday(county):
    at = due("D3 17:00", county, trigger=DAY("2026-09-24"), fields={}, absent_since=DAY("2026-09-24"), count_unit="calendar_day")

    assert clock.local_date(at) == DAY("2026-09-26")


@pytest.mark.parametrize(
    ("anchor", "ends"),
    [
        ("2025-04-02", ["2025-05-06", "2025-06-03", "2025-07-01", "2025-07-31", "2025-09-01"]),  # S07
        ("2026-03-03", ["2026-04-02"]),  # S08: LADDER opened with SP30_T07
    ],
)
def test_monthly_contact_counts_from_the_unrolled_dates(county, anchor, ends):
    assert [next_period(county, DAY(anchor), k, 30) for k in range(1, len(ends) + 1)] == [DAY(end) for end in ends]


def test_weekly_follow_up_does_not_roll(county):
    assert next_period(county, DAY("2026-03-28"), 1, 7, "none") == DAY("2026-04-04")


@pytest.mark.parametrize(
    ("story", "first", "last", "days"),
    [
        ("S03 first closure review", "2026-03-20", "2026-06-18", 90),
        ("S03 white since", "2026-04-20", "2026-06-18", 59),
        ("S13 too early", "2026-04-27", "2026-07-24", 88),
        ("S13 allowed", "2026-04-27", "2026-07-27", 91),
    ],
)
def test_days_between_are_plain_calendar_days(story, first, last, days):
    assert (DAY(last) - DAY(first)).days == days


def test_shen_jia_s_second_absence_starts_a_relapse_visit(county):
    rows = Register(absent=frozenset({DAY("2026-04-14"), DAY("2026-04-15")}))

    found = spell(county, rows, since=DAY("2026-03-20"), now=_at("2026-04-15", "08:40"), assumed=False)

    assert found == (DAY("2026-04-14"), DAY("2026-04-15"))


def test_the_recall_of_2027_carries_the_visible_warning(county):
    recall = due_with_warnings(
        "FIELD(deferred_until)+TERM_START-30", county, trigger=DAY("2026-08-20"), fields={"deferred_until": DAY("2027-08-31")}
    )

    assert [text.partition("，")[0] for text in recall.warnings] == ["2027年工作日历未装载"]


def test_an_attendance_check_in_the_holidays_moves_to_the_first_school_day(county):
    assert county.attendance_check(DAY("2026-02-07")) == _at("2026-03-02", "10:00")  # S08
    assert county.attendance_check(DAY("2026-04-08")) == _at("2026-04-08", "10:00")  # S02
    assert county.promise_day(DAY("2026-07-20")) == DAY("2026-09-01")


def _at(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+08:00")
