"""Every refusal is a problem document: Chinese for a person, a stable code for a program, nothing else."""

import pytest

from service.api import door
from service.db import Database
from tests.api.conftest import Client, make_app


def test_a_refusal_says_what_a_person_and_a_program_need(teacher):
    refused = teacher.get("/tasks/999999")

    assert (refused.status, refused.kind) == (404, "application/problem+json")
    assert refused.json == {
        "type": "urn:kcbx:problem:not_found",
        "title": "没有找到",
        "status": 404,
        "detail": "没有找到这项任务",
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/tasks/not-an-id", 404, "not_found"),
        ("GET", "/tasks/-1", 404, "not_found"),
        ("GET", f"/tasks/{10**18}", 404, "not_found"),
        ("DELETE", "/tasks", 405, "method_not_allowed"),
        ("GET", "/absences", 405, "method_not_allowed"),
        ("PUT", "/cases/1", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_route_is_a_problem_too(teacher, method, path, status, code):
    refused = teacher.send(method, path)

    assert (refused.status, refused.json["code"]) == (status, code)


def test_a_wrong_method_names_the_right_ones(teacher):
    assert teacher.send("DELETE", "/tasks").headers["Allow"] == "GET, HEAD"


def test_an_id_of_eighteen_digits_is_just_not_there(teacher):
    assert teacher.get(f"/cases/{10**18 - 1}").status == 404
    assert teacher.post("/tasks/1/assign", {"person_id": str(10**30)}).json["errors"] == {"person_id": ["编号不对"]}


def test_bodies_have_a_limit_and_a_type(county, teacher):
    client, signed_in = county.app.test_client(use_cookies=False), {"Authorization": f"Bearer {teacher.token}"}

    large = client.post("/api/v1/absences", data=b"[" * (door.LARGEST_JSON + 1), content_type="application/json", headers=signed_in)
    typed = client.post("/api/v1/absences", data=b"rows=1", content_type="application/x-www-form-urlencoded", headers=signed_in)
    file = client.post("/api/v1/files", data=b"{}", content_type="application/json", headers=signed_in)

    assert [(r.status_code, r.get_json(force=True)["code"]) for r in (large, typed, file)] == [
        (413, "too_large"),
        (415, "unsupported_type"),
        (415, "unsupported_type"),
    ]


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "rows", "必填"),
        ({"rows": "x"}, "rows", "应为列表"),
        ({"rows": [], "more": 1}, "more", "没有这一项"),
        ({"rows": [{"student_id": "1", "date": "16.3.2026", "present": False}]}, "rows.0.date", "应为日期，格式为 2026-03-16"),
        ({"rows": [{"student_id": "1", "date": "2026-03-16", "present": False, "note": "a\x00b"}]}, "body", "有不能保存的字符"),
        ([1], "body", "格式不对"),
    ],
)
def test_what_cannot_be_read_is_named_by_field_in_chinese(teacher, body, field, said):
    refused = teacher.post("/absences", body)

    assert refused.status == 422
    assert refused.json["errors"] == {field: [said]}


def test_broken_json_is_told_apart_from_wrong_json(county, teacher):
    headers = {"Authorization": f"Bearer {teacher.token}"}

    answer = county.app.test_client().post("/api/v1/absences", data=b'{"rows": [', content_type="application/json", headers=headers)

    assert answer.status_code == 422
    assert answer.get_json(force=True)["errors"] == {"body": ["不是有效的 JSON"]}


def test_a_bug_shows_nothing_of_what_was_typed(county, teacher, monkeypatch, caplog):
    def broken(*_args, q, **_kwargs):
        raise ValueError(q)

    monkeypatch.setattr("service.people.search", broken)
    answer = teacher.get("/students", q="刘一")

    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert "刘一" not in answer.body.decode() + caplog.text
    assert "ValueError" in caplog.text


def test_a_database_that_is_gone_is_503_and_try_again(settings_for, caplog):
    settings = settings_for("postgresql://nobody@127.0.0.1:9/nothing")
    database = Database(settings.database_url)
    stranger = Client(make_app(database, settings).test_client())

    refused = stranger.post("/tokens", {"username": "wangmin", "password": "training"})

    assert (refused.status, refused.json["code"], refused.headers["Retry-After"]) == (503, "unavailable", "5")
    assert stranger.get("/health/ready").status == 503
    assert stranger.get("/health/live").status == 200
    database.close()
