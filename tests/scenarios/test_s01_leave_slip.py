"""S01 One-day fever: leave slip, nothing else."""

from datetime import date
from typing import Any

from tests.scenarios import ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.marks import later
from tests.scenarios.passages import unseen_by

READERS = {"王敏", "李静", "周涛", "陈刚"}
OUTSIDE = ("高洁", "许宏", "何芳", "罗军", "马健", "田勇", "吴磊", "赵强", "韩雪")


def test_s01_one_day_of_fever_ends_with_a_leave_slip_and_nothing_else(county: County) -> None:
    story = Story(county, "S01", "刘一", "2026-03-16", mentions="SP10_T01 SP10_T02").start()

    with story.step("1 marked absent at 08:40"):
        story.at("03-16 08:40").attendance("absent")
        assert story.case_id, "the absence started no case"
        assert story.status("alert", "detection")["trigger_type"] == "absence"
        call = story.expect("SP10_T01_contact_guardian", "王敏", "03-16 17:00")
        unseen_by(story, *OUTSIDE)

    with story.step("2 the mother answers at 10:20"):
        story.at("03-16 10:20").do("SP10_T01", "leave", cause="ill", proper=True, result="请假")
        story.none("SP10_T01")
        story.expect("SP10_T02_leave_slip", "王敏", "03-16 17:30")

    with story.step("3 leave slip for two days at 11:00"):
        slip: dict[str, Any] = {"from": date(2026, 3, 16), "to": date(2026, 3, 17)}
        story.at("03-16 11:00").do("SP10_T02", "approved", kind="病假", **slip)
        story.none("SP10_T02b", "SP10_T03", "SP10_T01")
        story.status("alert")
        unseen_by(story, *OUTSIDE)

    with story.step("4 back on 03-18"):
        story.at("03-18 08:40").attendance("present")
        story.at("03-18 09:59").status("alert")
        closed = story.at("03-18 10:00").status("closed")
        assert closed["closure"]["code"] == "C11", f"closed with {closed['closure']}"
        assert closed["open_tasks"] == [], "the closed case still has open tasks"

    with story.step("the record"):
        story.happened("case.opened", "task.completed SP10_T01", "task.completed SP10_T02", "timer.fired SP10_E02", "case.closed")
        story.never("SP10_T02b", "SP10_T03", "SP10_T05", "SP10_T06", "SP10_T07", "SP10_T08", "SP20_T01", "SP65_T01")
        unseen_by(story, *OUTSIDE)
        readers = {name for name in county.people if story.readable(str(call["id"]), "cause", name) == "ill"}
        assert readers == READERS, f"the cause of F02 is readable by {sorted(readers)}"

    later("ledgers", "S01: no row in 疑似 ledger", lambda: _no_row(story))


def _no_row(story: Story) -> None:
    assert not ledgers.has_pupil(story, "疑似辍学台账")
