"""The workbooks of a month mean what their truth says, however they are written."""

from collections import Counter
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from service import calendars, clock, people, rosters
from service.seed import big, workbooks
from tests.seed.conftest import moment

FIRST = date(2026, 3, 1)


@pytest.fixture
def county(loaded):
    return loaded("three schools", lambda db, settings: big.big_county(db, settings, since=date(2025, 9, 1), schools=3))


def month_of(database):
    with database.reading() as session:
        county_id = session.scalars(select(people.County.id)).one()
        pupils = big.on_roll(session, county_id)
        days = workbooks.month(calendars.calendar_of(session, county_id, None), FIRST)
    return pupils, days


def test_a_small_county_is_a_full_county_with_fewer_schools(county):
    pupils, days = month_of(county)

    assert len({pupil.school for pupil in pupils}) == 3
    assert len(pupils) == 18 * 42 * 2 + 18 * 45
    assert len(days) == 22


def test_what_the_importer_reads_is_what_was_meant(county, tmp_path):
    pupils, days = month_of(county)
    truth = workbooks.imagine(pupils, days[:2])
    paths = workbooks.write(tmp_path, pupils, truth)
    numbers = {pupil.student_id: pupil.registry_no for pupil in pupils}

    with clock.standing_at(moment("2026-04-01 09:00")), county.reading() as session:
        officer = session.scalars(select(people.Appointment.person_id).where(people.Appointment.role == "county_kcbx_officer")).one()
        actor = people.actor_for(session, officer, clock.today())
        for day, path in zip(truth.days, paths, strict=True):
            found = rosters.preview(session, actor, path.read_bytes())
            assert found.rows == truth.rows[day]
            assert {numbers[row.student_id] for row in found.good if not row.present} == truth.absent[day]
            assert {numbers[student_id] for student_id, _ in found.leave} == truth.leave[day]
            assert len(found.good) + len(found.leave) == len(pupils)
            assert Counter(problem.code for problem in found.problems) == truth.bad[day]


def test_the_workbooks_have_the_flaws_of_real_ones(county, tmp_path):
    pupils, days = month_of(county)
    truth = workbooks.imagine(pupils, days[:2])
    book = CalamineWorkbook.from_path(workbooks.write(tmp_path, pupils, truth)[0])
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]

    assert any("０" in cell for cell in cells)
    assert any(cell != cell.strip() for cell in cells)
    assert any("年" in cell and "月" in cell and not cell.startswith("填报") for cell in cells)
    assert {"学籍号", "学 籍 号", "当日情况"} <= set(cells)
    assert set().union(*truth.bad.values()) >= {"duplicate", "unknown_student"}


def test_a_spell_goes_over_leave_and_ends_with_a_day_at_school():
    days = [date(2026, 3, day) for day in (2, 3, 4, 5, 6)]
    truth = workbooks.Truth(days, {day: set() for day in days}, {day: set() for day in days})
    for day in (days[0], days[2], days[4]):
        truth.absent[day].add("G1")
    truth.leave[days[1]].add("G1")

    assert list(truth.spells()) == [("G1", [days[0], days[2]]), ("G1", [days[4]])]
