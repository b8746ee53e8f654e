"""From the tenth day to the statutory clocks: thresholds, claims, guards, closures (DOMAIN e.3 to e.9, d.5)."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import cases, clock, jobs, processes
from service.cases import Case, StatutoryClock
from service.cases.rules import LadderFrozen, PenaltyNotConfigured, ReturnClaimOpen
from service.errors import Forbidden, Invalid, NotFound
from service.processes import NobodyWaits
from service.tasks import Task
from tests.cast import Counties, County

# ---- confirmation


def test_the_county_is_asked_to_confirm_on_the_tenth_school_day_and_not_before(persuading: County) -> None:
    assert "SP25_T01" not in persuading.at("2026-03-20 09:59").open()
    persuading.at("2026-03-20 10:00")

    assert persuading.file().absent_school_days == 10
    assert persuading.holder("SP25_T01") == "高洁"
    assert "SP30_T02" in persuading.open()


def test_a_day_at_school_in_between_puts_the_confirmation_off(persuading: County) -> None:
    persuading.at("2026-03-17 08:40").present("陈三")
    persuading.at("2026-03-17 16:00")
    rejected(persuading)
    assert "SP25_T01" not in persuading.at("2026-03-20 12:00").open()

    assert "SP25_T01" in persuading.at("2026-03-23 10:00").open()
    assert persuading.file().absent_school_days == 10


def test_an_explicit_refusal_brings_the_confirmation_at_once(persuading: County) -> None:
    persuading.at("2026-03-16 15:00").tell("explicit_refusal", "何芳")

    assert "SP25_T01" in persuading.open()
    persuading.do("SP25_T01", "confirmed")
    assert (persuading.file().status, persuading.file().confirmed_on) == ("confirmed", date(2026, 3, 16))


@pytest.mark.parametrize("who", ["王敏", "李静", "陈刚", "罗军", "许宏"])
def test_only_the_township_officer_or_the_county_registers_an_explicit_refusal(persuading: County, who: str) -> None:
    with pytest.raises(Forbidden):
        persuading.tell("explicit_refusal", who)


def test_zhao_qiang_tells_wang_mins_case_nothing(persuading: County) -> None:
    with pytest.raises(NotFound):
        persuading.tell("return_claimed", "赵强")


def test_an_event_must_be_one_that_people_may_register(persuading: County) -> None:
    for event in ("return_confirmed", "cause_closed", "absent_threshold", "nonsense"):
        with pytest.raises(Invalid):
            persuading.tell(event, "李静")


# ---- claims of return


def rejected(county: County) -> None:
    """The class teacher has not seen the pupil after all, and the school's officer agrees."""
    county.do("SP65_T01", "not_confirmed", second=False)
    county.do("SP65_T01b", "agree", confirmed=False)


def test_a_rejected_claim_gives_the_status_back(persuading: County) -> None:
    persuading.at("2026-03-17 08:40").present("陈三")
    assert persuading.file().status == "return_claimed"
    persuading.at("2026-03-18 11:00")
    rejected(persuading)

    assert persuading.file().status == "suspected"
    assert "SP30_T02" in persuading.open()


def test_a_claim_is_joined_while_one_is_open(persuading: County) -> None:
    persuading.at("2026-03-17 08:40").present("陈三")
    persuading.tell("return_claimed", "何芳")
    persuading.at("2026-03-18 08:40").present("陈三")

    with persuading.session() as session:
        claims = session.scalars(select(processes.Instance).where(processes.Instance.process_key == "SP65_T01_confirm_return")).all()
    assert len(claims) == 1


def test_the_second_claim_within_thirty_days_is_agreed_by_the_township(persuading: County) -> None:
    persuading.at("2026-03-17 08:40").present("陈三")
    persuading.at("2026-03-17 16:00")
    rejected(persuading)
    persuading.at("2026-03-25 08:40").present("陈三")
    for day in ("2026-03-26", "2026-03-27"):
        persuading.at(f"{day} 08:40").present("陈三")
    persuading.at("2026-03-27 10:30").do("SP65_T01", "confirmed", second=False)

    persuading.do("SP65_T01b", "agree", second=False)

    assert persuading.holder("SP65_T01c") == "何芳"
    assert persuading.file().status == "return_claimed"
    persuading.do("SP65_T01c", "agree")
    assert persuading.file().status == "returned"


