"""Lists come in pages that together are the whole list, within one's sight."""

import pytest


def pages(client, path, limit, **query):
    found, cursor = [], None
    for _ in range(100):
        page = client.get(path, limit=limit, **query, **({"cursor": cursor} if cursor else {})).json
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


def test_pupils_in_pages_are_all_pupils_of_the_school_once(county):
    principal = county.signed_in("陈刚")

    found = pages(principal, "/students", 7)

    ids = [one["id"] for one in found]
    assert len(ids) == len(set(ids)) == principal.get("/students", count="true").json["total"]


def test_tasks_in_pages_are_sorted_by_urgency_and_counted(county, teacher):
    for pupil in ("刘一", "张二", "陈三", "孙五", "蒋十"):
        assert county.absent(pupil, teacher).json["accepted"] == 1

    found = pages(teacher, "/tasks", 2)

    assert len({one["id"] for one in found}) == 5 == teacher.get("/tasks", count="true").json["total"]
    assert [(one["due_at"], int(one["id"])) for one in found] == sorted((one["due_at"], int(one["id"])) for one in found)


def test_cases_and_history_come_in_pages(county, teacher, case_id):
    for pupil in ("张二", "陈三"):
        county.absent(pupil, teacher)

    cases = pages(teacher, "/cases", 1)
    events = pages(teacher, f"/cases/{case_id}/history", 1)

    assert [int(one["id"]) for one in cases] == sorted((int(one["id"]) for one in cases), reverse=True)
    assert len(cases) == 3 == teacher.get("/cases", count="true").json["total"]
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/students"])
@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4Il0", "W10", "WzFd" * 50, "WzEsMl0", "%00"])
def test_a_cursor_that_nobody_gave_is_refused(teacher, path, cursor):
    refused = teacher.get(path, cursor=cursor)

    assert refused.status == 422
    assert "cursor" in refused.json["errors"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x"])
def test_a_page_has_between_one_and_two_hundred_rows(teacher, limit):
    assert "limit" in teacher.get("/tasks", limit=limit).json["errors"]


def test_filters_narrow_the_inbox(county, teacher, case_id):
    county.absent("张二", teacher)

    def names(**query):
        return [one["student"]["name"] for one in teacher.get("/tasks", **query).json["items"]]

    assert names(q="张") == ["张二"]
    assert names(case=case_id) == ["刘一"]
    assert len(names(process="SP10_detection")) == len(names(node="SP10_T01")) == len(names(node="SP10_T01_contact_guardian")) == 2
    assert names(process="SP30_persuasion") == names(node="SP10_T99") == names(overdue="true") == []


def test_what_is_not_ones_own_is_not_there(county, teacher, case_id, task):
    stranger = county.signed_in("赵强")  # teaches at the other school

    for path in (
        f"/tasks/{task['id']}",
        f"/cases/{case_id}",
        f"/cases/{case_id}/history",
        f"/cases/{case_id}/diagram",
        f"/cases/{case_id}/documents",
        f"/students/{county.students['刘一']}",
    ):
        assert stranger.get(path).status == 404, path
    completed = {"revision": 1, "outcome": "refuses", "values": {}}
    for verb, body in (("complete", completed), ("claim", {}), ("remind", {}), ("return", {"reason": "x"})):
        assert stranger.post(f"/tasks/{task['id']}/{verb}", body).status == 404, verb
    assert stranger.post(f"/cases/{case_id}/events", {"event": "deceased"}).status == 404
    assert stranger.post("/cases", {"student_id": county.students["刘一"], "trigger_type": "clue"}).status == 404
    assert stranger.get("/cases").json["items"] == []


def test_names_are_masked_for_those_who_only_supervise(county):
    inspector = county.signed_in("姚远")

    found = inspector.get("/students", q="刘一").json["items"]
    shown = inspector.get(f"/students/{county.students['刘一']}").json

    assert [one["name"] for one in found] == ["刘*"]
    assert (shown["name"], shown["guardians"], shown["registry_no"]) == ("刘*", [], None)
    assert shown["id_number"].count("*") > 5
