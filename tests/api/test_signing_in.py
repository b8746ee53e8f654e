"""Who may come in, and that every door but the named ones asks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from service import api, people
from service.config import Settings
from tests.api.conftest import Client

PUBLIC = {
    ("POST", "/tokens"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("POST", "/sandbox/reset"),
    ("POST", "/sandbox/students"),
    ("GET", "/sandbox/clock"),
    ("POST", "/sandbox/clock"),
}


def test_every_route_needs_a_sign_in_except_those_named_here(county):
    routes = api.routes(Settings(sandbox=True))
    assert {(one.method, one.path) for one in routes if one.public} == PUBLIC

    stranger = county.stranger()
    for one in routes:
        if not one.public:
            path = one.path.replace("<id:", "<").split("<")
            address = path[0] + "".join("1" + part.partition(">")[2] for part in path[1:])
            refused = stranger.send(one.method, address, {"nonsense": True} if one.method != "GET" else None)
            assert (refused.status, refused.json["code"]) == (401, "not_signed_in"), f"{one.method} {address}"
            assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_outside_the_sandbox_its_routes_do_not_exist():
    assert not [one for one in api.routes(Settings()) if "/sandbox" in one.path]


def test_a_token_says_who_signed_in_and_until_when(county):
    made = county.stranger().post("/tokens", {"username": "wangmin", "password": "training"}).json

    assert made["person"]["name"] == "王敏"
    assert "class_teacher" in {one["role"] for one in made["person"]["roles"]}
    assert timedelta(hours=11) < datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC) < timedelta(hours=13)


@pytest.mark.parametrize("credentials", [("wangmin", "wrong"), ("nobody", "training"), ("", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(county, credentials):
    username, password = credentials

    refused = county.stranger().post("/tokens", {"username": username, "password": password})

    assert (refused.status, refused.json["detail"]) == (401, "用户名或密码不正确")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic d2FuZ21pbjp0cmFpbmluZw=="])
def test_only_a_living_token_opens(county, header):
    assert county.stranger().send("GET", "/tasks", headers={"Authorization": header}).status == 401


def test_a_token_given_back_is_worthless_and_others_live_on(county, teacher):
    second = county.signed_in("王敏")

    assert teacher.send("DELETE", "/tokens/current").status == 204
    assert teacher.get("/tasks").status == 401
    assert second.get("/tasks").status == 200


def test_a_closed_account_is_signed_out(county, teacher):
    with county.database.transaction() as session:
        session.execute(update(people.Person).where(people.Person.username == "wangmin").values(active=False))

    assert teacher.get("/tasks").status == 401


def test_a_sandbox_clock_that_jumps_ends_no_session(county, teacher):
    assert county.move_to("2026-06-01T08:00:00+08:00").status == 200

    assert teacher.get("/tasks").status == 200


def test_answers_are_kept_by_no_cache(teacher):
    headers = teacher.get("/tasks").headers

    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_token_in_the_address_is_no_token(county, teacher):
    assert Client(county.app.test_client(use_cookies=False)).get("/tasks", token=teacher.token).status == 401
