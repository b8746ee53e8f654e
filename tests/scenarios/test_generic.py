"""The rules behind the stories, with other pupils and other days: due dates, claims, promises, routes."""

from datetime import date
from typing import Any

import pytest

from tests.scenarios import dates
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.passages import LEGAL_WALK, detection, serve, to_the_order, unseen_by

FIRST_DAYS = [date(2026, 4, 30), date(2026, 9, 18), date(2026, 6, 17), date(2025, 9, 26)]
"""Before 劳动节, a Friday before a make-up Sunday, before 端午, before a make-up Sunday and 国庆."""


@pytest.mark.parametrize("first", FIRST_DAYS, ids=str)
def test_three_school_days_of_absence_end_in_a_report_wherever_holidays_fall(county: County, first: date) -> None:
    second, third = dates.school(first, 1), dates.school(first, 2)
    days = [day.isoformat() for day in (first, second, third)]
    story = _pupil(county, "程一一", days[0], mentions="SP10_T08 SP10_T09 SP20_T03")
    with story.step(f"D1 {first}, D2 {second}, D3 {third}"):
        story.at(f"{days[0]} 08:40").attendance("absent")
        story.expect("SP10_T01_contact_guardian", "王敏", f"{days[0]} 17:00")
        story.at(f"{days[1]} 08:40").attendance("absent")
        story.at(f"{days[1]} 09:59").none("SP10_T03")
        story.at(f"{days[1]} 10:00").expect("SP10_T03_arrange_visit", "周涛", f"{days[1]} 10:30")
        story.day(days[2], "absent").expect("SP10_T05_mark_suspected", "孙丽", f"{days[2]} 17:30")
        story.expect("SP10_T06_day3_report", "李静", f"{days[2]} 15:00")
        assert story.at(f"{days[2]} 17:30").status("suspected")["suspected_on"] == days[2]
        acknowledge = dates.working(third, 1).isoformat()
        story.expect("SP10_T08_township_ack", "何芳", acknowledge)
        story.expect("SP10_T09_county_ack", "高洁", acknowledge)
        verify = dates.working(third, 3).isoformat()
        story.at(f"{verify} 09:00").expect("SP20_T03_verify", "李静", verify)


def test_a_pupil_of_another_school_goes_to_that_schools_people(county: County) -> None:
    story = Story(county, "generic", "赵四", "2026-03-23", teacher="赵强", viewers=("蒋伟", "高洁")).start()
    story.at("03-23 08:40").attendance("absent")
    story.expect("SP10_T01_contact_guardian", "赵强", "03-23 17:00")
    unseen_by(story, "王敏", "陈刚", "李静", "段红", "何芳", "高洁")
    story.day("03-24", "absent").expect("SP10_T03_arrange_visit", "彭飞", "03-24 10:30")
    story.day("03-25", "absent").expect("SP10_T05_mark_suspected", "唐梅", "03-25 17:30")
    story.at("03-25 16:45").expect("SP10_T08_township_ack", "段红", "03-26")


def test_leave_of_more_than_three_days_needs_the_vice_principal(county: County) -> None:
    story = _pupil(county, "程二二", "2026-03-16", mentions="SP10_T01 SP10_T02 SP10_T02b")
    story.at("03-16 08:40").attendance("absent")
    story.at("03-16 10:00").do("SP10_T01", "leave")
    slip: dict[str, Any] = {"kind": "事假", "from": date(2026, 3, 16), "to": date(2026, 3, 20)}
    story.do("SP10_T02", "approved", **slip)
    story.expect("SP10_T02b", "周涛")
    story.do("SP10_T02b", "agree")
    back = dates.school(date(2026, 3, 20), 1).isoformat()
    story.at(f"{back} 08:40").attendance("present")
    story.at(f"{back} 09:59").status("alert")
    assert story.at(f"{back} 10:00").status("closed")["closure"]["code"] == "C11"


def test_absent_when_the_leave_is_over_means_day_one_again(county: County) -> None:
    story = _pupil(county, "程三三", "2026-03-16", mentions="SP10_T01 SP10_T02")
    story.at("03-16 08:40").attendance("absent")
    story.at("03-16 10:00").do("SP10_T01", "leave")
    slip: dict[str, Any] = {"kind": "事假", "from": date(2026, 3, 16), "to": date(2026, 3, 17)}
    story.do("SP10_T02", "approved", **slip)
    story.day("03-18", "absent").expect("SP10_T01_contact_guardian", "王敏", "03-18 17:00")
    story.status("alert")


def test_an_acknowledgement_for_the_wrong_township_goes_to_the_right_one(county: County) -> None:
    story = _pupil(county, "程四四", "2026-03-16", mentions="SP10_T08 SP10_T09 SP20_T03")
    detection(story, "03-16", "03-17", "03-18")
    other = county.person("段红")["roles"][0]["organisation_id"]
    story.do("SP10_T08", "wrong_township", to_township=other, reason="学生现居云岭乡松坪村")
    story.expect("SP10_T08_township_ack", "段红")
    assert not [task for task in story.inbox("何芳") if task["node_id"].startswith("SP10_T08")]
    story.do("SP10_T08", "ack", by="段红")
    story.happened("task.completed SP10_T08", "task.completed SP10_T08")


