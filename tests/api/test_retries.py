"""One request acts once, however often it is sent (promise P2); a stale form is refused (P4); of many, one wins (P3)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from service import tasks
from tests.api.conftest import Client, completion
from tests.facilities import LONG

CROWD = 8
ROUNDS = 200 if LONG else 3


def completions(client, case_id):
    return [e for e in client.get(f"/cases/{case_id}/history", limit=200).json["items"] if e["action"] == "task.completed"]


def test_a_retry_gets_the_first_answer_byte_for_byte(teacher, case_id, task):
    path, body = f"/tasks/{task['id']}/complete", completion(task)

    first, again = teacher.post(path, body, key="k1"), teacher.post(path, body, key="k1")

    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert len(completions(teacher, case_id)) == 1


def test_the_same_key_on_another_body_is_refused(teacher, task):
    path, body = f"/tasks/{task['id']}/complete", completion(task)
    assert teacher.post(path, body, key="k1").status == 200

    refused = teacher.post(path, {**body, "outcome": "no_answer"}, key="k1")

    assert (refused.status, refused.json["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_may_be_corrected_under_the_same_key(teacher, task):
    path = f"/tasks/{task['id']}/complete"
    assert teacher.post(path, completion(task, cause=None, attempts=[]), key="k1").status == 422

    assert teacher.post(path, completion(task), key="k1").status == 200


def test_keys_of_two_people_and_of_two_routes_do_not_meet(county, teacher, task):
    officer = county.signed_in("李静")

    reminded = [client.post(f"/tasks/{task['id']}/remind", {"note": "请尽快"}, key="k1") for client in (teacher, officer)]
    claimed = teacher.post(f"/tasks/{task['id']}/release", {}, key="k1")

    assert [reply.status for reply in (*reminded, claimed)] == [200, 200, 200]


def test_an_endless_key_is_refused(teacher, task):
    assert teacher.post(f"/tasks/{task['id']}/remind", {"note": ""}, key="k" * 201).status == 422


def test_one_request_sent_by_a_crowd_at_once_acts_once(county, teacher, case_id, task):
    barrier, body = Barrier(CROWD), completion(task)

    def send(_number):
        client = Client(county.app.test_client(use_cookies=False), teacher.token)
        barrier.wait()
        return client.post(f"/tasks/{task['id']}/complete", body, key="crowd")

    with ThreadPoolExecutor(CROWD) as crowd:
        replies = list(crowd.map(send, range(CROWD)))

    assert {reply.status for reply in replies} == {200}
    assert all(reply.body == replies[0].body for reply in replies)
    assert len(completions(teacher, case_id)) == 1


def test_of_two_people_who_submit_at_once_one_wins_and_the_others_learn_it(county, teacher):
    helper = county.signed_in("李静")
    loan = {"person_id": str(_person_id(county, "lijing")), "until": "2026-03-20", "reason": "外出"}
    for number in range(ROUNDS):
        pupil = {"name": f"程{number}", "birth_date": "2012-05-20", "class": "801", "village": "上村"}
        county.students[pupil["name"]] = county.stranger().post("/sandbox/students", pupil).json["id"]
        case_id = county.absent(pupil["name"], teacher).json["started"][0]
        task = teacher.get("/tasks", case=case_id).json["items"][0]
        assert teacher.post(f"/tasks/{task['id']}/delegate", loan).status == 200

        replies = _at_once(county, [teacher, helper], task)

        assert sorted(reply.status for reply in replies) == [200] + [409] * (CROWD - 1)
        assert {reply.json["code"] for reply in replies if reply.status == 409} <= {"task_taken", "task_gone", "stale_revision"}
        assert len(completions(teacher, case_id)) == 1
        assert teacher.get("/tasks", case=case_id).json["items"] == []
    with county.database.reading() as session:
        done = session.scalar(select(func.count()).select_from(tasks.Task).where(tasks.Task.state == "done"))
    assert done == ROUNDS


def _at_once(county, signed_in, task):
    barrier = Barrier(CROWD)

    def send(number):
        client = Client(county.app.test_client(use_cookies=False), signed_in[number % len(signed_in)].token)
        barrier.wait()
        return client.post(f"/tasks/{task['id']}/complete", completion(task))

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(send, range(CROWD)))


def _person_id(county, username):
    from service import people

    with county.database.reading() as session:
        return session.scalar(select(people.Person.id).where(people.Person.username == username))


def test_a_stale_form_changes_nothing(teacher, case_id, task):
    saved = teacher.send("PUT", f"/tasks/{task['id']}/draft", {"values": {"remark": "占线"}})
    assert saved.json["revision"] == task["revision"] + 1

    refused = teacher.post(f"/tasks/{task['id']}/complete", completion(task))

    assert (refused.status, refused.json["code"]) == (409, "stale_revision")
    assert completions(teacher, case_id) == []
    assert teacher.get(f"/tasks/{task['id']}").json["draft"] == {"remark": "占线"}


@pytest.mark.parametrize("route", ["claim", "release"])
def test_other_writes_may_name_the_revision_they_saw(teacher, task, route):
    refused = teacher.post(f"/tasks/{task['id']}/{route}", {"revision": task["revision"] - 1})

    assert refused.status == 409
