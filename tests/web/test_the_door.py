"""Who gets in, and what every answer carries."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from service.web.frame import OPEN
from service.web.wire import masked, matches
from tests.web.browsing import Visitor

if TYPE_CHECKING:
    from flask import Flask

Visit = Callable[[str], Visitor]


def test_every_page_but_the_door_needs_a_sign_in(lived_in: "Flask") -> None:
    stranger = lived_in.test_client()
    asked = 0
    for rule in lived_in.url_map.iter_rules():
        if not rule.endpoint.startswith("web.") or rule.endpoint in OPEN:
            continue
        values = dict.fromkeys(rule.arguments, 1) | {"move": "release", "event": "missing", "key": "P01_student_case", "number": 1}
        path = lived_in.url_map.bind("localhost").build(rule.endpoint, {k: v for k, v in values.items() if k in rule.arguments})
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        answer = stranger.open(path, method=method)
        assert answer.status_code == 303, f"{method} {path} answered {answer.status_code}"
        assert answer.headers["Location"].startswith("/sign-in"), path
        asked += 1
    assert asked > 30


def test_after_signing_in_one_is_back_at_the_page_one_asked_for(lived_in: "Flask") -> None:
    visitor = Visitor(lived_in)
    away = visitor.get("/cases?stage=penalty")
    door = visitor.get(away.headers["Location"])
    back = next(control["value"] for control in door.read.controls if control.get("name") == "back")

    entered = visitor.client.post("/session", data={"csrf": door.read.token, "username": "gaojie", "password": "training", "back": back})

    assert entered.headers["Location"] == "/cases?stage=penalty"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(lived_in: "Flask", elsewhere: str) -> None:
    visitor = Visitor(lived_in)
    token = visitor.get("/sign-in").read.token

    answer = visitor.client.post("/session", data={"csrf": token, "username": "gaojie", "password": "training", "back": elsewhere})

    assert answer.headers["Location"] == "/tasks"


def test_a_wrong_password_is_told_without_saying_which_half_was_wrong(lived_in: "Flask") -> None:
    visitor = Visitor(lived_in)
    for username in ("wangmin", "nobody"):
        token = visitor.get("/sign-in").read.token
        answer = visitor.client.post("/session", data={"csrf": token, "username": username, "password": "wrong"})
        assert answer.status_code == 401
        assert "用户名或密码不正确" in answer.text
        assert f'value="{username}"' in answer.text, "what was typed is gone"


def test_the_sign_in_page_has_a_button_for_every_role_with_a_line_of_english(lived_in: "Flask") -> None:
    page = Visitor(lived_in).get("/sign-in").text

    assert page.count('name="part"') >= 25
    assert "Class teacher: calls the roll, phones parents, files home visits" in page


def test_a_form_without_its_token_changes_nothing(visit: Visit) -> None:
    visitor = visit("wangmin")

    for token in ("", "forged", masked("another secret")):
        refused = visitor.post("/me/type", {}, token=token)
        assert refused.status == 403
        assert "已经过期" in refused.said


def test_a_token_of_one_sitting_is_no_good_in_another(visit: Visit) -> None:
    hers, his = visit("wangmin"), visit("gaojie")

    assert his.post("/me/type", {}, token=hers.get("/me").read.token).status == 403


def test_tokens_differ_on_every_page_and_all_hold() -> None:
    tokens = {masked("secret") for _ in range(50)}

    assert len(tokens) == 50
    assert all(matches(token, "secret") for token in tokens)
    assert not any(matches(token, "other") for token in tokens)
    assert not matches(masked(""), "")


def test_signing_out_ends_the_sitting_on_the_server(lived_in: "Flask") -> None:
    visitor = Visitor(lived_in).sign_in("wangmin")
    cookie = visitor.client.get_cookie("sitting")
    assert cookie is not None
    token = cookie.value

    visitor.post("/session/end", {}, follow=False)
    visitor.client.set_cookie("sitting", token)

    assert visitor.get("/tasks").status == 303


def test_the_sitting_cookie_is_kept_from_scripts_and_other_sites(lived_in: "Flask") -> None:
    visitor = Visitor(lived_in)
    token = visitor.get("/sign-in").read.token
    answer = visitor.client.post("/session", data={"csrf": token, "part": "wangmin"})

    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("sitting="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/tasks", "/sign-in", "/nowhere", "/oversight"])
def test_every_answer_carries_the_strict_headers(visit: Visit, path: str) -> None:
    headers = visit("wangmin").get(path).headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_what_goes_wrong_is_said_in_chinese(visit: Visit) -> None:
    visitor = visit("wangmin")

    assert "没有找到" in visitor.get("/nowhere").said
    assert visitor.get("/nowhere").status == 404
    assert visitor.get("/oversight").status == 403
    assert visitor.get("/tasks/99999").status == 404


def test_the_teacher_of_another_school_finds_nothing_of_hers(visit: Visit) -> None:
    zhao_qiang = visit("zhaoqiang")

    for path in ("/cases/1", "/cases/1/diagrams", "/students/7", "/rolls/25", "/cases/1/events/missing"):
        assert zhao_qiang.get(path).status == 404, path
    assert "吴七" not in zhao_qiang.get("/cases").said
    assert "吴七" not in zhao_qiang.get("/students?q=吴").said


def test_an_address_of_the_api_that_leads_nowhere_is_answered_by_the_api(lived_in: "Flask") -> None:
    answer = lived_in.test_client().get("/api/v1/nowhere")

    assert answer.status_code in {401, 404}
    assert answer.mimetype == "application/problem+json"
