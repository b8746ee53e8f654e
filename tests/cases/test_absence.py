"""The roll: what starts a case, what moves it, what ends it early (DOMAIN e.2)."""

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from service import cases, clock, history, people
from service.access import system
from service.cases import Case, CaseRunning, Posted, Row
from service.errors import Forbidden, NotFound
from tests.cast import County, moment

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
TWO_DAYS: dict[str, Any] = {"from": "2026-03-09", "to": "2026-03-10", "days": 2}


def post(county: County, who: str, *rows: tuple[str, date, bool]) -> Posted:
    with county.session() as session:
        return cases.post_absences(session, county.actor(who), [Row(county.students[name], day, present) for name, day, present in rows])


def test_an_absence_without_leave_starts_a_case_at_day_1(county: County) -> None:
    case = county.at("2026-03-09 08:40").absent("陈三")
    county.case = case
    file = county.file()

    assert (file.status, file.stage, file.trigger_type, file.episode_no) == ("alert", "detection", "absence", 1)
    assert (file.absent_since, file.number) == (MONDAY, f"QS2026-{case:04d}")
    assert county.open() == {"SP10_T01"}
    assert county.holder("SP10_T01") == "王敏"
    assert county.task("SP10_T01").due_at == moment("2026-03-09 17:00")


def test_a_present_row_starts_nothing(county: County) -> None:
    assert post(county.at("2026-03-09 08:40"), "王敏", ("陈三", MONDAY, True)).started == []


def test_the_same_row_sent_twice_starts_one_case(county: County) -> None:
    county.at("2026-03-09 08:40")

    assert len(post(county, "王敏", ("陈三", MONDAY, False)).started) == 1
    assert post(county, "王敏", ("陈三", MONDAY, False)).started == []


def test_a_row_that_cannot_be_taken_is_named_and_holds_up_none_of_the_others(county: County) -> None:
    posted = post(
        county.at("2026-03-09 08:40"),
        "王敏",
        ("赵四", MONDAY, False),
        ("陈三", MONDAY, False),
        ("陈三", MONDAY, True),
        ("刘一", TUESDAY, False),
        ("刘一", date(2026, 3, 8), False),
        ("刘一", date(2026, 2, 20), False),
    )

    assert [(p.row, p.code) for p in posted.problems] == [
        (0, "unknown_student"),
        (2, "duplicate"),
        (3, "future_date"),
        (4, "not_a_school_day"),
        (5, "not_a_school_day"),
    ]
    assert (posted.accepted, len(posted.started)) == (1, 1)


@pytest.mark.parametrize("who", ["何芳", "高洁", "周涛", "许静"])
def test_only_class_teachers_and_the_schools_officer_call_the_roll(county: County, who: str) -> None:
    with pytest.raises(Forbidden):
        post(county.at("2026-03-09 08:40"), who, ("陈三", MONDAY, False))


def test_zhao_qiang_cannot_mark_wang_mins_pupil_absent(county: County) -> None:
    posted = post(county.at("2026-03-09 08:40"), "赵强", ("陈三", MONDAY, False))

    assert (posted.accepted, [p.code for p in posted.problems]) == (0, ["unknown_student"])


def test_a_corrected_row_keeps_both_in_the_history(county: County) -> None:
    county.at("2026-03-09 08:40")
    post(county, "王敏", ("陈三", MONDAY, False))
    post(county, "李静", ("陈三", MONDAY, True))

    with county.session() as session:
        (event,) = history.of(session, f"student:{county.students['陈三']}")
        assert (event.action, event.data["before"], event.data["after"]) == ("attendance.corrected", False, True)


def test_a_pupil_who_is_back_on_the_second_day_ends_the_alert(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "coming_back")
    county.at("2026-03-10 08:40").present("陈三")
    file = county.at("2026-03-10 10:00").file()

    assert (file.status, file.closure_code, file.suspected_on) == ("closed", "C11", None)
    assert county.open() == set()


def test_a_pupil_who_is_not_seen_by_ten_o_clock_is_visited(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "coming_back")
    county.at("2026-03-10 09:59")
    assert county.open() == set()

    county.at("2026-03-10 10:00")
    assert county.open() == {"SP10_T03"}
    assert county.file().absent_school_days == 2


def test_a_pupil_who_came_back_early_and_is_gone_again_within_ten_school_days_starts_at_day_2(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "coming_back")
    county.at("2026-03-10 08:40").present("陈三")
    county.at("2026-03-16 08:40")
    again = county.absent("陈三")

    assert again != county.case
    assert county.facts(again)["entry"] == "day2"
    assert "SP10_T01" not in county.open(again)
    assert county.file(again).previous_case_id == county.case
    assert county.file(again).episode_no == 2


def test_after_ten_school_days_a_new_absence_starts_at_day_1(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "coming_back")
    county.at("2026-03-10 08:40").present("陈三")
    again = county.at("2026-03-25 08:40").absent("陈三")

    assert county.facts(again)["entry"] == "day1"


