"""The sandbox's clock stands, moves forward only, and is one clock for every process."""

from datetime import datetime

import pytest
from sqlalchemy import select

from service import jobs, processes
from service.db import Database
from service.processes import registry
from tests.api.conftest import MORNING, Client, completion, make_app


def test_the_clock_stands_where_it_was_put(county):
    stranger = county.stranger()

    assert stranger.get("/sandbox/clock").json == stranger.get("/sandbox/clock").json == {"now": MORNING, "running": False}


def test_the_clock_never_goes_back(county):
    refused = county.move_to("2026-03-16T08:39:59+08:00")

    assert (refused.status, refused.json["errors"]) == (422, {"now": ["时钟只能向前走"]})
    assert county.stranger().get("/sandbox/clock").json["now"] == MORNING


def test_moving_to_now_fires_nothing(county, case_id):
    assert county.move_to(MORNING).json == {"now": MORNING, "fired": 0}


def test_what_is_due_happens_at_its_own_moment(county, teacher, case_id, task):
    assert teacher.post(f"/tasks/{task['id']}/complete", completion(task)).status == 200

    assert county.move_to("2026-03-17T09:59:59+08:00").json["fired"] == 0
    assert county.move_to("2026-03-18T08:00:00+08:00").json["fired"] >= 1
    events = teacher.get(f"/cases/{case_id}/history").json["items"]
    opened = next(one for one in events if one["node_id"] == "SP10_T03_arrange_visit")
    assert (opened["action"], opened["at"]) == ("task.opened", "2026-03-17T10:00:00+08:00")
    assert [one["at"] for one in events] == sorted(one["at"] for one in events)


def test_a_task_is_late_one_second_after_it_was_due(county, teacher, case_id, task):
    teacher.post(f"/tasks/{task['id']}/complete", completion(task))
    county.move_to("2026-03-17T10:30:00+08:00")
    assert "task.overdue" not in [one["action"] for one in teacher.get(f"/cases/{case_id}/history").json["items"]]

    county.move_to("2026-03-18T12:00:00+08:00")

    late = [one for one in teacher.get(f"/cases/{case_id}/history").json["items"] if one["action"] == "task.overdue"]
    assert (late[0]["at"], late[0]["node_id"]) == ("2026-03-17T10:30:01+08:00", "SP10_T03_arrange_visit")


def test_a_job_that_fails_is_tried_again_and_ends_as_an_incident(county, monkeypatch):
    tries = []

    def fail(_session, payload):
        tries.append(payload["number"])
        if payload["number"] == 1:
            raise ZeroDivisionError("刘一")

    monkeypatch.setitem(jobs._handlers, "test.fail", fail)
    with county.database.transaction() as session:
        for number in (1, 2):
            jobs.put(session, 1, "test.fail", {"number": number}, due_at=datetime.fromisoformat(MORNING))

    assert county.move_to("2026-03-16T12:00:00+08:00").json["fired"] == 1

    assert tries == [1, 2, *[1] * (jobs.GIVE_UP_AFTER - 1)]
    with county.database.reading() as session:
        states = session.execute(select(jobs.Job.state).order_by(jobs.Job.id)).scalars().all()
        incident = session.scalars(select(jobs.Incident)).one()
    assert (states, incident.kind) == (["failed", "done"], "job.failed")
    assert "刘一" not in incident.message