def test_a_confirmed_return_ends_the_work_and_begins_the_placement(persuading: County) -> None:
    for day in ("2026-03-17", "2026-03-18", "2026-03-19"):
        persuading.at(f"{day} 08:40").present("陈三")
    persuading.at("2026-03-19 10:30").do("SP65_T01", "confirmed")
    file = persuading.file()

    assert (file.status, file.stage, file.returned_on) == ("returned", "placement", date(2026, 3, 17))
    assert {node.partition("_")[0] for node in persuading.open()} <= {"SP70", "SP10"}


# ---- the ladder


def test_the_served_order_starts_the_periods_of_the_law(ordered: County) -> None:
    file = ordered.file()
    with ordered.session() as session:
        running = {row.key: row for row in session.scalars(select(StatutoryClock).where(StatutoryClock.state == "running"))}

    assert (file.status, file.order_served_on, file.order_comply_by) == ("ordered", date(2026, 3, 10), date(2026, 3, 20))
    assert running.keys() == {"reconsideration", "litigation", "court_window"}
    assert running["reconsideration"].ends_on == date(2026, 5, 9)
    assert running["litigation"].ends_on == date(2026, 9, 10)
    assert running["court_window"].ends_on == date(2026, 12, 10)
    assert {row.starts_on for key, row in running.items() if key != "court_window"} == {date(2026, 3, 10)}


def test_the_court_window_warns_and_when_nobody_applied_its_end_is_an_incident(ordered: County) -> None:
    ordered.player.now = clock.local(date(2026, 12, 11), time(9))
    ordered.work()
    with ordered.session() as session:
        states = {row.key: row.state for row in session.scalars(select(StatutoryClock))}
        incidents = [i for i in session.scalars(select(jobs.Incident)) if i.kind == "clock.missed"]
    warned = [(e.data["key"], e.at.astimezone(clock.LOCAL).date()) for e in ordered.events("clock.warned")]

    assert states == {"reconsideration": "met", "litigation": "met", "court_window": "missed"}
    assert [day for key, day in warned if key == "court_window"] == [date(2026, 12, 10) - timedelta(n) for n in (60, 30, 10, 3)]
    assert len(incidents) == 1
    assert "吴七" not in incidents[0].message


def test_a_return_stops_the_clocks_and_opens_the_close_out(ordered: County) -> None:
    for day in ("2026-03-11", "2026-03-12", "2026-03-13"):
        ordered.at(f"{day} 08:40").present("吴七")
    ordered.at("2026-03-13 10:30").do("SP65_T01", "confirmed")
    with ordered.session() as session:
        states = {row.state for row in session.scalars(select(StatutoryClock))}

    assert states == {"stopped"}
    assert ordered.file().status == "returned"
    assert "SP66_T01" in ordered.open()


def test_while_a_guardian_is_changed_no_step_of_the_ladder_is_done(ordered: County) -> None:
    ordered.at("2026-03-23 10:00")
    ordered.tell("guardian_changed", "何芳")

    with pytest.raises(LadderFrozen):
        ordered.do("SP40_T07", "no")


def test_no_legal_paper_is_served_while_somebody_says_the_pupil_is_back(counties: Counties) -> None:
    county = counties.make("qingshan_a", "2026-03-09 17:00")
    assert "B20_T02" in county.open()
    county.at("2026-03-10 08:40").present("吴七")

    with pytest.raises(ReturnClaimOpen):
        county.do("B20_T02", "served")
    assert county.file().order_served_on is None


def test_a_penalty_is_offered_where_the_gate_is_open(ordered: County) -> None:
    ordered.at("2026-03-23 10:00").do("SP40_T07", "no")
    ordered.at("2026-03-24 10:00").do("SP40_T09", "penalty")

    assert "SP50_T01" in ordered.open()
    assert ordered.holder("SP50_T01") == "吴磊"


def test_a_run_out_sign_off_shuts_the_gate_and_says_so(counties: Counties) -> None:
    county = counties.make("qingshan_a_expired", "2026-04-13 09:00")
    with county.session() as session:
        late = session.scalars(select(Task).where(Task.node_id.startswith("SP40_T09_"), Task.state == "open")).one()
        actor = county.actor(county.name(late.assignee_id))
        offered = {o.id for o in processes.open_sheet(session, actor, late).outcomes}

        assert "penalty" not in offered
        with pytest.raises(PenaltyNotConfigured):
            processes.complete_task(session, actor, late.id, revision=late.revision, outcome="penalty", values={})


