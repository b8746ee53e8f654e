"""S08 Ladder A: penalty, defence heard, return before payment (2026)."""

from datetime import date
from typing import Any

from tests.scenarios import ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.filling import who
from tests.scenarios.marks import later
from tests.scenarios.passages import serve

MENTIONS = """SP40_T07 SP40_T09 SP50_T01 SP50_T01b SP50_T02 SP50_T03 SP50_T04 SP50_T06 SP50_T07 SP50_T10 B20_T01 B20_T02
SP65_T01 SP66_T01 SP70_T01 SP70_T02"""


def test_s08_a_penalty_is_decided_after_hearing_the_guardian_and_the_pupil_returns_before_payment(county: County) -> None:
    story = Story(county, "S08", "吴七", "2026-03-11", mentions=MENTIONS, fixture="qingshan_a").start().adopt()

    _not_obeyed(story)
    _filed(story)
    _prior_notice(story)
    _defence(story)
    _decision(story)
    _return(story)
    later("papers", "S08: the decision text contains both remedies", lambda: _both_remedies(story))


def _not_obeyed(story: Story) -> None:
    with story.step("0 the fixture"):
        order = story.status("ordered", "admonition")["order"]
        assert (order["served_on"], order["comply_by"]) == ("2026-03-10", "2026-03-20"), f"order: {order}"
        story.none("SP40_T07", "SP40_T09")

    with story.step("0 comply by 03-20, not done, penalty chosen"):
        story.at("03-20 17:30").expect("SP40_T07_check", "田勇", "03-23", copies=("王敏",))
        story.at("03-23 15:00").do("SP40_T07", "no")
        story.expect("SP40_T09_choose_next", "罗军", "03-30")
        story.at("03-27 15:00")
        assert "penalty" in story.offered("SP40_T09"), f"offered: {story.offered('SP40_T09')}"
        story.do("SP40_T09", "penalty")


def _filed(story: Story) -> None:
    with story.step("1 filing"):
        story.expect("SP50_T01_file_case", "吴磊", "04-03")
        alone = [{"person": who("吴磊"), "name": who("吴磊"), "cert_no": "测执001"}]
        story.at("04-02 10:00").refuse("SP50_T01", "filed", 422, officers=alone)
        story.do("SP50_T01", "filed")
        story.status("ordered")
        story.expect("SP50_T01b", "马健")
        story.do("SP50_T01b", "agree")
        story.status("penalty", "penalty")
        story.clock_ending("2026-07-01", state="running", warnings=("06-01", "06-16", "06-26"))


def _prior_notice(story: Story) -> None:
    with story.step("2 investigation and prior notice"):
        story.expect("SP50_T02_investigate", "吴磊", "04-22", copies=("郑华",))
        story.at("04-15 15:00").do("SP50_T02", "enough")
        story.expect("SP50_T03_prior_notice", "吴磊", "04-20")
        story.at("04-20 10:00").do("SP50_T03", proposed_kind="罚款", amount=500)
        serve(story, "04-21 10:00", servers=who("吴磊", "郑华"))
        story.none("SP50_T04", "SP50_T06")
        assert "2026-04-28" in str(story.case()["clocks"]), f"no clock shows the rights period until 04-28: {story.case()['clocks']}"


def _defence(story: Story) -> None:
    with story.step("3 the guardian's statement"):
        story.at("04-24 10:00")
        story.event("penalty_statement", "吴磊", received_on="2026-04-24", content="家庭困难，系初次，请求从轻。").expect(200, 201, 202)
        task = story.expect("SP50_T04_statement_review", "郑华", "05-06")
        assert "吴磊" not in {story.county.name_of(person) for person in task["candidates"]}, "the lead investigator may review the defence"
        story.api("吴磊").post(f"/tasks/{task['id']}/claim").expect(403, 404, 409)
        story.at("04-30 15:00").do("SP50_T04", "partly")


def _decision(story: Story) -> None:
    with story.step("4 legal review and decision"):
        story.expect("SP50_T06_legal_review", "林涛", "05-11")
        story.at("05-11 10:00").do("SP50_T06", "pass")
        story.expect("SP50_T07_decide", "马健", "2026-07-01")
        duty: dict[str, Any] = {"return_by|duty_by|duty_on|perform_by": date(2026, 6, 1)}
        story.at("05-14 10:00").refuse("SP50_T07", "penalty", 422, **duty, **_fine(600))
        story.do("SP50_T07", "penalty", **duty, **_fine(300))
        if story.find("B20_T01"):
            story.do("B20_T01")
        story.expect("B20_T02", "吴磊", "05-25")
        serve(story, "05-18 10:00", servers=who("吴磊", "郑华"))
        clocks = str(story.case()["clocks"])
        for what, day in (("payment", "2026-06-02"), ("administrative review", "2026-07-17"), ("lawsuit", "2026-11-18")):
            assert day in clocks, f"no clock shows the end of {what} on {day}: {clocks}"
        story.none("SP50_T10")


def _fine(yuan: int) -> dict[str, Any]:
    return {"amount|fine|penalty_amount": yuan}


def _return(story: Story) -> None:
    with story.step("5 back before payment"):
        story.day("05-27", "present").status("return_claimed")
        story.expect("SP65_T01_confirm_return", "王敏", "06-01")
        story.day("05-28", "present").day("05-29", "present")
        story.at("06-01 10:00").do("SP65_T01", "confirmed")
        story.status("returned", "placement")
        story.none("SP50_T10", "SP30_T09", "SP40_T09")
        story.expect("SP66_T01_legal_closeout", "吴磊", "06-08", copies=("林涛",))
        story.expect("SP70_T01", "孙丽", "06-02")
        story.expect("SP70_T02", "王敏", "06-04", copies=("许静",))
        story.do("SP70_T01")
        story.do("SP70_T02")
        story.at("06-02 10:00").do("SP66_T01", "instalments")

    with story.step("5 nothing of the ladder goes on"):
        story.at("06-10 09:00").none("SP50_T10", "SP60_T01", "SP30_T09", "SP40_T09")
        assert story.case()["stage"] in ("placement", "follow_up")
        events = story.history()
        assert not [event for event in events if event["action"] == "clock.missed"], "a statutory clock was missed"
        surcharges = [event for event in events if "surcharge" in str(event["data"]) or "加处罚款" in str(event["data"])]
        assert not surcharges, f"a surcharge was started: {surcharges}"
        for path in ("/cases", f"/cases/{story.case_id}", f"/cases/{story.case_id}/documents"):
            story.county.stranger.get(path).refused(401)
        for path in ("/openapi.json", "/health/live", "/metrics"):
            assert story.pupil not in story.county.stranger.get(path).text, f"{path} shows the pupil's name"


def _both_remedies(story: Story) -> None:
    text = ledgers.printed(story, ledgers.documents(story, "D07")[0])
    assert "行政复议" in text, "the decision does not tell of the administrative review"
    assert "行政诉讼" in text, "the decision does not tell of the lawsuit"
