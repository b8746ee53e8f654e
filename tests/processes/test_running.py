"""Cases in motion: what they pin, who takes what, what waits, what ends with what."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, history, jobs, processes, tasks
from service.config import ROOT
from service.errors import Forbidden, Invalid, NotFound
from service.processes import CannotReturn, Instance, NobodyWaits, registry
from service.tasks import StaleRevision, Task, TaskTaken
from tests.cast import Counties, County, moment

PROCESSES = ROOT / "processes"


def instance(county: County, key: str) -> Instance:
    with county.session() as session:
        return session.scalars(select(Instance).where(Instance.process_key == key).order_by(Instance.id.desc())).first() or pytest.fail(key)


# ---- what a case pins (P14)


def test_a_new_version_leaves_running_cases_where_they_are(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    xml = (PROCESSES / "phases" / "detection.bpmn").read_text("utf-8")
    with county.session() as session:
        published = processes.publish(
            session, county.actor("孔亮"), xml.replace("安排家访", "安排上门").replace("D1 17:00", "D1 16:00").encode()
        )
    assert published is not None
    assert published.version == 2
    later = county.absent("刘一")

    with county.session() as session:
        old, new = (processes.frozen(session, instance.bundle_id) for instance in _roots(session, county.case, later))
    assert (old.versions["SP10_detection"], new.versions["SP10_detection"]) == (1, 2)
    assert county.task("SP10_T01").due_at == moment("2026-03-09 17:00")
    assert county.task("SP10_T01", later).due_at == moment("2026-03-09 16:00")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses")
    assert county.at("2026-03-10 10:00").open() == {"SP10_T03"}


def _roots(session: Session, *ids: int) -> list[Instance]:
    return [session.scalars(select(Instance).where(Instance.case_id == i, Instance.root_id.is_(None))).one() for i in ids]


def test_publishing_the_same_drawing_again_makes_no_version(county: County) -> None:
    with county.session() as session:
        assert processes.publish(session, county.actor("孔亮"), (PROCESSES / "student_case.bpmn").read_bytes()) is None


@pytest.mark.parametrize(("fixture", "drawn"), [("qingshan_b", "SP40_admonition"), ("qingshan_a", "SP40_admonition@ladder_a")])
def test_the_ladder_of_the_profile_chooses_the_drawing(counties: Counties, fixture: str, drawn: str) -> None:
    county = counties.make(fixture, "2025-12-01 08:00")
    with county.session() as session:
        found = processes.frozen(session, processes.bundle_now(session, county.id))

    assert drawn in found.versions
    assert len([key for key in found.versions if key.startswith("SP40_admonition")]) == 1
    assert ("penalty" in {o.id for o in found.bundle.node("SP40_T09_choose_next").outcomes}) == (fixture == "qingshan_a")


# ---- whose turn, and when


def test_the_second_person_has_the_due_time_of_the_first_or_a_working_day_more(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    suspected.do("SP20_T02")
    first = suspected.task("SP20_T03").due_at
    suspected.do("SP20_T03", "persuade", second=False)

    assert suspected.task("SP20_T03b").due_at == first == moment("2026-03-16 17:30")


def test_the_second_person_gets_a_working_day_when_the_first_was_late(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    suspected.do("SP20_T02")
    suspected.at("2026-03-17 09:00").do("SP20_T03", "persuade", second=False)

    assert suspected.task("SP20_T03b").due_at == moment("2026-03-18 17:30")


def test_what_the_first_says_takes_effect_when_the_second_agrees(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    suspected.do("SP20_T02")
    suspected.do("SP20_T03", "persuade", second=False)
    assert "SP30_T01" not in suspected.open()

    suspected.do("SP20_T03b", "agree")
    assert "SP30_T01" in suspected.open()


def test_the_arrangement_of_a_visit_is_offered_to_the_schools_officer_from_half_past_ten(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses")
    county.at("2026-03-10 10:15")
    with county.session() as session:
        assert tasks.count(session, county.actor("李静"), "claimable") == 0
    county.at("2026-03-10 10:30")
    with county.session() as session:
        assert tasks.count(session, county.actor("李静"), "claimable") == 1


def test_the_leader_named_in_the_form_holds_the_visit_and_the_others_get_a_copy(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses")
    visitors = [str(county.persons[name]) for name in ("许静", "田勇")]
    county.at("2026-03-10 10:15").do("SP10_T03", "assign", leader=visitors[0], visitors=visitors)
    task = county.task("SP10_T04")

    assert county.holder("SP10_T04") == "许静"
    with county.session() as session:
        shares = session.scalars(select(tasks.TaskShare).where(tasks.TaskShare.task_id == task.id)).all()
    assert [(county.name(s.person_id), s.kind) for s in shares] == [("田勇", "copy")]


@pytest.mark.parametrize(
    ("issuer", "posts"),
    [("township", ("township_head", "township_enforcement")), ("county_bureau", ("bureau_leader", "county_kcbx_officer"))],
)
def test_who_issues_and_who_enforces_is_the_profiles_choice(county: County, issuer: str, posts: tuple[str, str]) -> None:
    from service.processes.assignment import post

    with county.session() as session:
        profile = processes.frozen(session, processes.bundle_now(session, county.id)).profile
    body = {**profile.body, "rectify_order": {**profile["rectify_order"], "issuer": issuer}}
    chosen = type(profile)(body)

    assert post("issuer", {}, chosen).role == posts[0]
    assert post("issuing_officer", {}, chosen).role == posts[1]
    assert (post("second_officer", {}, chosen).role, post("second_officer", {}, chosen).nth) == (posts[1], 1)
    assert post("document_officer", {"service_kind": "rectify_order"}, chosen).role == posts[1]
    assert post("document_officer", {"service_kind": "return_notice"}, chosen).role == "school_kcbx_officer"


@pytest.mark.parametrize(
    ("code", "approver"),
    [
        ("C01", "county_kcbx_officer"),
        ("C03", "county_kcbx_officer"),
        ("C07", "bureau_leader"),
        ("C08", "bureau_leader"),
        ("C10", "bureau_leader"),
    ],
)
def test_grave_closures_are_approved_by_the_bureaus_leader(county: County, code: str, approver: str) -> None:
    from service.processes.assignment import post

    with county.session() as session:
        profile = processes.frozen(session, processes.bundle_now(session, county.id)).profile

    assert post("closure_approver", {"closure_code": code}, profile).role == approver
    assert post("closure_applicant", {"no_school": True}, profile).role == "township_edu_officer"
    assert post("closure_applicant", {}, profile).role == "school_kcbx_officer"


def test_without_a_household_cadre_the_village_does_the_work_unflagged(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")

    assert suspected.holder("SP20_T02") == "田勇"
    assert not suspected.task("SP20_T02").unmanned


def test_a_helper_who_finishes_a_lent_task_is_shown_with_whose_it_was(suspected: County, monkeypatch: pytest.MonkeyPatch) -> None:
    task = suspected.at("2026-03-12 09:00").task("SP20_T01")
    with suspected.session() as session:
        tasks.delegate(
            session, suspected.actor("李静"), task.id, person_id=suspected.persons["孙丽"], until=clock.today(), reason="外出培训"
        )
    monkeypatch.setattr(suspected.player, "_doer", lambda session, task: suspected.persons["孙丽"])
    suspected.do("SP20_T01", "opened")

    (event,) = [e for e in suspected.events("task.completed") if (e.data or {}).get("task") == task.id]
    assert (suspected.name(event.actor_id), suspected.name(event.on_behalf_of)) == ("孙丽", "李静")


# ---- submitting


def test_an_old_form_is_refused_and_a_done_task_says_by_whom(suspected: County) -> None:
    task = suspected.task("SP20_T01")
    with suspected.session() as session, pytest.raises(StaleRevision):
        processes.complete_task(session, suspected.actor("李静"), task.id, revision=task.revision + 1, outcome="opened", values={})
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    with suspected.session() as session, pytest.raises(TaskTaken, match="您已经办结"):
        processes.complete_task(session, suspected.actor("李静"), task.id, revision=task.revision, outcome="opened", values={})


@pytest.mark.parametrize(("who", "error"), [("赵强", NotFound), ("周涛", Forbidden), ("高洁", Forbidden), ("王敏", Forbidden)])
def test_nobody_else_finishes_li_jings_task(suspected: County, who: str, error: type[Exception]) -> None:
    task = suspected.task("SP20_T01")
    with suspected.session() as session, pytest.raises(error):
        processes.complete_task(session, suspected.actor(who), task.id, revision=task.revision, outcome="opened", values={})

    assert "SP20_T01" in suspected.open()


# ---- companions and messages


def test_what_may_be_open_once_is_joined_and_danger_always_opens_a_new_task(persuading: County) -> None:
    for _ in range(2):
        persuading.tell("disability_found", "李静")
        persuading.tell("danger_found", "李静")

    with persuading.session() as session:
        found = [i.process_key for i in session.scalars(select(Instance).where(Instance.status == "open", Instance.root_id.is_not(None)))]
    assert (found.count("CP01_disability"), found.count("CP10_protection")) == (1, 2)
    assert [e.data["process"] for e in persuading.events("companion.joined")] == ["CP01_disability"]


def test_companions_that_live_with_the_work_end_with_it_and_others_go_on(persuading: County) -> None:
    persuading.tell("missing", "李静")
    persuading.tell("disability_found", "李静")
    persuading.tell("deceased", "李静")

    assert instance(persuading, "CP05_missing").status == "ended"
    assert instance(persuading, "CP01_disability").status == "open"
    assert not {node for node in persuading.open() if node.startswith(("CP05", "SP30", "SP25"))}
    cancelled = {e.node_id for e in persuading.events("task.cancelled")}
    assert {"SP30_T02_visit", "CP05_T01_contact_relatives"} <= cancelled


def test_an_event_that_nothing_waits_for_is_refused_and_leaves_no_trace(persuading: County) -> None:
    before = len(persuading.events())
    with pytest.raises(NobodyWaits):
        persuading.tell("home_teaching_met", "李静")

    assert len(persuading.events()) == before


def test_a_statement_of_the_family_is_kept_until_the_diagram_asks_for_it(persuading: County) -> None:
    persuading.tell("penalty_statement", "何芳")
    with persuading.session() as session:
        (kept,) = session.scalars(select(processes.HeldMessage)).all()
    assert kept.name == "penalty_statement"

    persuading.tell("deceased", "李静")
    with persuading.session() as session:
        assert session.scalars(select(processes.HeldMessage)).all() == []


def test_a_refusal_told_before_anybody_waits_for_it_is_heard_at_once_when_they_do(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").tell("explicit_refusal", "何芳")
    assert "SP25_T01" not in suspected.open()
    suspected.do("SP20_T01", "opened")
    suspected.do("SP20_T02")
    suspected.do("SP20_T03", "persuade")

    assert "SP25_T01" in suspected.open()


# ---- giving back


def test_a_task_is_given_back_by_the_diagrams_own_way(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    suspected.do("SP20_T02")
    suspected.do("SP20_T03", "persuade", second=False)
    task = suspected.task("SP20_T03b")
    with suspected.session() as session:
        opened = processes.give_back(session, suspected.actor("何芳"), task.id, reason="来源不足")

    assert len(opened) == 1
    assert "SP20_T03" in suspected.open()
    assert suspected.events("task.returned")[-1].data["reason"] == "来源不足"


def test_a_step_that_moved_nothing_else_can_be_taken_back_with_what_was_typed(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    task = suspected.task("SP20_T02")
    with suspected.session() as session:
        (again,) = processes.give_back(session, suspected.actor("田勇"), task.id, reason="档案不全")
    reopened = suspected.task("SP20_T01")

    assert (reopened.id, suspected.holder("SP20_T01")) == (again, "李静")
    assert reopened.values
    assert "SP20_T02" not in suspected.open()
    assert "o_SP20_T01" not in suspected.facts()
    suspected.do("SP20_T01", "opened")
    assert "SP20_T02" in suspected.open()


def test_once_the_case_has_moved_a_step_cannot_be_taken_back(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    task = suspected.task("SP20_T02")
    suspected.do("SP10_T08", "ack")

    with suspected.session() as session, pytest.raises(CannotReturn):
        processes.give_back(session, suspected.actor("田勇"), task.id, reason="档案不全")


def test_only_the_holder_gives_back_and_says_why(suspected: County) -> None:
    suspected.at("2026-03-12 09:00").do("SP20_T01", "opened")
    task = suspected.task("SP20_T02")
    with suspected.session() as session, pytest.raises(Forbidden):
        processes.give_back(session, suspected.actor("周涛"), task.id, reason="我不同意")
    with suspected.session() as session, pytest.raises(NotFound):
        processes.give_back(session, suspected.actor("赵强"), task.id, reason="我不同意")
    with suspected.session() as session, pytest.raises(Invalid):
        processes.give_back(session, suspected.actor("田勇"), task.id, reason="  ")


# ---- time


def test_after_days_without_a_worker_everything_happens_in_due_order_and_counts_from_when_it_was_due(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses")
    county.player.now = moment("2026-03-13 18:00")
    county.work()
    fired = [e.at for e in county.events("timer.fired")]

    assert fired == sorted(fired)
    assert fired[0] == moment("2026-03-10 10:00")
    assert county.task("SP10_T03").due_at == moment("2026-03-10 10:30")
    assert county.task("SP10_T03").created_at == moment("2026-03-10 10:00")


def test_timers_of_a_case_fire_in_due_order_over_all_its_instances(ordered: County) -> None:
    ordered.tell("disability_found", "李静")
    ordered.player.now = moment("2026-06-01 09:00")
    ordered.work()
    with ordered.session() as session:
        events = history.of(session, f"case:{ordered.case}")
        assert history.first_break(session, f"case:{ordered.case}") is None
    fired = [e.at for e in events if e.action == "timer.fired"]

    assert len(fired) >= 2
    assert fired == sorted(fired)


def test_a_case_that_cannot_be_moved_becomes_one_incident_and_blocks_nobody(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    fine = county.absent("刘一")
    for case in (county.case, fine):
        county.at("2026-03-09 15:00").do("SP10_T01", "refuses", case=case)
    poisoned = county.case

    def poison(motion: processes.Motion) -> None:
        if motion.case_id == poisoned and motion.now > moment("2026-03-10 00:00"):
            raise ZeroDivisionError("poison")

    monkeypatch.setattr(registry, "rules", [*registry.rules, poison])
    county.player.now = moment("2026-03-10 12:00")
    county.work()
    county.player.now = moment("2026-03-10 18:00")
    county.work()

    assert county.open() == set()
    assert county.open(fine) == {"SP10_T03"}
    with county.session() as session:
        (incident,) = session.scalars(select(jobs.Incident)).all()
    assert (incident.kind, incident.case_id) == ("case.stuck", poisoned)
    assert "poison" not in incident.message
    monkeypatch.undo()
    county.player.now = moment("2026-03-11 12:00")
    county.work()
    assert "SP10_T03" in county.open()


def test_a_diagram_that_never_comes_to_rest_is_stopped_and_becomes_an_incident(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.do("SP10_T01", "refuses")

    def chatter(motion: processes.Motion) -> None:
        if motion.now > moment("2026-03-10 00:00"):
            motion.send("cause_closed")

    registry.rules.append(chatter)
    try:
        county.player.now = moment("2026-03-10 12:00")
        county.work()
    finally:
        registry.rules.remove(chatter)
    with county.session() as session:
        assert [i.kind for i in session.scalars(select(jobs.Incident))] == ["case.stuck"]


def test_only_the_bureaus_leader_holds_a_case_and_says_why(persuading: County) -> None:
    for who in ("李静", "何芳", "高洁", "周涛"):
        with pytest.raises(Forbidden):
            persuading.tell("hold", who, reason="等待结果")
    with pytest.raises(Invalid):
        persuading.tell("hold", "许宏")
    persuading.tell("hold", "许宏", reason="等待上级答复")

    assert persuading.file().status == "hold"
    persuading.tell("resume", "许宏")
    assert persuading.file().status == "suspected"


def test_in_a_hold_the_clocks_of_work_stand_still_and_go_on_afterwards(ordered: County) -> None:
    ordered.at("2026-03-11 10:00").tell("hold", "许宏", reason="等待上级答复")
    assert "SP40_T07" not in ordered.at("2026-03-25 10:00").open()
    assert ordered.file().status == "hold"
    ordered.tell("resume", "许宏")

    assert ordered.file().status == "ordered"
    assert "SP40_T07" not in ordered.at("2026-04-01 10:00").open()
    assert "SP40_T07" in ordered.at("2026-04-09 10:00").open()


# ---- what readers see


def test_the_painted_diagram_shows_where_a_case_was_is_and_was_cut_off(persuading: County) -> None:
    persuading.at("2026-03-16 11:00").tell("deceased", "李静")
    with persuading.session() as session:
        root = session.scalars(select(Instance).where(Instance.case_id == persuading.case, Instance.root_id.is_(None))).one()
        nodes = processes.frozen(session, root.bundle_id).bundle.nodes
        states = processes.node_states(history.of(session, f"case:{persuading.case}"), nodes)
    shown = {"_".join(node.split("_")[:2]): one["state"] for node, one in states.items() if re.match(r"S?P\d+_T", node)}

    assert shown["SP10_T01"] == shown["SP20_T03"] == shown["SP30_T01"] == "done"
    assert shown["SP30_T02"] == "cancelled"
    assert shown["SP90_T01"] == "here"
    assert "SP40_T01" not in shown


def test_a_node_that_was_passed_twice_counts_twice(persuading: County) -> None:
    persuading.at("2026-03-18 10:00").do("SP30_T02", "refused_pupil")
    persuading.at("2026-03-19 10:00").do("SP30_T02", "refused_pupil")
    with persuading.session() as session:
        root = session.scalars(select(Instance).where(Instance.case_id == persuading.case, Instance.root_id.is_(None))).one()
        nodes = processes.frozen(session, root.bundle_id).bundle.nodes
        one = processes.node_states(history.of(session, f"case:{persuading.case}"), nodes)["SP30_T02_visit"]

    assert (one["state"], one["count"], one["left_at"]) == ("here", 3, None)


def read(county: County, who: str, node: str, case: int = 0) -> dict[str, object]:
    with county.session() as session:
        task = session.scalars(
            select(Task)
            .where(Task.case_id == (case or county.case), Task.node_id.startswith(node + "_"), Task.state == "done")
            .order_by(Task.id.desc())
        ).first()
        assert task
        return processes.answers_for(session, county.actor(who), task)


def test_causes_are_read_by_their_author_the_schools_chain_and_whoever_holds_a_task(county: County) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses", cause="study_weary")
    readers = {name: "cause" in read(county, name, "SP10_T01") for name in ("王敏", "李静", "周涛", "陈刚", "高洁", "何芳", "田勇", "孙丽")}

    assert readers == {"王敏": True, "李静": True, "周涛": True, "陈刚": True, "高洁": False, "何芳": False, "田勇": False, "孙丽": False}
    assert read(county, "高洁", "SP10_T01").keys() >= {"attempts"}


@pytest.mark.parametrize("cause", ["early_marriage", "pregnant"])
def test_the_gravest_causes_are_read_by_nobody_but_their_author(county: County, cause: str) -> None:
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses", cause=cause)

    assert read(county, "王敏", "SP10_T01")["cause"] == cause
    for who in ("李静", "周涛", "陈刚", "高洁"):
        assert "cause" not in read(county, who, "SP10_T01")
