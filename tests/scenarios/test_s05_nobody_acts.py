"""S05 Nobody acts: escalations. The whole story waits for DOMAIN e.12."""

from tests.scenarios import ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.marks import later, whole_story
from tests.scenarios.passages import two_visitors

MENTIONS = "SP10_T01 SP10_T01x SP10_T03 SP10_T04 SP10_T05 SP10_T06 SP10_T07 SP10_T08 SP10_T09 SP20_T03"


def test_s05_what_nobody_does_goes_to_somebody_who_must(county: County) -> None:
    whole_story("escalations", "S05: nobody acts, reminders, overdue steps and managers")
    story = Story(county, "S05", "孙五", "2026-05-06", mentions=MENTIONS).start()

    with story.step("1 the call is not made"):
        story.at("05-06 08:40").attendance("absent")
        story.at("05-06 12:59")
        _told(story, "task.reminded", "SP10_T01", times=0)
        story.at("05-06 13:00")
        _told(story, "task.reminded", "SP10_T01", times=1)
        story.at("05-06 17:00").expect("SP10_T01x_call_instead", "李静", "05-06 18:00")
        _told(story, "task.overdue", "SP10_T01", times=1)
        story.at("05-06 17:40").do("SP10_T01x", "no_answer", result="未联系上")
        story.none("SP10_T01", "SP10_T01x")

    with story.step("2 the visit is arranged late and not made"):
        story.day("05-07", "absent").at("05-07 10:15")
        _told(story, "task.reminded", "SP10_T03", times=1)
        story.at("05-07 10:30")
        assert story.find("SP10_T03", "李静"), "李静 is no candidate for T03 from 10:30"
        story.at("05-07 10:45").do("SP10_T03", by="李静", **two_visitors())
        story.at("05-07 20:00")
        _told(story, "task.escalated", "SP10_T04", times=1)

    with story.step("3 the report is signed late"):
        story.day("05-08", "absent")
        story.at("05-08 14:30").do("SP10_T06")
        story.do("SP10_T05", "marked")
        story.at("05-08 17:00")
        _told(story, "task.overdue", "SP10_T07", times=1)
        story.at("05-08 18:20").do("SP10_T07", "signed")
        story.expect("SP10_T08_township_ack", "何芳", "05-09")
        story.expect("SP10_T09_county_ack", "高洁", "05-09")

    with story.step("4 nobody acknowledges, verification does not wait"):
        story.at("05-11 17:00").expect("SP20_T03_verify", "李静", "05-12")
        story.at("05-13 18:00")
        _told(story, "task.escalated", "SP10_T08", times=2)
    later("ledgers", "S05: the county board shows 未按时报告 and an incident row", lambda: _board(story))
    later("indicators", "S05: K12 steps 1, 2, 3 are 0 of 1 on time each", lambda: _nothing_on_time(story))


def _told(story: Story, action: str, node: str, *, times: int) -> None:
    found = [event["at"] for event in story.history() if event["action"] == action and str(event["node_id"]).startswith(node + "_")]
    assert len(found) == times, f"{action} {node} happened {len(found)} times, expected {times}: {found}"


def _board(story: Story) -> None:
    assert any("未按时报告" in str(row) for row in ledgers.rows(story, "督查整改台账")), "the late report is on no board"


def _nothing_on_time(story: Story) -> None:
    steps = ledgers.indicator(story, "K12", "05-06", "05-13")["steps"]
    assert [(step["numerator"], step["denominator"]) for step in steps] == [(0, 1)] * 3
