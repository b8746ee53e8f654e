"""S07 Ladder B to a court ruling, then return (2025)."""

from typing import Any

from tests.scenarios import ledgers
from tests.scenarios.answers import EVIDENCE
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.filling import Paper, who
from tests.scenarios.marks import later
from tests.scenarios.passages import LEGAL_WALK, serve

MENTIONS = f"{LEGAL_WALK} SP25_T02 SP60_T01 SP60_T03 SP60_T04 SP60_T06 SP65_T01 SP66_T01 SP70_T01 SP70_T02"
MONTHLY = ["2025-05-06", "2025-06-03", "2025-07-01", "2025-07-31", "2025-09-01"]
WINDOW_WARNINGS = ("2025-11-23", "2025-12-23", "2026-01-12", "2026-01-19")


def test_s07_an_order_a_demand_a_court_ruling_and_then_the_pupil_comes_back(county: County) -> None:
    story = Story(county, "S07", "周六", "2025-03-03", mentions=MENTIONS, teacher="韩雪").start()

    _confirmed(story)
    _notice(story)
    _written_report(story)
    _order(story)
    _not_obeyed(story)
    _half_a_year(story)
    _court(story)
    _return(story)
    _record(story)

    later("indicators", "S07: K25 missed = 0", lambda: _no_missed_clock(story))


def _confirmed(story: Story) -> None:
    with story.step("0 D1 03-03, D3 03-05, verified 03-10"):
        story.at("03-03 08:40").attendance("absent")
        story.expect("SP10_T01_contact_guardian", "韩雪", "03-03 17:00")
        story.day("03-04", "absent")
        story.day("03-05", "absent").at("03-05 17:30")
        assert story.status("suspected")["suspected_on"] == "2025-03-05"
        story.at("03-10 09:00").expect("SP20_T03_verify", "李静", "03-10")
        story.at("03-10 15:00").do("SP20_T03", "persuade")

    with story.step("1 round 1 and the tenth absent school day"):
        story.expect("SP30_T01_team_plan", "何芳", "03-12")
        story.at("03-11 15:00").do("SP30_T01")
        story.expect("SP30_T02_visit", "何芳", "03-18")
        story.at("03-14 09:59").none("SP25_T01")
        story.at("03-14 10:00").expect("SP25_T01_confirm_dropout", "高洁", "03-18")
        story.at("03-14 15:00").do("SP30_T02", "refused_guardian")
        story.at("03-17 15:00").do("SP25_T01", "confirmed")
        case = story.status("confirmed")
        assert case["confirmed_on"] == "2025-03-17"
        story.expect("SP25_T02_mark_dropout", "孙丽", "03-18")
        story.at("03-18 10:00").do("SP25_T02", "marked")
    later("ledgers", "S07: a row in the dropout ledger", lambda: _in_ledger(story))


def _notice(story: Story) -> None:
    with story.step("2 round 2, return notice, round 3"):
        story.expect("SP30_T02_visit", "何芳", "03-21")
        story.none("SP30_T06")
        story.at("03-20 15:00").do("SP30_T02", "refused_guardian")
        story.expect("SP30_T06_return_notice", "李静", "03-24")
        story.expect("SP30_T02_visit", "何芳", "03-27")
        story.at("03-24 10:00").do("SP30_T06", second=False)
        story.expect("SP30_T06b", "陈刚")
        story.do("SP30_T06b", "agree")
        serve(story, "03-24 11:00")
        story.none("SP30_T08", "SP30_T07")
        story.at("03-27 15:00").do("SP30_T02", "refused_guardian")
        story.none("SP40_T01")


def _written_report(story: Story) -> None:
    with story.step("3 notice has run out, written report, SP40 opens"):
        story.at("04-01 09:30").expect("SP30_T08_check_notice", "韩雪", "04-01 10:00")
        story.do("SP30_T08", "no")
        story.expect("SP30_T07_written_report", "陈刚", "04-02")
        story.expect("SP30_T02_visit", "何芳", "04-03")
        story.at("04-02 10:00").do("SP30_T07")
        story.none("SP30_T02")
        story.expect("SP40_T01_escalation_review", "罗军", "2025-04-10")
        story.status("confirmed", "admonition")


def _order(story: Story) -> None:
    with story.step("4 review, talk, draft, legal review, signature"):
        story.at("04-08 15:00").do("SP40_T01", "admonish", child_view="想回去，又怕跟不上。")
        story.expect("SP40_T02_admonish", "吴磊", "04-15", copies=("郑华", "田勇"))
        story.at("04-10 15:00").do("SP40_T02", "refused")
        story.expect("SP40_T03_draft_order", "吴磊", "04-15")
        story.at("04-14 15:00").do("SP40_T03")
        story.expect("SP40_T04_legal_review", "林涛", "04-17")
        story.at("04-16 15:00").do("SP40_T04", "pass")
        story.expect("SP40_T05_sign_order", "马健", "04-18")
        story.at("04-17 15:00").do("SP40_T05", "signed")
        if story.find("B20_T01"):
            story.do("B20_T01")
        story.expect("B20_T02", "吴磊", "2025-04-27")
        story.status("confirmed")


