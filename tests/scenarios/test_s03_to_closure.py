"""S03 Full normal path to closure."""

from datetime import date, timedelta

from tests.scenarios import dates, ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.marks import later
from tests.scenarios.passages import two_visitors, unseen_by

MENTIONS = """SP10_T01 SP10_T03 SP10_T04 SP10_T05 SP10_T06 SP10_T07 SP10_T08 SP10_T09 SP20_T01 SP20_T02 SP20_T03 SP20_T03b SP30_T01 SP30_T02
SP65_T01 SP65_T01b SP70_T01 SP70_T02 SP70_T03 SP70_T04 SP70_T05 SP70_T06 SP80_T06 SP80_T06b SP90_T01 SP90_T02 SP90_T03 SP90_T04"""
LEDGERS = ("疑似辍学台账", "辍学（工作）台账", "红名单", "白名单")


def test_s03_from_the_first_day_of_absence_to_a_closed_case(county: County) -> None:
    story = Story(county, "S03", "陈三", "2026-03-09", mentions=MENTIONS).start()
    before: list[int] = []
    later("ledgers", "S03: the ledgers are counted at the start", lambda: before.extend(_counts(story)))

    _three_days_of_absence(story)
    _verification(story)
    _persuasion(story)
    _return(story)
    _placement(story)
    _follow_up(story)
    _closure(story)

    with story.step("the record"):
        story.happened(
            "case.opened",
            "task.completed SP10_T01",
            "task.completed SP10_T04",
            "task.completed SP10_T07",
            "task.completed SP20_T03b",
            "task.completed SP30_T02",
            "task.completed SP65_T01b",
            "task.completed SP70_T04",
            "task.completed SP80_T06b",
            "task.completed SP90_T04",
            "case.closed",
        )
        story.never("SP25_T01", "SP25_T02", "SP40_T01")
        assert story.api("万青").post("/audit/verify", {"case_id": story.case_id}).expect(200)["ok"] is True
    later("ledgers", "S03: each ledger count returns to its start value", lambda: _same_counts(story, before))
    later("papers", "S03: the dossier PDF lists all forms in time order", lambda: _dossier(story))
    later("indicators", "S03: K06 unaffected (never confirmed), K05 +1", lambda: _figures(story))


def _three_days_of_absence(story: Story) -> None:
    with story.step("1 D1 and D2"):
        story.at("03-09 08:40").attendance("absent")
        story.expect("SP10_T01_contact_guardian", "王敏", "03-09 17:00")
        story.at("03-09 15:00").do("SP10_T01", "refuses")
        story.day("03-10", "absent")
        story.expect("SP10_T03_arrange_visit", "周涛", "03-10 10:30")
        story.at("03-10 10:15").do("SP10_T03", **two_visitors())
        story.expect("SP10_T04_home_visit", "王敏", "03-10 20:00", copies=("田勇",))
        story.at("03-10 19:00").do("SP10_T04", "refused_pupil")
        unseen_by(story, "高洁", "何芳", "罗军")

    with story.step("1 D3, mark and report side by side"):
        story.day("03-11", "absent")
        story.expect("SP10_T05_mark_suspected", "孙丽", "03-11 17:30")
        story.expect("SP10_T06_day3_report", "李静", "03-11 15:00")

    with story.step("2 report, signature, acknowledgements"):
        story.at("03-11 14:20").do("SP10_T06")
        story.expect("SP10_T07_principal_sign", "陈刚", "03-11 17:00")
        story.at("03-11 16:00").do("SP10_T07", "signed")
        story.expect("SP10_T08_township_ack", "何芳", "03-12 17:30")
        story.expect("SP10_T09_county_ack", "高洁", "03-12 17:30")
        story.status("alert")
        story.at("03-11 16:30").do("SP10_T05", "marked")

    with story.step("3 suspected"):
        case = story.status("suspected", "verification")
        assert case["suspected_on"] == "2026-03-11"
        story.expect("SP20_T01_open_file", "李静", "03-12")
        story.at("03-12 09:00").do("SP10_T08", "ack")
        story.do("SP10_T09", "ack")
        story.none("SP10_T08", "SP10_T09")


def _verification(story: Story) -> None:
    with story.step("3 file, whereabouts, verification"):
        story.at("03-12 10:00").do("SP20_T01", "opened")
        story.expect("SP20_T02_whereabouts", "田勇", "03-13")
        story.at("03-13 10:00").do("SP20_T02")
        story.expect("SP20_T03_verify", "李静", "03-16")

    with story.step("4 persuade, and the township agrees"):
        story.at("03-13 15:00").do("SP20_T03", "persuade")
        story.none("SP30_T01")
        story.expect("SP20_T03b_verify", "何芳")
        story.do("SP20_T03b", "agree")
        story.status("suspected", "persuasion")
        story.expect("SP30_T01_team_plan", "何芳", "03-17")
        story.none("SP25_T01")


def _persuasion(story: Story) -> None:
    with story.step("5 round 1"):
        story.at("03-16 15:00").do("SP30_T01")
        story.expect("SP30_T02_visit", "何芳", "03-23")
        story.at("03-18 15:00").do("SP30_T02", "promised", promised_on=date(2026, 3, 20))
        story.none("SP30_T02")