def test_the_investigating_officer_is_not_the_one_who_weighs_the_defence(counties: Counties) -> None:
    county = counties.make("qingshan_a_expired", "2026-04-13 09:00")
    county.case = next(row.case_id or 0 for row in _open(county, "SP50_T02_"))

    assert county.file().status == "penalty"
    assert county.holder("SP50_T02") == "吴磊"
    with county.session() as session:
        keys = {
            row.key
            for row in session.scalars(
                select(StatutoryClock).where(StatutoryClock.case_id == county.case, StatutoryClock.state == "running")
            )
        }
        ninety = session.scalars(select(StatutoryClock).where(StatutoryClock.key == "penalty_decision")).one()
    assert "penalty_decision" in keys
    assert ninety.ends_on - ninety.starts_on == timedelta(90)
    assert [date.fromisoformat(day) - ninety.starts_on for day in ninety.warnings] == [timedelta(60), timedelta(75), timedelta(85)]


def _open(county: County, prefix: str) -> list[Task]:
    with county.session() as session:
        return list(session.scalars(select(Task).where(Task.node_id.startswith(prefix), Task.state == "open")))


# ---- closures


def test_a_closure_refused_leads_back_to_the_stage_it_came_from(persuading: County) -> None:
    persuading.at("2026-03-17 10:00").tell("completed", "李静")
    assert (persuading.file().status, persuading.file().closure_code) == ("closing", "C02")
    persuading.do("SP90_T01")
    for node in ("SP90_T02", "SP90_T03"):
        persuading.do(node, "pass")
    persuading.do("SP90_T04", "refuse")
    file = persuading.file()

    assert (file.status, file.stage, file.closure_code) == ("suspected", "persuasion", None)
    assert any(node.startswith("SP30") for node in persuading.open())


def test_a_closed_case_hears_nothing_more(suspected: County) -> None:
    suspected.tell("deceased", "李静")
    suspected.do("SP90_T01")
    for node in ("SP90_T02", "SP90_T03"):
        suspected.do(node, "pass")
    suspected.do("SP90_T04", "approve")
    file = suspected.file()

    assert (file.status, file.closed_on) == ("closed", date(2026, 3, 11))
    assert file.watch_until == date(2026, 3, 11) + timedelta(180)
    assert not {node for node in suspected.open() if node.startswith(("SP2", "SP3", "SP9"))}
    with pytest.raises(NobodyWaits):
        suspected.tell("emigrated", "李静")


def test_whoever_applied_for_a_closure_cannot_approve_it(suspected: County) -> None:
    suspected.tell("emigrated", "李静")

    assert suspected.holder("SP90_T01") == "李静"
    suspected.do("SP90_T01")
    for node in ("SP90_T02", "SP90_T03"):
        suspected.do(node, "pass")
    assert suspected.holder("SP90_T04") == "许宏"


def test_at_sixteen_a_case_is_reviewed_and_never_closed_by_itself(counties: Counties) -> None:
    """周六 was born on 8 October 2011."""
    county = counties.make("qingshan_b", "2027-09-27 07:00")
    county.case = county.at("2027-09-27 08:40").absent("周六")
    assert "P01_T90" not in county.at("2027-10-08 07:59").open()
    county.at("2027-10-08 08:00")

    assert county.holder("P01_T90") == "高洁"
    assert county.file().status != "closed"
    county.do("P01_T90", "continue")
    assert "P01_T90" not in county.at("2027-10-20 12:00").open()


def test_a_case_on_the_ladder_is_seen_by_enforcement_and_legal_review_of_its_township_only(ordered: County) -> None:
    with ordered.session() as session:
        seen = {}
        for name in ("吴磊", "林涛", "毛军", "谭静"):
            seen[name] = _finds(session, ordered, name)

    assert seen == {"吴磊": True, "林涛": True, "毛军": False, "谭静": False}


def _finds(session: Session, county: County, name: str) -> bool:
    try:
        return isinstance(cases.find_for(session, county.actor(name), county.case), Case)
    except NotFound:
        return False