def _not_obeyed(story: Story) -> None:
    with story.step("5 left in place with video by two servers"):
        serve(story, "04-22 15:00", "留置", servers=who("吴磊", "郑华"), media=Paper("留置送达视频截图.png"), refuse_reason="拒绝签收")
        order = story.status("ordered")["order"]
        assert order["served_on"] == "2025-04-22", f"order: {order}"
        assert order["comply_by"] == "2025-05-06", f"order: {order}"
        story.at("05-06 17:00").none("SP40_T07")
        story.at("05-06 17:30").expect("SP40_T07_check", "田勇", "05-07", copies=("韩雪",))
        story.at("05-07 10:00").do("SP40_T07", "no")
        story.expect("SP40_T09_choose_next", "罗军", "05-14")
        offered = story.offered("SP40_T09")
        assert "penalty" not in offered, f"the penalty is offered: {offered}"
        assert {"enforce", "more_support"} <= offered, f"offered: {offered}"
        story.at("05-12 15:00").do("SP40_T09", "enforce")
        story.status("court", "court")

    with story.step("6 the statutory clocks"):
        story.clock_ending("2025-10-22", state="running")
        story.clock_ending("2026-01-22", state="running", warnings=WINDOW_WARNINGS)


def _half_a_year(story: Story) -> None:
    with story.step("6 monthly persuasion, also in July and August"):
        story.at("09-02 09:00")
        dues = [day.isoformat() for day in story.dues("SP30_T09")]
        assert dues[:5] == MONTHLY, f"monthly persuasion was due {dues}"
        first = next(task for task in story.seen.values() if task["node_id"].startswith("SP30_T09_"))
        assert story.holder(first) == "田勇", f"monthly persuasion is held by {story.holder(first)}"
        assert "韩雪" in {story.county.name_of(person) for person in first["copies"]}, f"copied to {first['copies']}"

    with story.step("7 the demand"):
        story.at("10-06 17:30").none("SP60_T01")
        story.at("10-07 08:00").expect("SP60_T01_demand_draft", "吴磊", "10-27")
        story.at("10-20 10:00").do("SP60_T01")
        story.at("10-22 17:00").none("B20_T01", "B20_T02")
        serve(story, "10-23 10:00")
        story.at("11-06 17:00").none("SP60_T03")
        story.at("11-06 17:30").expect("SP60_T03_apply", "林涛", "11-20")


def _court(story: Story) -> None:
    with story.step("7 the application"):
        papers = [paper for paper in EVIDENCE if paper != "当事人意见"]
        told: dict[str, Any] = {"attachments|attachments_checklist|checklist": papers}
        story.at("11-17 10:00").refuse("SP60_T03", "applied", 422, **told)
        story.do("SP60_T03", "applied", second=False)
        story.none("SP60_T04")
        story.expect("SP60_T03b", "马健")
        story.do("SP60_T03b", "agree")

    with story.step("8 accepted, ruling"):
        story.expect("SP60_T04_acceptance", "林涛", "11-24")
        story.at("11-20 10:00").do("SP60_T04", "accepted")
        story.expect("SP60_T06_ruling", "林涛", "12-01")
        story.at("12-01 10:00").do("SP60_T06", "allow")
        story.status("court", "court")


def _return(story: Story) -> None:
    story.teacher = "王敏"
    with story.step("9 the pupil is back"):
        story.day("12-08", "present").status("return_claimed")
        story.expect("SP65_T01_confirm_return", "王敏", "12-11")
        blocked = story.api("吴磊").post(f"/cases/{story.case_id}/documents", {"kind": "D09"})
        assert blocked.status in (403, 409, 422), f"a legal document is issued while the claim is open: {blocked.status}"
        story.none("B20_T01", "B20_T02")
        story.day("12-09", "present").day("12-10", "present")
        story.at("12-10 15:00").do("SP65_T01", "confirmed")
        story.none("SP60_T07", "SP30_T09", "SP65_T01")
        story.expect("SP66_T01_legal_closeout", "吴磊", "2025-12-17", copies=("林涛",))
        story.expect("SP70_T01", "孙丽", "12-11")
        story.expect("SP70_T02", "王敏", "12-15")
        assert story.status("returned", "placement")["returned_on"] == "2025-12-08"


def _record(story: Story) -> None:
    with story.step("the record"):
        events = story.history()
        window = story.clock_ending("2026-01-22", warnings=WINDOW_WARNINGS)
        assert window["state"] in ("met", "stopped"), f"the window is {window['state']} after the application"
        warned = [event for event in events if event["action"] == "clock.warned" and window["key"] in str(event["data"])]
        assert not warned, f"warnings of the court window fired: {warned}"
        assert not [event for event in events if event["action"] == "clock.missed"], "a statutory clock was missed"
        served = [str(event["data"]) for event in events if event["action"] == "document.served"]
        for kind in ("D02", "D03", "D09"):
            assert any(kind in data for data in served), f"{kind} has no receipt: {served}"
        receipts = [event for event in events if event["action"] == "task.completed" and str(event["node_id"]).startswith("B20_T02")]
        assert len(receipts) >= 3, f"only {len(receipts)} receipts (F14) for three served documents"
        story.happened(
            "case.opened",
            "task.cancelled SP30_T02",
            "task.completed SP40_T05",
            "task.completed SP60_T03b",
            "event.received",
            "task.completed SP65_T01",
        )
        _not_public(story)


def _not_public(story: Story) -> None:
    """Lists that are not about one's own cases never show the name."""
    for name in ("董洁", "程立", "姚远"):
        listed = story.api(name).get("/cases", limit=200)
        assert listed.status in (200, 403), f"/cases answers {name} {listed.status}"
        assert story.pupil not in listed.text, f"{name} reads the name of {story.pupil} in /cases"
    for path in ("/cases", "/tasks", "/students"):
        story.county.stranger.get(path).refused(401)


def _in_ledger(story: Story) -> None:
    assert ledgers.has_pupil(story, "辍学（工作）台账")


def _no_missed_clock(story: Story) -> None:
    assert ledgers.indicator(story, "K25", "03-01", "12-31")["missed"] == 0