def _return(story: Story) -> None:
    with story.step("6 present on the promised day"):
        story.day("03-20", "present")
        case = story.status("return_claimed")
        assert case["absent_school_days"] == 9, f"{case['absent_school_days']} absent school days"
        story.expect("SP65_T01_confirm_return", "王敏", "03-25")

    with story.step("7 three days present, confirmed"):
        story.day("03-23", "present").day("03-24", "present")
        story.at("03-24 15:00").do("SP65_T01", "confirmed")
        story.expect("SP65_T01b", "李静")
        story.do("SP65_T01b", "agree")
        case = story.status("returned", "placement")
        assert case["returned_on"] == "2026-03-20", f"returned on {case['returned_on']}"
        story.none("SP30_T02", "SP65_T01", "SP25_T01")


def _placement(story: Story) -> None:
    with story.step("7 placement"):
        story.expect("SP70_T01_registry_restore", "孙丽", "03-25")
        story.expect("SP70_T02_assess", "王敏", "03-27", copies=("许静",))
        story.at("03-25 10:00").do("SP70_T01")
        story.none("SP70_T03")
        story.do("SP70_T02")
        story.expect("SP70_T03_plan", "李静", "03-30")
        story.at("03-26 10:00").do("SP70_T03", kind="original_class")
        story.expect("SP70_T05_child_guardian_consult", "王敏", "03-30")
        story.at("03-26 15:00").do("SP70_T05", "agree")
        story.expect("SP70_T04_approve", "陈刚", "03-30")
        story.at("03-27 10:00").do("SP70_T04", "approved")
        story.expect("SP70_T06_implement", "周涛", "04-03")
        story.at("03-30 10:00").do("SP70_T06")


def _follow_up(story: Story) -> None:
    with story.step("8 red list, pairing, weekly follow-up"):
        story.expect("SP80_T01_classify", "李静", "03-31")
        case = story.at("04-01 09:00").status("red", "follow_up")
        assert case["list"] == "red"
        pairing = next(task for task in story.seen.values() if task["node_id"].startswith("SP80_T02_"))
        opened = date.fromisoformat(pairing["created_at"][:10])
        assert pairing["due_at"][:10] == dates.working(opened, 3).isoformat(), f"pairing opened {opened}, due {pairing['due_at']}"

    with story.step("8 first review"):
        story.at("04-10 12:00").none("SP80_T06")
        story.at("04-13 09:00").expect("SP80_T06_review", "李静", "04-20")
        story.at("04-20 10:00")
        assert "to_closure" not in story.offered("SP80_T06"), "closure is offered 31 days after the return"
        story.do("SP80_T06", "to_white")
        story.status("red")
        story.expect("SP80_T06b", "何芳")
        story.do("SP80_T06b", "agree")
        assert story.status("white")["list"] == "white"
        dues = story.dues("SP80_T03")
        weekly = [day for day in dues if day - timedelta(days=7) in dues]
        assert len(weekly) >= 2, f"follow-ups while red were due {dues}, not every 7 days"

    with story.step("8 second and third review"):
        story.at("05-13 09:00").expect("SP80_T06_review", "李静", "05-19")
        story.at("05-19 10:00").do("SP80_T06", "continue")
        story.do("SP80_T06b", "agree")
        story.status("white")
        story.at("06-12 09:00").expect("SP80_T06_review", "李静", "06-18")
        story.at("06-18 10:00")
        assert "to_closure" in story.offered("SP80_T06"), "closure is not offered after 90 days, 59 of them white"
        story.do("SP80_T06", "to_closure")
        story.do("SP80_T06b", "agree")
        story.none("SP80_T03", "SP80_T06")


def _closure(story: Story) -> None:
    with story.step("9 apply, principal, township, county"):
        story.expect("SP90_T01_apply", "李静", "06-24")
        story.at("06-22 10:00").do("SP90_T01", code="C01")
        story.status("closing", "closure")
        story.expect("SP90_T02_principal", "陈刚", "06-24")
        story.at("06-23 10:00").do("SP90_T02", "pass")
        story.expect("SP90_T03_township", "何芳", "06-26")
        story.at("06-23 15:00").do("SP90_T03", "pass")
        story.expect("SP90_T04_county", "高洁", "06-30")
        story.at("06-24 10:00").do("SP90_T04", "approve")
        closed = story.status("closed")
        assert closed["closure"] == closed["closure"] | {"code": "C01", "approved_on": "2026-06-24", "watch_until": "2026-12-21"}
        assert closed["closed_at"], "the closed case has no closed_at"


def _counts(story: Story) -> list[int]:
    return [len(ledgers.rows(story, name)) for name in LEDGERS]


def _same_counts(story: Story, before: list[int]) -> None:
    after = _counts(story)
    assert after == before, f"{LEDGERS} had {before} rows, now {after}"


def _dossier(story: Story) -> None:
    text = ledgers.printed(story, ledgers.documents(story, "D18")[0])
    places = [
        text.index(name)
        for name in ("缺勤联系记录", "家访记录", "三日报告单", "甄别确认表", "劝返记录", "复学确认", "安置方案", "销号审批表")
    ]
    assert places == sorted(places), "the forms are not in time order"


def _figures(story: Story) -> None:
    assert ledgers.ratio(story, "K06", "03-01", "06-30") == (0, 0)
    assert ledgers.indicator(story, "K05", "03-01", "06-30")["numerator"] == 1
