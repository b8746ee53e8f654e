"""S02 Home visit works, back on day 3."""

from datetime import date
from typing import Any

from tests.scenarios import ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.filling import who
from tests.scenarios.marks import later
from tests.scenarios.passages import unseen_by


def test_s02_a_home_visit_brings_the_pupil_back_on_the_third_day(county: County) -> None:
    story = Story(county, "S02", "张二", "2026-04-07", mentions="SP10_T01 SP10_T03 SP10_T04 B16_T01 B16_T02").start()

    with story.step("1 D1, nobody answers"):
        story.at("04-07 08:40").attendance("absent")
        story.expect("SP10_T01_contact_guardian", "王敏", "04-07 17:00")
        story.at("04-07 11:00").do("SP10_T01", "no_answer", result="未联系上")
        story.at("04-07 17:30").none("SP10_T01", "SP10_T03")

    with story.step("2 D2, the visit is arranged"):
        story.at("04-08 08:40").attendance("absent")
        story.at("04-08 09:59").none("SP10_T03")
        story.at("04-08 10:00").status("alert", "home_visit")
        story.expect("SP10_T03_arrange_visit", "周涛", "04-08 10:30")
        story.at("04-08 10:15").do("SP10_T03", visitors=who("王敏", "田勇"), leader=who("王敏"))
        story.expect("SP10_T04_home_visit", "王敏", "04-08 20:00", copies=("田勇",))
        unseen_by(story, "高洁", "何芳", "罗军")

    with story.step("3 the visit at 18:30"):
        seen: dict[str, Any] = {
            "visitors": who("王敏", "田勇"),
            "met": ["学生", "母"],
            "causes": ["study_weary"],
            "primary": "study_weary",
            "promised_on": date(2026, 4, 9),
        }
        story.at("04-08 18:30")
        problem = story.refuse("SP10_T04", "promised", 422, duty_told=False, **seen)
        assert "duty_told" in problem["errors"], f"refused for another reason: {problem['errors']}"
        visit = story.task("SP10_T04")
        story.do("SP10_T04", "promised", duty_told=True, **seen)
        story.status("alert")

    with story.step("4 back on 04-09"):
        closed = story.day("04-09", "present").status("closed")
        assert closed["closure"]["code"] == "C11", f"closed with {closed['closure']}"

    with story.step("the record"):
        story.never("SP10_T05", "SP10_T06", "SP10_T07", "SP10_T08", "SP10_T09", "SP20_T01")
        visitors = story.readable(str(visit["id"]), "visitors", "王敏")
        assert visitors is not None, "F03 is not readable by its author"
        assert len(visitors) == 2, f"F03 is stored with {visitors}"
        story.happened(
            "case.opened",
            "task.completed SP10_T01",
            "timer.fired SP10_E01",
            "task.completed SP10_T03",
            "task.completed SP10_T04",
            "timer.fired SP10_E03",
            "case.closed",
        )

    later("routines", "S02: B16 at-risk watch starts, T01 due 04-10, T02 due 04-17", lambda: _watch(story))
    later("indicators", "S02: K12 steps 1 and 2 are 1 of 1, no case reached day 3", lambda: _three_days(story))


def _watch(story: Story) -> None:
    story.expect("B16_T01", "王敏", "04-10")
    story.at("04-10 10:00").do("B16_T01")
    story.expect("B16_T02", "王敏", "04-17")


def _three_days(story: Story) -> None:
    steps = ledgers.indicator(story, "K12", "04-07", "04-09")["steps"]
    assert [(step["numerator"], step["denominator"]) for step in steps] == [(1, 1), (1, 1), (0, 0)]
