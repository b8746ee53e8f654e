"""The courses the county asked about by name, on both boards, saved and restored after every step."""

import pytest

from tests.engine.casework import CLAIM
from tests.engine.walks import County, Pair, real_files


@pytest.fixture(scope="module")
def county() -> County:
    return County(real_files())


def confirm_return(pair: Pair, first: str = "confirmed") -> None:
    """A claim of return, opened and answered; who else must agree depends on the diagram."""
    pair.tell(("start", CLAIM, {}))
    pair.do("SP65_T01_confirm_return", first)
    while later := {id for id in pair.ready() if id.startswith("SP65")}:
        pair.do(later.pop(), "agree")


def test_a_return_claimed_twice_and_confirmed_the_second_time_leads_to_placement(county: County) -> None:
    pair = Pair(county, {"trigger_type": "clue", "entry": "SP30", "confirmed": True}, "confirmed")
    confirm_return(pair, "not_confirmed")
    assert pair.ours.status == "confirmed"
    assert any(id.startswith("SP30") for id in pair.ready())
    confirm_return(pair)
    assert pair.ours.status == "returned"
    assert all(id.startswith("SP70") for id in pair.ready())


def test_danger_on_the_first_day_opens_protection_and_leaves_detection_going(county: County) -> None:
    pair = Pair(county, {"trigger_type": "absence", "entry": None})
    pair.do("SP10_T01_contact_guardian", "danger")
    keys = {key for key, _ in pair.ours.plays.values()}
    assert keys >= {"P01_student_case", "CP10_protection"}
    assert any(id.startswith("CP10") for id in pair.ready())


def test_a_child_that_drops_out_again_three_times_stays_one_case(county: County) -> None:
    pair = Pair(county, {"trigger_type": "clue", "entry": "SP80"}, "red")
    for episode in (2, 3, 4):
        pair.go("SP80_T03_followup", SP10_T01="no_answer", SP20_T03="persuade")
        pair.tell(("message", "relapse_suspected", {}))
        pair.go("SP80_T05_relapse_visit")
        pair.do("SP80_T05_relapse_visit", "refused_pupil")
        pair.go("SP20_T03_verify", SP10_T04="nobody")
        assert pair.ours.facts["episode_no"] == episode
        pair.go("SP30_T02_visit", SP20_T03="persuade", SP25_T01="confirmed")
        confirm_return(pair)
    assert [key for key, _ in pair.ours.plays.values()].count("P01_student_case") == 1


def test_more_support_after_the_order_leads_back_to_persuasion_with_the_rounds_at_zero(county: County) -> None:
    pair = Pair(county, {"trigger_type": "clue", "entry": "SP40_T01", "confirmed": True, "rounds": 4}, "confirmed")
    pair.go("SP40_T09_choose_next", SP40_T01="admonish", SP40_T02="refused", SP40_T04="pass", SP40_T07="no", SP30_T09="refused_pupil")
    assert pair.ours.status == "ordered"
    pair.do("SP40_T09_choose_next", "more_support")
    pair.go("SP30_T02_visit")
    assert (pair.ours.facts["rounds"], pair.ours.status) == (0, "confirmed")


def test_a_return_in_the_middle_of_the_court_phase_ends_it_at_once(county: County) -> None:
    pair = Pair(county, {"trigger_type": "clue", "entry": "SP40_T09", "confirmed": True}, "ordered")
    pair.go("SP40_T09_choose_next")
    pair.do("SP40_T09_choose_next", "enforce")
    pair.go("SP60_T01_demand_draft")
    assert pair.ours.status == "court"
    confirm_return(pair)
    assert pair.ours.status == "returned"
    assert all(id.startswith("SP70") for id in pair.ready())
    assert all("SP60" not in path and "LADDER" not in path for _, play in pair.ours.plays.values() for path in play.active())
