"""S13 Relapse in follow-up."""

from datetime import date

from tests.scenarios import ledgers
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.marks import later
from tests.scenarios.passages import PLACEMENT, detection, placed

MENTIONS = f"SP20_T02 SP20_T03 SP30_T01 SP30_T02 SP65_T01 SP80_T05 SP80_T06 {PLACEMENT}"


def test_s13_two_days_of_absence_in_follow_up_start_a_second_episode(county: County) -> None:
    story = Story(county, "S13", "沈甲", "2026-03-09", mentions=MENTIONS).start()
    with story.step("0 as S03, back on 03-20"):
        detection(story, "03-09", "03-10", "03-11")
        story.at("03-13 09:00").do("SP20_T02")
        story.expect("SP20_T03", "李静", "03-16")
        story.at("03-13 15:00").do("SP20_T03", "persuade")
        story.at("03-16 15:00").do("SP30_T01")
        story.at("03-18 15:00").do("SP30_T02", "promised", promised_on=date(2026, 3, 20))
        _back(story, "03-20", "03-23", "03-24")
        placed(story, "03-25", "03-26", "03-27")
        story.at("03-31 09:00").status("red", "follow_up")

    with story.step("0 absent on 04-14 and 04-15"):
        story.day("04-14", "absent").none("SP80_T05")
        story.day("04-15", "absent").expect("SP80_T05_relapse_visit", "王敏", "04-16")
        story.at("04-15 18:00").do("SP80_T05", "refused_pupil")
        assert story.status("red", "detection")["episode_no"] == 2
        story.never("SP10_T02", "SP10_T01x")

    with story.step("0 day 3: marked and reported the same day"):
        story.day("04-16", "absent")
        story.expect("SP10_T05_mark_suspected", "孙丽", "04-16 17:30")
        story.expect("SP10_T06_day3_report", "李静", "04-16 15:00")
        case = story.at("04-16 17:30").status("suspected", "verification")
        assert (case["episode_no"], case["suspected_on"]) == (2, "2026-04-16")
        story.at("04-20 15:00").do("SP20_T02")
        story.at("04-20 18:00").expect("SP20_T03_verify", "李静", "04-21")

    with story.step("1 back on 04-27"):
        story.at("04-21 10:00").do("SP20_T03", "persuade")
        story.at("04-23 10:00").do("SP30_T01")
        _back(story, "04-27", "04-28", "04-29")
        assert story.case()["returned_on"] == "2026-04-27"
        placed(story, "04-30", "05-06", "05-07")
        story.at("05-08 17:30").status("red", "follow_up")

    with story.step("2 reviews"):
        story.at("05-27 10:00").expect("SP80_T06_review", "李静", "05-27")
        story.do("SP80_T06", "to_white")
        story.status("white")
        story.at("06-26 10:00").expect("SP80_T06_review", "李静", "06-26")
        story.do("SP80_T06", "continue")
        story.at("07-24 10:00").expect("SP80_T06_review", "李静", "07-27")
        early = story.complete(story.task("SP80_T06"), "to_closure")
        assert early.status in (409, 422), f"closure 88 days after the return answered {early.status}"
        story.at("07-27 10:00").do("SP80_T06", "to_closure")
        story.expect("SP90_T01_apply", "李静", "07-30")
    later("indicators", "S13: K08 counts 1 relapse", lambda: _one_relapse(story))
    later("papers", "S13: the dossier shows both episodes", lambda: _both_episodes(story))


def _back(story: Story, *days: str) -> None:
    for day in days:
        story.day(day, "present")
    story.at(f"{days[-1]} 15:00").do("SP65_T01", "confirmed")
    story.status("returned", "placement")


def _one_relapse(story: Story) -> None:
    assert ledgers.indicator(story, "K08", "03-01", "07-31")["numerator"] == 1


def _both_episodes(story: Story) -> None:
    text = ledgers.printed(story, ledgers.documents(story, "D18")[0])
    assert "2026-03-11" in text, "the dossier lacks the first episode"
    assert "2026-04-16" in text, "the dossier lacks the second episode"
