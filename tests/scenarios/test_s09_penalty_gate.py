"""S09 The penalty gate, points 1 and 3 (2 and 4 belong to the studio)."""

from typing import Any

from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.marks import later
from tests.scenarios.passages import LEGAL_WALK, to_choose_next


def test_s09_1_penalty_is_refused_where_the_county_has_no_basis(county: County) -> None:
    """S09 point 1, at the SP40_T09 of S07."""
    story = Story(county, "S09.1", "周六", "2025-03-03", mentions=LEGAL_WALK, teacher="韩雪").start()
    with story.step("on to SP40_T09"):
        to_choose_next(story)
    with story.step("1 the forced outcome"):
        assert "penalty" not in story.offered("SP40_T09")
        story.refuse("SP40_T09", "penalty", 409, "penalty_not_configured", says="本县未配置行政处罚依据")
        story.status("ordered", "admonition")


def test_s09_3_a_basis_that_has_run_out_opens_no_new_penalty_and_stops_no_running_one(county: County) -> None:
    fixture: dict[str, Any] = {"fixture": "qingshan_a_expired", "begins": "2026-04-13"}
    qin = Story(county, "S09.3", "秦己", mentions="SP40_T09", **fixture).start()
    wu = Story(county, "S09.3", "吴七", mentions="SP50_T02", **fixture)
    with qin.step("3 秦己 has no penalty to choose"):
        qin.adopt()
        qin.expect("SP40_T09_choose_next", "罗军", "04-14")
        assert "penalty" not in qin.offered("SP40_T09")
        qin.refuse("SP40_T09", "penalty", 409, "penalty_not_configured")
    with wu.step("3 吴七's procedure goes on"):
        wu.adopt()
        wu.status("penalty", "penalty")
        wu.expect("SP50_T02_investigate", "吴磊", "04-22", copies=("郑华",))
        wu.at("04-15 15:00").do("SP50_T02", "enough")
        wu.expect("SP50_T03_prior_notice", "吴磊", "04-20")
        later("escalations", "S09.3: 林涛 is warned that the sign-off has run out", lambda: _warned(wu))
    later("studio", "S09.2: a P01 without penalty_open() before SP50 is refused at publish", lambda: _unguarded(county))
    later("studio", "S09.4: penalty.enabled=true without legal_basis is refused", lambda: _no_basis(county))


def _warned(story: Story) -> None:
    told = story.api("林涛").get("/notifications").expect(200)["items"]
    assert told, "林涛 is not warned that the sign-off has run out"


def _unguarded(county: County) -> None:
    author, approver = county.api("孔亮"), county.api("邱玲")
    key = "P01_student_case"
    version = author.get(f"/processes/{key}").expect(200)["version"]
    drawn = author.get(f"/processes/{key}/versions/{version}", format="xml").text
    assert "penalty_open()" in drawn, "P01 has no guard to take away"
    draft = author.post(f"/processes/{key}/drafts", {"xml": drawn.replace("penalty_open()", "true")}).expect(201)
    author.post(f"/drafts/{draft['id']}/submit").expect(200)
    approver.post(f"/drafts/{draft['id']}/approve").expect(200)
    refusal = approver.post(f"/drafts/{draft['id']}/publish", {"note": "试"}).expect(422)
    assert refusal["problems"], "the refusal names no problem"


def _no_basis(county: County) -> None:
    admin = county.api("史诚")
    draft = admin.get("/profiles/qs_b/draft").expect(200)
    draft["penalty"] = {**draft["penalty"], "enabled": True, "legal_basis": []}
    admin.put("/profiles/qs_b/draft", draft).refused(422)
