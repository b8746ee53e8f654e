"""Cases of the demo live by really running, side by side, and stop where their part ends."""

import os
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service import calendars, cases, history, people, seed
from service.seed.courses import Course
from service.seed.direction import live, school_days_before
from service.seed.player import Player
from service.seed.tales import TALES
from service.tasks import Task
from tests.seed.conftest import moment

NOW = moment("2026-04-15 11:00")
PHASES = ("detection", "verification", "persuasion", "admonition", "penalty", "court", "placement", "follow_up")


@pytest.fixture
def county(loaded):
    return loaded("empty county", lambda db, settings: seed.reset(db, settings, "qingshan_b", moment("2026-03-01 07:00")))


def course(database, name, ago, **part):
    with database.reading() as session:
        student = session.scalars(select(people.Student).where(people.Student.name == name)).one()
        calendar = calendars.calendar_of(session, student.county_id, None)
    begins = school_days_before(calendar, date(2026, 4, 15), ago)
    return Course(student.id, TALES[0], begins, calendar, chance=random.Random(7), **part)


def test_two_cases_live_side_by_side_and_stop_where_their_parts_end(county):
    parts = (
        course(county, "陈三", 26, back="SP30_T02*1", halts=("SP70_T06",)),
        course(county, "蒋十", 3, halts=("SP10_T06",), late=("SP10_T01",)),
    )
    live(Player(county, NOW - timedelta(days=60)), parts, NOW)

    with county.reading() as session:
        found = {case.student_id: case for case in session.scalars(select(cases.Case))}
        back, away = (found[part.student_id] for part in parts)
        assert (back.status, back.stage, back.returned_on) == ("returned", "placement", parts[0].back_on)
        assert (away.status, away.stage) == ("alert", "detection")
        open_tasks = session.execute(select(Task.case_id, Task.node_id).where(Task.state == "open")).all()
        assert {tuple(row) for row in open_tasks} >= {(back.id, "SP70_T06_implement"), (away.id, "SP10_T06_day3_report")}
        assert all(history.first_break(session, f"case:{case.id}") is None for case in (back, away))
        days = dict(
            session.execute(
                select(cases.Attendance.day, cases.Attendance.present).where(cases.Attendance.student_id == back.student_id)
            ).all()
        )
        assert all(present == (day >= back.returned_on) for day, present in days.items())
        in_order = session.scalars(
            select(history.Event.at).where(history.Event.subject == f"case:{back.id}").order_by(history.Event.seq)
        ).all()
        assert in_order == sorted(in_order)
        assert in_order[-1] <= NOW


def test_school_days_are_counted_back_over_holidays(county):
    with county.reading() as session:
        calendar = calendars.calendar_of(session, session.scalars(select(people.County.id)).one(), None)

    assert school_days_before(calendar, date(2026, 3, 3), 1) == date(2026, 3, 2)
    assert school_days_before(calendar, date(2026, 3, 3), 2) == date(2026, 1, 30)
    assert school_days_before(calendar, date(2026, 2, 10), 0) == date(2026, 1, 30)


@pytest.mark.skipif(not os.environ.get("LONG"), reason="LONG=1 runs it: the whole demo takes a minute")
@pytest.mark.parametrize("now", ["2026-11-22 20:00", "2027-02-10 10:00", "2027-06-16 15:00"])
def test_each_phase_has_three_living_cases_whenever_the_demo_is_made(database, settings, now):
    seed.demo(database, settings, moment(now))

    with database.reading() as session:
        living = Counter(session.scalars(select(cases.Case.stage).where(cases.Case.closed_at.is_(None))))
        assert [phase for phase in PHASES if living[phase] < 3] == []
        assert session.scalars(select(people.County.name).order_by(people.County.id)).all() == ["青山县", "云河县"]
        chains = session.scalars(select(history.Event.subject).distinct()).all()
        assert [chain for chain in chains if history.first_break(session, chain)] == []
