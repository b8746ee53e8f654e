"""S10, S11 and S12: stories of the cause processes, whose own forms come later."""

from datetime import date
from typing import Any

from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.filling import who
from tests.scenarios.marks import whole_story
from tests.scenarios.passages import detection


def test_s10_a_disability_is_assessed_and_taught_at_home(county: County) -> None:
    whole_story("causes", "S10: disability found, assessment and home teaching")
    mentions = "SP10_T04 SP20_T03 CP01_T01 CP01_T02 CP01_T03 CP01_T04 CP01_T05"
    school: dict[str, Any] = {"teacher": "杨兰", "viewers": ("方明", "高洁", "金凤")}
    story = Story(county, "S10", "郑八", "2026-09-07", mentions=mentions, **school).start()
    with story.step("0 the visit finds the disability"):
        story.at("09-07 08:40").attendance("absent")
        story.day("09-08", "absent").at("09-08 19:00")
        story.do("SP10_T04", "cause_action", causes=["disabled"], primary="disabled", danger_flag=False, visitors=who("杨兰", "余波"))
        story.expect("CP01_T01", "薛梅", "09-15")
        story.day("09-09", "absent").at("09-09 17:30").status("suspected")
        story.at("09-11 10:00").do("SP20_T03", "disability")
    with story.step("1 assessed, decided"):
        story.at("09-14 10:00").do("CP01_T01")
        story.expect("CP01_T02", "梁文", "10-14", copies=("顾兰",))
        story.at("10-09 10:00").do("CP01_T02")
        story.expect("CP01_T03", "梁文", "10-15")
        story.at("10-13 10:00").do("CP01_T03", "home_teaching")
        story.expect("CP01_T04", "杨兰", "10-20")
        story.at("10-16 10:00").do("CP01_T04")
        story.expect("CP01_T05", "高洁", "10-23")
        story.at("10-21 10:00").do("CP01_T05", "approved")
        story.status("home_teaching", "placement")
        story.never("SP40_T01", "SP30_T06")


def test_s11_child_labour_in_another_province_is_reported_and_followed(county: County) -> None:
    whole_story("causes", "S11: child labour in another province")
    mentions = "SP10_T04 SP25_T01 SP65_T01 CP03_T01 CP03_T02 CP03_T03 CP03_T04 CP03_T05"
    school: dict[str, Any] = {"teacher": "赵强", "viewers": ("蒋伟", "高洁", "钱峰")}
    story = Story(county, "S11", "冯九", "2025-10-13", mentions=mentions, **school).start()
    with story.step("1 the visit finds the workshop"):
        story.at("10-13 08:40").attendance("absent")
        story.day("10-14", "absent").at("10-14 18:00")
        story.do("SP10_T04", "cause_action", causes=["working"], primary="working", visitors=who("赵强", "向东"))
        story.expect("CP03_T01", "赵强", "10-15", copies=("向东",))
        story.day("10-15", "absent").do("CP03_T01")
        story.expect("CP03_T02", "蒋伟", "10-16")
        story.expect("CP03_T03", "高洁", "10-16")
        story.expect("CP03_T05", "高洁", "10-20")
    with story.step("2 letters and reply"):
        story.at("10-16 10:00").do("CP03_T02")
        story.do("CP03_T03")
        story.expect("CP03_T04", "丁峰", "10-30")
        story.at("10-24 10:00").expect("SP25_T01", "高洁")
        story.at("10-24 15:00").do("SP25_T01", "confirmed")
        story.at("10-29 10:00").do("CP03_T04")
    with story.step("3 back on 11-03"):
        for day in ("11-03", "11-04", "11-05"):
            story.day(day, "present")
        story.expect("SP65_T01", "赵强", "11-06")
        story.at("11-05 15:00").do("SP65_T01", "confirmed")
        story.never("SP40_T01")


def test_s12_a_transfer_that_was_not_true_and_then_was(county: County) -> None:
    whole_story("causes", "S12: “we moved”: transfer not true, then true")
    mentions = "SP20_T03 SP25_T01 SP30_T01 CP08_T01 CP08_T02 CP08_T03 CP08_T04 SP90_T01 SP90_T02 SP90_T03 SP90_T04 SP30_T02"
    story = Story(county, "S12", "蒋十", "2026-03-16", mentions=mentions).start()
    with story.step("0 transfer claimed"):
        detection(story, "03-16", "03-17", "03-18")
        story.at("03-20 09:00").expect("SP20_T03", "李静", "03-23")
        story.at("03-20 15:00").do("SP20_T03", "transfer_claimed")
        story.status("transferring")
        story.expect("CP08_T01", "李静", "03-25")
        story.at("03-24 10:00").do("CP08_T01")
        story.expect("CP08_T02", "高洁", "03-31")
        story.at("03-27 10:00").do("CP08_T02")
    with story.step("1 not enrolled there"):
        story.at("04-17 10:00").event("transfer_denied", "高洁", result="未在我县就读").expect(200, 201, 202)
        story.status("suspected")
        story.expect("SP30_T01", "何芳", "04-21")
        story.expect("SP25_T01", "高洁", "04-21")
    with story.step("2 and 3 the receiving school is found, C03"):
        story.at("04-21 10:00").do("SP30_T01")
        story.do("SP25_T01", "not_yet")
        story.at("05-11 10:00").do("SP30_T02", "cause_action", obstacles=["transfer"])
        for node in ("CP08_T01", "CP08_T02", "CP08_T03"):
            story.do(node)
        story.expect("CP08_T04", "李静", "06-10")
        story.at("06-10 10:00").do("CP08_T04", "attending", attending_since=date(2026, 5, 11))
        story.expect("SP90_T01", "李静", "06-15")
        for day, node, outcome in (("06-11", "SP90_T01", None), ("06-12", "SP90_T02", "pass"), ("06-16", "SP90_T03", "pass")):
            story.at(f"{day} 10:00").do(node, outcome)
        story.expect("SP90_T04", "高洁", "06-24")
        story.do("SP90_T04", "approve")
        assert story.status("closed")["closure"]["code"] == "C03"
