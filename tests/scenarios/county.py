"""The county of the sandbox: its clock, its people signing in, its pupils."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.scenarios.door import Api, Door, Reply

PASSWORD = "training"


@dataclass
class SignedIn(Api):
    """A person at the API who signs in again when the token has run out."""

    renew: Callable[[], str] = field(default=lambda: "")

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        reply = super()._send(method, path, body, headers)
        if reply.status == 401:
            self.token = self.renew()
            reply = super()._send(method, path, body, headers)
        return reply


@dataclass
class County:
    door: Door
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    students: dict[str, str] = field(default_factory=dict)
    _apis: dict[str, SignedIn] = field(default_factory=dict)
    _persons: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def stranger(self) -> Api:
        """Somebody who has not signed in."""
        return Api(self.door)

    def reset(self, fixture: str, now: datetime) -> None:
        loaded = self.stranger.post("/sandbox/reset", {"fixture": fixture, "now": now.isoformat()}).expect(200)
        self.people = {person["name"]: person for person in loaded["people"]}
        self.students = {student["name"]: student["id"] for student in loaded["students"]}
        self._apis.clear()
        self._persons.clear()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.stranger.get("/sandbox/clock").expect(200)["now"])

    def move_clock(self, to: datetime) -> Any:
        """Move forward; what had become due is what the answer says has fired."""
        moved = self.stranger.post("/sandbox/clock", {"now": to.isoformat()}).expect(200)
        assert datetime.fromisoformat(moved["now"]) == to, f"the clock was moved to {to}, but stands at {moved['now']}"
        return moved["fired"]

    def api(self, name: str) -> SignedIn:
        if name not in self._apis:
            self._apis[name] = SignedIn(self.door, self._sign_in(name), lambda: self._sign_in(name))
        return self._apis[name]

    def person(self, name: str) -> dict[str, Any]:
        """`{id, name, roles}` as the sign-in tells it."""
        self.api(name)
        return self._persons[name]

    def person_id(self, name: str) -> str:
        return str(self.person(name)["id"])

    def name_of(self, person: dict[str, Any]) -> str:
        """The name behind `{id, name}`, also where the reader is shown a mask."""
        if person["name"] in self.people:
            return str(person["name"])
        return next((name for name in self.people if self.person_id(name) == str(person["id"])), str(person["name"]))

    def add_pupil(self, name: str, *, klass: str = "801", village: str = "上村", born: str = "2012-05-20", **more: Any) -> str:
        """An invented pupil in a school of the fixture."""
        guardians = [{"name": f"{name}之母", "relation": "母", "phone": "13800004321", "is_legal_guardian": True}]
        pupil = {"name": name, "birth_date": born, "class": klass, "village": village, "guardians": guardians, **more}
        made = self.stranger.post("/sandbox/students", pupil).expect(201)
        self.students[name] = made["id"]
        return str(made["id"])

    def upload(self, author: str) -> Callable[[str, bytes, str], str]:
        def send(name: str, content: bytes, kind: str) -> str:
            return str(self.api(author).upload("/files", name, content, kind).expect(200, 201)["id"])

        return send

    def _sign_in(self, name: str) -> str:
        assert name in self.people, f"{name} is not among the people of the fixture: {sorted(self.people)}"
        username = self.people[name]["username"]
        made = self.stranger.post("/tokens", {"username": username, "password": PASSWORD}).expect(201)
        self._persons[name] = made["person"]
        return str(made["token"])
