"""Passages that several stories walk through, with the dates of the story as arguments."""

from typing import Any

from tests.scenarios.driver import Story
from tests.scenarios.filling import who


def unseen_by(story: Story, *names: str) -> None:
    """These people find neither the case nor a task of it, and are told that there is none."""
    for name in names:
        api = story.api(name)
        api.get(f"/cases/{story.case_id}").refused(404)
        api.get(f"/cases/{story.case_id}/history").refused(404)
        listed = api.get("/cases", limit=200)
        found = [case["id"] for case in listed.json["items"]] if listed.status == 200 else []
        assert story.case_id not in found, f"{name} finds the case in the list"
        tasks = [task for task in api.get("/tasks", view="mine", limit=200).expect(200)["items"] if task["case_id"] == story.case_id]
        assert not tasks, f"{name} has tasks of the case: {tasks}"


def detection(story: Story, first: str, second: str, third: str) -> None:
    """Three school days of absence; call, visit, mark and report on time; suspected on the third."""
    story.at(f"{first} 08:40").attendance("absent")
    assert story.case_id, "the first absence started no case"
    story.day(second, "absent")
    story.day(third, "absent").at(f"{third} 17:30")
    story.status("suspected", "verification")


def to_the_order(story: Story) -> None:
    """S07, steps 1 to 4, without their assertions: D1 2025-03-03 to the order signed on 04-17."""
    detection(story, "03-03", "03-04", "03-05")
    story.at("03-10 15:00").do("SP20_T03", "persuade")
    story.at("03-11 15:00").do("SP30_T01")
    story.at("03-14 15:00").do("SP30_T02", "refused_guardian")
    story.at("03-17 15:00").do("SP25_T01", "confirmed")
    story.at("03-20 15:00").do("SP30_T02", "refused_guardian")
    story.at("03-24 10:00").do("SP30_T06")
    serve(story, "03-24 11:00")
    story.at("03-27 15:00").do("SP30_T02", "refused_guardian")
    story.at("04-01 09:30").do("SP30_T08", "no")
    story.at("04-02 10:00").do("SP30_T07")
    story.at("04-08 15:00").do("SP40_T01", "admonish")
    story.at("04-10 15:00").do("SP40_T02", "refused")
    story.at("04-14 15:00").do("SP40_T03")
    story.at("04-16 15:00").do("SP40_T04", "pass")
    story.at("04-17 15:00").do("SP40_T05", "signed")


def to_choose_next(story: Story) -> None:
    """Onwards to SP40_T09: the order served on 2025-04-22, not obeyed on 05-07."""
    to_the_order(story)
    serve(story, "04-22 15:00")
    story.at("05-07 10:00").do("SP40_T07", "no")


LEGAL_WALK = """SP20_T03 SP30_T01 SP30_T02 SP25_T01 SP30_T06 SP30_T08 SP30_T07
SP40_T01 SP40_T02 SP40_T03 SP40_T04 SP40_T05 SP40_T07 SP40_T09 B20_T01 B20_T02"""
"""What a story that uses `to_the_order` or `to_choose_next` must mention."""


def serve(story: Story, when: str, method: str = "直接", **told: Any) -> None:
    """B20: prepare the document where it is not yet prepared, then hand it over."""
    story.at(when)
    if story.find("B20_T01"):
        story.do("B20_T01")
    story.do("B20_T02", "served", method=method, served_at=story.now, **told)


def returns(story: Story, first: str, second: str, third: str) -> None:
    """The pupil is present on three consecutive school days."""
    for day in (first, second, third):
        story.day(day, "present")


def two_visitors() -> dict[str, Any]:
    return {"visitors": who("王敏", "田勇"), "leader": who("王敏")}


def placed(story: Story, *days: str) -> None:
    """Registry and assessment on the first day, plan and consultation on the second, approval and start on the third."""
    first, second, third = days
    story.at(f"{first} 10:00").do("SP70_T01")
    story.do("SP70_T02")
    story.at(f"{second} 10:00").do("SP70_T03", kind="original_class")
    story.do("SP70_T05", "agree")
    story.at(f"{third} 10:00").do("SP70_T04", "approved")
    story.do("SP70_T06")


PLACEMENT = "SP70_T01 SP70_T02 SP70_T03 SP70_T04 SP70_T05 SP70_T06"
"""What a story that uses `placed` must mention."""
