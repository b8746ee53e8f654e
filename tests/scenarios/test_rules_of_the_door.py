"""What the API promises to everybody: sight, locking, retries, lists, refusals (API.md, Conventions; DOMAIN f.1)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios import answers, dates
from tests.scenarios.county import County
from tests.scenarios.driver import Story
from tests.scenarios.passages import detection, unseen_by

NOBODY_OUTSIDE = ("高洁", "许宏", "何芳", "罗军", "马健", "董洁", "赵强", "钱峰", "段红", "史诚", "孔亮")


@pytest.fixture
def called(county: County) -> Story:
    """刘一 is absent for the first time on Monday 2026-03-16; 王敏 holds the call."""
    story = Story(county, "door", "刘一", "2026-03-16", mentions="SP10_T01").start()
    story.at("03-16 08:40").attendance("absent")
    return story


# — sight —


def test_an_alert_is_seen_in_its_school_only(called: Story) -> None:
    unseen_by(called, *NOBODY_OUTSIDE)
    for name in ("王敏", "李静", "周涛", "陈刚"):
        called.case(by=name)


def test_a_suspected_pupil_is_seen_by_the_county_and_the_own_township(county: County) -> None:
    story = Story(county, "door", "陈三", "2026-03-09").start()
    detection(story, "03-09", "03-10", "03-11")
    for name in ("高洁", "许宏", "何芳", "罗军", "李静", "王敏", "田勇"):
        story.case(by=name)
    unseen_by(story, "段红", "贺斌", "赵强", "钱峰", "邓丽", "余波", "史诚", "孔亮")


def test_who_shares_a_task_of_an_alert_sees_that_task(county: County) -> None:
    story = Story(county, "door", "陈三", "2026-03-09", mentions="SP10_T04").start()
    story.at("03-09 08:40").attendance("absent")
    story.day("03-10", "absent").at("03-10 11:00")
    visit = story.task("SP10_T04")
    shared = {story.county.name_of(person) for person in visit["copies"]}
    assert shared, "the visit has no second visitor"
    for name in shared:
        story.api(name).get(f"/tasks/{visit['id']}").expect(200)
        story.api(name).post(f"/tasks/{visit['id']}/complete", {"revision": visit["revision"], "outcome": "promised", "values": {}}).expect(
            403
        )


def test_a_stranger_is_told_that_there_is_no_such_task(called: Story) -> None:
    task = called.task("SP10_T01")
    api = called.api("赵强")
    api.get(f"/tasks/{task['id']}").refused(404)
    api.post(f"/tasks/{task['id']}/complete", {"revision": task["revision"], "outcome": "refuses", "values": {}}).refused(404)
    api.put(f"/tasks/{task['id']}/draft", {"values": {}}).refused(404)
    for verb in ("claim", "release"):
        api.post(f"/tasks/{task['id']}/{verb}").refused(404)
    api.get(f"/students/{called.county.students['刘一']}").refused(404)
    api.post(f"/cases/{called.case_id}/events", {"event": "return_claimed", "values": {}}).refused(404)
    called.expect("SP10_T01", "王敏")


def test_who_sees_a_task_without_holding_it_may_not_complete_it(called: Story) -> None:
    task = called.task("SP10_T01")
    called.send(task, "陈刚", "refuses", {}, task["revision"]).expect(403)


def test_nothing_is_open_without_a_sign_in(called: Story) -> None:
    stranger = called.county.stranger
    for path in ("/tasks", "/cases", f"/cases/{called.case_id}", f"/cases/{called.case_id}/history", "/students", "/processes"):
        stranger.get(path).refused(401)
    stranger.post("/absences", {"rows": []}).refused(401)
    stranger.post("/tokens", {"username": "wangmin", "password": "falsch"}).refused(401)


def test_a_token_given_back_opens_nothing(called: Story) -> None:
    from tests.scenarios.door import Api

    made = called.county.stranger.post("/tokens", {"username": "lijing", "password": "training"}).expect(201)
    assert {"token", "expires_at", "person"} <= made.keys()
    own = Api(called.county.door, made["token"])
    own.get("/tasks").expect(200)
    own.delete("/tokens/current").expect(204)
    own.get("/tasks").refused(401)


# — attendance —


def test_a_teacher_posts_no_attendance_for_another_class(county: County) -> None:
    story = Story(county, "door", "刘一", "2026-03-16").start()
    story.at("03-16 08:40")
    for name in ("邓丽", "赵强"):
        row = {"student_id": county.students["刘一"], "date": "2026-03-16", "present": False, "note": ""}
        reply = county.api(name).post("/absences", {"rows": [row]})
        refused = reply.status in (403, 404, 422)
        assert refused or (reply.json["accepted"] == 0 and reply.json["problems"]), f"{name} posted for 801: {reply.text}"
    assert county.api("陈刚").get("/cases", q="刘一").expect(200)["items"] == []


def test_good_rows_are_taken_and_bad_ones_are_named(county: County) -> None:
    story = Story(county, "door", "刘一", "2026-03-16").start()
    story.at("03-16 08:40")
    good = {"student_id": county.students["刘一"], "date": "2026-03-16", "present": False, "note": ""}
    rows = [{**good, "student_id": "nobody"}, good, {**good, "date": "2026-03-17"}]
    posted = county.api("王敏").post("/absences", {"rows": rows}).expect(200)
    assert posted["accepted"] == 1
    assert len(posted["started"]) == 1
    assert {problem["row"] for problem in posted["problems"]} in ({0, 2}, {1, 3}), f"problems: {posted['problems']}"
    assert all(problem["code"] and problem["message"] for problem in posted["problems"])


def test_the_same_row_twice_starts_one_case(called: Story) -> None:
    assert called.attendance("absent")["started"] == []
    assert called.attendance("absent", by="李静")["started"] == []
    cases = called.api("陈刚").get("/cases", q="刘一").expect(200)["items"]
    assert len(cases) == 1


def test_presence_and_days_without_school_start_nothing(county: County) -> None:
    story = Story(county, "door", "刘一", "2026-03-14").start()
    story.at("03-14 08:40")
    row = {"student_id": county.students["刘一"], "date": "2026-03-14", "present": False, "note": ""}
    posted = county.api("王敏").post("/absences", {"rows": [row]}).expect(200)
    assert posted["started"] == [], "absence on a Saturday started a case"
    story.at("03-16 08:40")
    assert story.attendance("present")["started"] == []


# — locking and retries —


def test_a_stale_form_is_refused_and_changes_nothing(called: Story) -> None:
    task = called.task("SP10_T01")
    values = _answers(called, task)
    current = called.detail(task, "王敏")["revision"]
    stale = current + 1 if isinstance(current, int) else f"{current}-other"
    called.send(task, "王敏", "refuses", values, stale).refused(409, "stale_revision")
    called.expect("SP10_T01", "王敏", "03-16 17:00")
    called.send(task, "王敏", "refuses", values, current).expect(200)


def test_the_same_request_twice_acts_once(called: Story) -> None:
    task = called.task("SP10_T01")
    body = {"revision": called.detail(task, "王敏")["revision"], "outcome": "refuses", "values": _answers(called, task)}
    path = f"/tasks/{task['id']}/complete"
    first = called.api("王敏").post(path, body, key="one-call").expect(200)
    again = called.api("王敏").post(path, body, key="one-call").expect(200)
    assert again == first, "the retry got another answer"
    done = [event for event in called.history() if event["action"] == "task.completed"]
    assert len(done) == 1, f"one request acted {len(done)} times"
    called.api("王敏").post(path, {**body, "outcome": "no_answer"}, key="one-call").expect(422)


def test_a_task_is_completed_once(called: Story) -> None:
    task = called.task("SP10_T01")
    revision, values = called.detail(task, "王敏")["revision"], _answers(called, task)
    called.send(task, "王敏", "refuses", values, revision).expect(200)
    called.send(task, "王敏", "refuses", values, revision).refused(409)


def test_a_task_that_the_return_took_away_cannot_be_completed(county: County) -> None:
    story = Story(county, "door", "陈三", "2026-03-09", mentions="SP30_T01 SP30_T02 SP65_T01").start()
    detection(story, "03-09", "03-10", "03-11")
    story.at("03-17 17:00").do("SP30_T01")
    task = story.task("SP30_T02", "何芳")
    for day in ("03-18", "03-19", "03-20"):
        story.day(day, "present")
    story.at("03-20 15:00").do("SP65_T01", "confirmed")
    story.status("returned")
    story.send(task, "何芳", "refused_guardian", {}, task["revision"]).refused(409)


def test_a_draft_is_kept_and_not_judged(called: Story) -> None:
    task = called.task("SP10_T01")
    called.api("王敏").put(f"/tasks/{task['id']}/draft", {"values": {"remark": "占线，稍后再打"}}).expect(200, 204)
    assert called.detail(task, "王敏")["draft"]["remark"] == "占线，稍后再打"
    assert called.detail(task, "陈刚").get("draft") in (None, {}), "a draft is shown to somebody else"
    called.do("SP10_T01", "refuses")


# — what a form refuses —


def test_an_unknown_key_is_named(called: Story) -> None:
    task = called.task("SP10_T01")
    values = {**_answers(called, task), "surprise": "x"}
    problem = called.send(task, "王敏", "refuses", values, task["revision"]).refused(422)
    assert "surprise" in problem["errors"]


def test_an_outcome_that_does_not_exist_is_refused(called: Story) -> None:
    task = called.task("SP10_T01")
    called.send(task, "王敏", "expelled", _answers(called, task), task["revision"]).expect(409, 422)
    called.expect("SP10_T01", "王敏")


def test_a_field_that_contradicts_the_outcome_is_refused(called: Story) -> None:
    called.refuse("SP10_T01", "refuses", 422, result="请假")


def test_what_is_missing_is_named_per_field_in_chinese(called: Story) -> None:
    task = called.task("SP10_T01")
    problem = called.send(task, "王敏", "refuses", {"attempts": []}, task["revision"]).refused(422)
    messages = str(problem["errors"])
    assert "attempts" in problem["errors"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in messages), f"messages are not Chinese: {messages}"


# — time —


def test_the_clock_fires_nothing_early_and_never_goes_back(called: Story) -> None:
    called.do("SP10_T01", "refuses")
    almost = dates.at(called.now.date() + timedelta(days=1), "10:00") - timedelta(seconds=1)
    called.move(almost)
    called.none("SP10_T03")
    called.at("03-17 10:00").expect("SP10_T03", "周涛", "03-17 10:30")
    back = called.county.stranger.post("/sandbox/clock", {"now": dates.at(called.now.date(), "09:00").isoformat()})
    assert back.status in (409, 422), f"the clock went back: {back.status}"
    assert called.county.now() == called.now


def test_the_clock_stands_still_between_calls(called: Story) -> None:
    assert called.county.now() == called.county.now() == called.now


def test_one_long_jump_fires_what_many_small_ones_fire(county: County) -> None:
    """Deadlines count from when things were due, also after an outage."""
    opened = []
    for stops in (("03-17 10:00", "03-18 09:00"), ("03-18 09:00",)):
        story = Story(county, "door", "刘一", "2026-03-16", mentions="SP10_T01 SP10_T03").start()
        story.at("03-16 08:40").attendance("absent")
        story.do("SP10_T01", "refuses")
        for stop in stops:
            story.move(story.moment(stop))
        opened.append([(task["node_id"], task["due_at"]) for task in story.open_tasks()])
    assert opened[0] == opened[1]


# — lifecycle —


def test_a_second_trigger_joins_the_running_case(called: Story) -> None:
    clue = {"student_id": called.county.students["刘一"], "trigger_type": "clue"}
    values = answers.usual(answers.Scene("F45", "F45", "", "李静", "王敏", called.now))
    values["received_at"] = called.now.isoformat()
    called.api("李静").post("/cases", {**clue, "values": {key: values[key] for key in ("source", "received_at", "clue")}}).expect(
        200, 201, 409
    )
    active = called.api("陈刚").get("/cases", q="刘一").expect(200)["items"]
    assert [case["id"] for case in active] == [called.case_id], f"there are {len(active)} cases"


def test_a_closed_case_takes_no_events_and_a_new_absence_makes_a_new_episode(called: Story) -> None:
    called.do("SP10_T01", "present_error", result="考勤错误")
    assert called.status("closed")["closure"]["code"] == "C11"
    called.event("return_claimed", "王敏").refused(409)
    first = called.case_id
    called.at("03-30 08:40").attendance("absent")
    assert called.case_id != first
    assert called.status("alert")["episode_no"] == 2


@pytest.mark.parametrize(("event", "by"), [("explicit_refusal", "王敏"), ("hold", "李静"), ("no_such_event", "李静")])
def test_an_event_is_refused_from_whom_it_is_not_for(called: Story, event: str, by: str) -> None:
    reply = called.event(event, by)
    assert reply.status in (403, 404, 409, 422), f"{by} sent {event}: {reply.status}"
    called.status("alert")


def test_the_diagram_knows_where_the_case_stands(called: Story) -> None:
    shown = called.api("陈刚").get(f"/cases/{called.case_id}/diagram", process="SP10_detection").expect(200)
    assert "<" in shown["xml"]
    assert shown["nodes"]["SP10_T01_contact_guardian"]["entered_at"]
    called.do("SP10_T01", "refuses")
    after = called.api("陈刚").get(f"/cases/{called.case_id}/diagram", process="SP10_detection").expect(200)
    assert after["nodes"]["SP10_T01_contact_guardian"]["left_at"]
    assert "SP10_T02_leave_slip" not in {node for node, at in after["nodes"].items() if at.get("entered_at")}


# — lists and history —


def test_a_list_read_in_pages_is_the_whole_list(called: Story) -> None:
    whole = called.api("陈刚").get("/students", limit=200, count="true").expect(200)
    pages: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(100):
        page = called.api("陈刚").get("/students", limit=7, cursor=cursor).expect(200)
        assert len(page["items"]) <= 7
        pages += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    ids = [student["id"] for student in pages]
    assert len(ids) == len(set(ids)) == whole["total"], f"{len(ids)} pupils in pages, {whole['total']} in all"


def test_the_history_has_no_gap_and_verifies(called: Story) -> None:
    called.do("SP10_T01", "refuses")
    called.at("03-17 10:00").do("SP10_T03")
    events = called.history()
    sequence = [event["seq"] for event in events]
    assert sequence == list(range(sequence[0], sequence[0] + len(sequence))), f"the history has a gap: {sequence}"
    assert all({"at", "actor", "action", "data", "hash"} <= event.keys() for event in events)
    assert len({event["hash"] for event in events}) == len(events)
    done = next(event for event in events if event["action"] == "task.completed")
    assert "王敏" in str(done["actor"]) or called.county.person_id("王敏") in str(done["actor"]), f"the call was made by {done['actor']}"
    verified = called.api("万青").post("/audit/verify", {"case_id": called.case_id}).expect(200)
    assert verified["ok"] is True
    assert verified["checked"] >= len(events)


def test_the_inbox_is_sorted_by_urgency(county: County) -> None:
    Story(county, "door", "刘一", "2026-03-16").start().at("03-16 07:30")
    for pupil in ("张二", "刘一", "陈三"):
        row = {"student_id": county.students[pupil], "date": "2026-03-16", "present": False, "note": ""}
        county.api("王敏").post("/absences", {"rows": [row]}).expect(200)
    items = county.api("王敏").get("/tasks", view="mine").expect(200)["items"]
    dues = [task["due_at"] for task in items]
    assert len(dues) == 3
    assert dues == sorted(dues)
    assert {task["light"] for task in items} <= {"normal", "soon", "overdue", "seriously_overdue"}


def _answers(story: Story, task: dict[str, Any]) -> dict[str, Any]:
    return story.written(story.detail(task, "王敏"), "王敏", "refuses", {})
