"""青山县 behind the JSON API, on each database: loaded once, copied for every test."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import api, cli
from service.config import Settings
from service.db import Database

MORNING = "2026-03-16T08:40:00+08:00"
"""A Monday; the class teacher calls the roll."""


@dataclass
class Client:
    """A caller of the API, signed in or not."""

    client: FlaskClient
    token: str = ""

    def send(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **options: Any) -> "Reply":
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers={**own, **(headers or {})}, **options)
        return Reply(answer.status_code, answer.mimetype, dict(answer.headers), answer.get_data())

    def get(self, path: str, **query: Any) -> "Reply":
        return self.send("GET", path, query_string=query or None)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> "Reply":
        return self.send("POST", path, {} if body is None else body, headers={"Idempotency-Key": key} if key else None)


@dataclass
class Reply:
    status: int
    kind: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class County:
    """The application, its people's usernames by name and its pupils' ids by name."""

    app: Flask
    database: Database
    people: dict[str, str]
    students: dict[str, str]

    def stranger(self) -> Client:
        return Client(self.app.test_client(use_cookies=False))

    def signed_in(self, name: str) -> Client:
        made = self.stranger().post("/tokens", {"username": self.people[name], "password": "training"})
        assert made.status == 201, made.body
        return Client(self.app.test_client(use_cookies=False), made.json["token"])

    def absent(self, pupil: str, by: Client, day: date = date(2026, 3, 16)) -> Reply:
        row = {"student_id": self.students[pupil], "date": day.isoformat(), "present": False, "note": ""}
        return by.post("/absences", {"rows": [row]})

    def move_to(self, moment: str) -> Reply:
        return self.stranger().post("/sandbox/clock", {"now": datetime.fromisoformat(moment).isoformat()})


def make_app(database: Database, settings: Settings) -> Flask:
    """The API alone: nothing else of the service is needed to test this door."""
    app = Flask("service")
    api.hang(app, cli.equip(database, settings), settings)
    return app


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="session")
def settings_for(files: Any) -> Callable[[str], Settings]:
    def make(url: str, **changed: Any) -> Settings:
        plain = {"sandbox": True, "cheap_passwords": True, "secret_key": "test", "field_key": bytes(range(32)), "data_dir": files}
        return Settings(database_url=url, **{**plain, **changed})

    return make


@pytest.fixture(scope="session")
def loaded(databases: Any, database_kind: str, settings_for: Callable[[str], Settings]) -> dict[str, Any]:
    """What loading the fixture answered; the database is kept as the model `api`."""
    answers: dict[str, Any] = {}

    def fill(url: str) -> None:
        settings = settings_for(url)
        database = Database(url)
        stranger = Client(make_app(database, settings).test_client(use_cookies=False))
        answer = stranger.post("/sandbox/reset", {"fixture": "qingshan_b", "now": MORNING})
        assert answer.status == 200, answer.body
        answers.update(answer.json)
        database.close()

    databases.drop(databases.copy(database_kind, "api", fill))
    return answers


@pytest.fixture
def county(databases: Any, database_kind: str, loaded: dict[str, Any], settings_for: Callable[[str], Settings]) -> Iterator[County]:
    """青山县 on the morning of 2026-03-16, without a case."""
    url = databases.copy(database_kind, "api", lambda _: None)
    database = Database(url)
    yield County(
        make_app(database, settings_for(url)),
        database,
        {one["name"]: one["username"] for one in loaded["people"]},
        {one["name"]: one["id"] for one in loaded["students"]},
    )
    database.close()
    databases.drop(url)


@pytest.fixture
def teacher(county: County) -> Client:
    """王敏, class teacher of 801."""
    return county.signed_in("王敏")


@pytest.fixture
def case_id(county: County, teacher: Client) -> str:
    """刘一's case: absent for the first time this morning; 王敏 has to call."""
    return str(county.absent("刘一", teacher).json["started"][0])


@pytest.fixture
def task(teacher: Client, case_id: str) -> dict[str, Any]:
    """The call 王敏 has to make."""
    found: dict[str, Any] = teacher.get("/tasks", case=case_id).json["items"][0]
    return found


def call_answers(**changed: Any) -> dict[str, Any]:
    """F02 as 王敏 fills it in after a call in which the mother refused."""
    attempt = {"time": "2026-03-16T08:35:00+08:00", "method": "电话", "number": "13800001234", "reached": True, "person": "监护人"}
    return {"attempts": [attempt], "cause": "study_weary", "proper": False, "result": "拒绝", **changed}


def completion(task: dict[str, Any], outcome: str = "refuses", **changed: Any) -> dict[str, Any]:
    """What completes 王敏's call."""
    return {"revision": task["revision"], "outcome": outcome, "values": call_answers(**changed)}