def test_a_promise_for_the_holidays_is_looked_at_on_the_first_school_day(county: County) -> None:
    story = _persuading(county, "程五五", "2026-06-22", "06-23", "06-24")
    story.at("07-01 10:00").do("SP30_T02", "refused_guardian")
    story.at("07-08 10:00").do("SP30_T02", "promised", promised_on=date(2026, 7, 15))
    story.at("07-16 09:00").none("SP30_T02")
    story.at("09-01 09:59").none("SP30_T02", "SP65_T01")
    story.at("09-01 10:00").expect("SP30_T02_visit", "何芳")


def test_a_claim_that_is_not_confirmed_puts_the_state_back(county: County) -> None:
    story = _persuading(county, "程六六", "2026-03-16", "03-17", "03-18")
    story.day("03-23", "present").status("return_claimed")
    task = story.expect("SP65_T01_confirm_return", "王敏", dates.school(date(2026, 3, 23), 3).isoformat())
    story.attendance("present", by="李静")
    assert story.expect("SP65_T01", "王敏")["id"] == task["id"], "a second claim opened a second task"
    story.at("03-26 10:00").do("SP65_T01", "not_confirmed")
    story.status("suspected", "persuasion")
    assert story.find("SP30_T02"), "persuasion did not go on beside the claim"


def test_a_second_claim_within_thirty_days_needs_the_township_too(county: County) -> None:
    story = _persuading(county, "程七七", "2026-03-16", "03-17", "03-18", mentions="SP65_T01 SP65_T01b SP65_T01c SP30_T02")
    story.day("03-23", "present")
    story.at("03-26 10:00").do("SP65_T01", "not_confirmed")
    story.do("SP65_T01b", "agree")
    story.status("suspected")
    for day in ("03-30", "03-31", "04-01"):
        story.day(day, "present")
    story.at("04-01 15:00").do("SP65_T01", "confirmed")
    story.do("SP65_T01b", "agree")
    story.status("return_claimed")
    story.expect("SP65_T01c", "何芳")
    story.do("SP65_T01c", "agree")
    story.status("returned", "placement")


def test_a_second_person_who_does_not_agree_sends_the_task_back(county: County) -> None:
    story = _pupil(county, "程八八", "2026-03-16", mentions="SP20_T03 SP20_T03b")
    detection(story, "03-16", "03-17", "03-18")
    story.at("03-23 15:00").do("SP20_T03", "persuade")
    story.do("SP20_T03b", "return")
    story.expect("SP20_T03_verify", "李静")
    story.status("suspected", "verification")
    story.none("SP30_T01")


def test_nothing_is_served_while_a_return_claim_is_open(county: County) -> None:
    story = Story(county, "generic", "周六", "2025-03-03", mentions=LEGAL_WALK + " SP65_T01", teacher="韩雪").start()
    with story.step("on to the signed order"):
        to_the_order(story)
    story.at("04-22 09:00")
    if story.find("B20_T01"):
        story.do("B20_T01")
    story.attendance("present")
    story.status("return_claimed")
    story.refuse("B20_T02", "served", 409, "return_claim_open")
    story.at("04-25 09:00").do("SP65_T01", "not_confirmed")
    serve(story, "04-25 10:00")
    story.status("ordered")


def test_the_tenth_absent_day_opens_the_confirmation_and_not_a_minute_before(county: County) -> None:
    first = date(2026, 4, 22)
    tenth = dates.school(first, 9)
    story = _pupil(county, "程九九", first.isoformat(), mentions="SP25_T01")
    detection(story, first.isoformat(), dates.school(first, 1).isoformat(), dates.school(first, 2).isoformat())
    story.at(f"{tenth} 09:59").none("SP25_T01")
    story.at(f"{tenth} 10:00").expect("SP25_T01_confirm_dropout", "高洁", dates.working(tenth, 2).isoformat())
    assert story.case()["absent_school_days"] == 10


def test_a_death_ends_the_case_wherever_it_stands(county: County) -> None:
    story = _persuading(county, "程十一", "2026-03-16", "03-17", "03-18", mentions="SP90_T01 SP90_T02 SP90_T03 SP90_T04")
    story.event("deceased", "李静", on="2026-03-20").expect(200, 201, 202)
    assert story.case()["stage"] == "closure"
    story.none("SP30_T01", "SP30_T02", "SP25_T01")


def _pupil(county: County, name: str, begins: str, *, mentions: str = "") -> Story:
    """A new pupil of class 801 in 上村, before the first day of absence."""
    story = Story(county, f"generic {name}", name, begins, mentions=mentions).start()
    county.add_pupil(name)
    return story


def _persuading(county: County, name: str, first: str, second: str, third: str, *, mentions: str = "SP30_T02 SP65_T01") -> Story:
    """Suspected on the third day, verified the next working day, the team's plan done: round 1 is open."""
    story = _pupil(county, name, first, mentions=f"{mentions} SP20_T03 SP30_T01")
    detection(story, first, second, third)
    story.at(f"{dates.working(story.now.date(), 1)} 09:00")
    for node, outcome in (("SP20_T01", None), ("SP20_T02", None), ("SP20_T03", "persuade"), ("SP30_T01", None)):
        story.do(node, outcome)
    return story