def test_days_on_an_approved_leave_slip_are_not_absence(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 11:00").do("SP10_T01", "leave")
    county.at("2026-03-09 12:00").do("SP10_T02", "approved", **TWO_DAYS)
    file = county.at("2026-03-11 09:59").file()

    assert (file.status, file.absent_school_days) == ("alert", 0)
    county.at("2026-03-11 10:00")
    assert county.open() == {"SP10_T01"}
    assert county.file().absent_school_days == 1


def test_a_pupil_back_after_leave_ends_the_alert(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 11:00").do("SP10_T01", "sick")
    county.at("2026-03-09 12:00").do("SP10_T02", "approved", **TWO_DAYS)
    county.at("2026-03-11 08:40").present("陈三")

    assert county.at("2026-03-11 10:00").file().closure_code == "C11"


def test_a_called_roll_says_that_whoever_was_not_marked_absent_was_there(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    with county.at("2026-03-10 08:30").session() as session:
        place = people.place_of(session, county.students["陈三"], TUESDAY)
        assert place.class_id
        cases.note_roll(session, county.actor("王敏"), place.class_id, TUESDAY, enrolled=19, absent=0)

    with county.session() as session:
        known = cases.register(session, county.students["陈三"], MONDAY)
    assert (known.absent, known.present) == (frozenset({MONDAY}), frozenset({TUESDAY}))
    with county.session() as session:
        assert cases.register(session, county.students["赵四"], MONDAY).present == frozenset()


def test_a_pupil_marked_absent_on_a_called_roll_is_absent(county: County) -> None:
    county.at("2026-03-09 08:40").absent("陈三")
    with county.session() as session:
        place = people.place_of(session, county.students["陈三"], MONDAY)
        assert place.class_id
        cases.note_roll(session, county.actor("王敏"), place.class_id, MONDAY, enrolled=19, absent=1)
        known = cases.register(session, county.students["陈三"], MONDAY)

    assert (known.absent, known.present) == (frozenset({MONDAY}), frozenset())


def test_a_student_has_one_running_case_and_a_second_trigger_is_told_so(persuading: County) -> None:
    with persuading.session() as session, pytest.raises(CaseRunning):
        cases.open_case(session, persuading.actor("李静"), persuading.students["陈三"], "clue")


def test_four_teachers_reporting_the_same_absence_at_once_open_one_case(county: County) -> None:
    county.at("2026-03-09 08:40")
    barrier, outcomes = threading.Barrier(4), list[str]()

    def report() -> None:
        barrier.wait(30)
        try:
            with clock.standing_at(county.now), county.database.transaction() as session:
                cases.open_case(session, system(actor.county_id), county.students["陈三"], "clue")
            outcomes.append("opened")
        except CaseRunning:
            outcomes.append("running")

    actor = county.actor("王敏")
    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == ["opened", "running", "running", "running"]
    with county.session() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_a_present_row_in_the_work_block_is_a_claim_of_return(persuading: County) -> None:
    persuading.at("2026-03-17 08:40").present("陈三")

    assert persuading.file().status == "return_claimed"
    assert "SP65_T01" in persuading.open()
    assert persuading.holder("SP65_T01") == "王敏"


def test_a_row_about_yesterday_claims_nothing(persuading: County) -> None:
    persuading.at("2026-03-17 08:40")
    post(persuading, "王敏", ("陈三", date(2026, 3, 16), True))

    assert persuading.file().status == "suspected"


def test_one_absence_in_follow_up_is_no_relapse_but_two_in_a_row_are_looked_into(followed: County) -> None:
    followed.at("2026-04-02 08:40").absent("陈三")
    assert "SP80_T05" not in followed.open()

    followed.at("2026-04-03 08:40").absent("陈三")
    assert "SP80_T05" in followed.open()


def test_a_relapse_starts_the_next_episode_of_the_same_case_with_its_counters_at_zero(followed: County) -> None:
    followed.at("2026-04-02 08:40").absent("陈三")
    followed.at("2026-04-03 08:40").absent("陈三")
    followed.at("2026-04-03 15:00").do("SP80_T05", "refused_pupil")
    file, facts = followed.file(), followed.facts()

    assert (file.episode_no, file.list, file.absent_since) == (2, None, date(2026, 4, 2))
    assert (facts["rounds"], facts["notice_sent"], facts["confirmed"]) == (0, False, False)
    followed.at("2026-04-07 10:00")
    assert {"SP10_T05", "SP10_T06"} <= followed.open()


def test_a_wobble_that_ends_the_same_day_leaves_the_case_where_it_was(followed: County) -> None:
    followed.at("2026-04-02 08:40").absent("陈三")
    followed.at("2026-04-03 08:40").absent("陈三")
    followed.at("2026-04-03 15:00").do("SP80_T05", "returned")

    assert (followed.file().episode_no, followed.file().status) == (1, "red")


def test_after_closure_a_new_absence_opens_the_next_episode_of_the_pupil(suspected: County) -> None:
    suspected.tell("deceased", "李静")
    suspected.do("SP90_T01")
    for node in ("SP90_T02", "SP90_T03"):
        suspected.do(node, "pass")
    suspected.do("SP90_T04", "approve")
    first = suspected.file()
    again = suspected.at("2026-03-16 08:40").absent("陈三")

    assert (first.status, first.closure_code) == ("closed", "C06")
    assert suspected.file(again).episode_no == 2
    assert suspected.file(again).previous_case_id == first.id


def test_only_whoever_sees_an_alert_is_the_school(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    with county.session() as session:
        for who in ("王敏", "李静", "周涛", "陈刚"):
            assert cases.find_for(session, county.actor(who), county.case)
        for who in ("何芳", "田勇", "高洁", "赵强", "钱峰"):
            with pytest.raises(NotFound):
                cases.find_for(session, county.actor(who), county.case)
            assert cases.search(session, county.actor(who), cases.Wanted()) == []


def test_a_list_of_cases_holds_exactly_what_somebody_may_open(suspected: County) -> None:
    suspected.at("2026-03-12 08:40").absent("刘一")
    with suspected.session() as session:
        every = session.scalars(select(Case.id)).all()
        for name in suspected.persons:
            actor = suspected.actor(name)
            listed = {case.id for case in cases.search(session, actor, cases.Wanted())}
            openable = set()
            for number in every:
                try:
                    openable.add(cases.find_for(session, actor, number).id)
                except NotFound:
                    continue
            assert listed <= openable, name
            assert cases.count(session, actor, cases.Wanted()) == len(listed)