def test_a_case_that_cannot_move_becomes_one_incident_and_holds_up_nobody(county, teacher, case_id, task, monkeypatch):
    other = county.absent("张二", teacher).json["started"][0]
    for case in (case_id, other):
        first = teacher.get("/tasks", case=case).json["items"][0]
        assert teacher.post(f"/tasks/{first['id']}/complete", completion(first)).status == 200

    def poison(motion):
        if str(motion.case_id) == case_id and motion.actor.system:
            raise ZeroDivisionError("刘一")

    monkeypatch.setattr(registry, "rules", [*registry.rules, poison])
    assert county.move_to("2026-03-20T10:00:00+08:00").status == 200

    with county.database.reading() as session:
        found = session.scalars(select(jobs.Incident)).all()
        assert [(str(one.case_id), one.kind) for one in found] == [(case_id, "case.stuck")]
        assert "刘一" not in found[0].message
    moved = [one["node_id"] for one in teacher.get(f"/cases/{other}/history").json["items"] if one["action"] == "task.opened"]
    assert "SP10_T03_arrange_visit" in moved
    record = teacher.get(f"/cases/{case_id}/history").json["items"]
    assert [one["action"] for one in record].count("incident.opened") == 1
    assert "SP10_T03_arrange_visit" not in [one["node_id"] for one in record]


def test_a_mended_case_goes_on_where_it_stuck(county, teacher, case_id, task, monkeypatch):
    teacher.post(f"/tasks/{task['id']}/complete", completion(task))

    def poison(motion):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(registry, "rules", [poison])
        county.move_to("2026-03-17T12:00:00+08:00")
    county.move_to("2026-03-19T12:00:00+08:00")

    opened = [one["node_id"] for one in teacher.get(f"/cases/{case_id}/history").json["items"] if one["action"] == "task.opened"]
    assert "SP10_T03_arrange_visit" in opened


def test_another_process_notices_that_the_sandbox_was_loaded_anew(county, teacher, case_id, settings_for):
    url = county.database.engine.url.render_as_string(hide_password=False)
    other = Database(url)
    beside = Client(make_app(other, settings_for(url)).test_client(use_cookies=False), teacher.token)
    assert beside.get("/tasks").json["items"]
    remembered = set(other.memory)

    loaded = county.stranger().post("/sandbox/reset", {"fixture": "qingshan_a", "now": "2026-03-16T07:00:00+08:00"})

    assert loaded.status == 200
    assert beside.get("/tasks").status == 401
    assert beside.get("/sandbox/clock").json["now"] == "2026-03-16T07:00:00+08:00"
    assert {key for key in remembered if not isinstance(key, str)} and not [key for key in other.memory if not isinstance(key, str)]
    assert "vault" in other.memory
    other.close()


def test_an_unknown_fixture_is_refused_and_nothing_is_lost(county, case_id, teacher):
    refused = county.stranger().post("/sandbox/reset", {"fixture": "atlantis", "now": MORNING})

    assert (refused.status, list(refused.json["errors"])) == (422, ["fixture"])
    assert teacher.get(f"/cases/{case_id}").status == 200


@pytest.mark.parametrize("now", ["2026-03-16T07:00:00", "tomorrow", None])
def test_a_moment_without_its_offset_is_none(county, now):
    assert county.stranger().post("/sandbox/clock", {"now": now}).status == 422


def test_an_invented_pupil_lives_in_the_village_and_class_named(county):
    pupil = {"name": "程一一", "birth_date": "2012-05-20", "class": "801", "village": "上村", "id_number": "990101201205200011"}
    guardians = [{"name": "程母", "relation": "母", "phone": "13800004321", "is_legal_guardian": True}]

    made = county.stranger().post("/sandbox/students", {**pupil, "guardians": guardians})
    shown = county.signed_in("王敏").get(f"/students/{made.json['id']}").json

    assert made.status == 201
    assert (shown["class"]["name"], shown["village"]["name"], shown["guardians"][0]["phone"]) == ("801", "上村", "138******21")
    assert county.stranger().post("/sandbox/students", {**pupil, "village": "无此村"}).status == 422
    assert county.stranger().post("/sandbox/students", {**pupil, "class": "999"}).status == 422


def test_nothing_runs_where_nothing_is_due(county):
    with county.database.reading() as session:
        now = processes.sandbox_now(session)
    assert processes.run_due(county.database, now, step_clock=True) == 0
