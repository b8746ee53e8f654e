"""Two doors to the same API: the application in this process, or one that runs at an address."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

BASE = "/api/v1"


@dataclass(frozen=True)
class Reply:
    """What came back, with enough of the question to explain a failure."""

    asked: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def expect(self, *statuses: int) -> Any:
        assert self.status in statuses, f"{self.asked} answered {self.status}, expected {statuses}: {self.text[:1500]}"
        return self.json

    def expect_file(self, kind: str) -> bytes:
        assert self.status == 200, f"{self.asked} answered {self.status}: {self.text[:500]}"
        found = self.headers.get("content-type", "").partition(";")[0]
        assert found == kind, f"{self.asked} sent {found}, expected {kind}"
        return self.body

    def refused(self, status: int, code: str | None = None, *, says: str = "") -> dict[str, Any]:
        """A refusal as RFC 9457 wants it, with the code of API.md and a Chinese title."""
        problem: dict[str, Any] = self.expect(status)
        kind = self.headers.get("content-type", "").partition(";")[0]
        assert kind == "application/problem+json", f"{self.asked} refused with {kind or 'no content type'}"
        missing = {"type", "title", "status"} - problem.keys()
        assert not missing, f"{self.asked}: the problem lacks {sorted(missing)}: {problem}"
        assert problem["status"] == status, f"{self.asked}: problem says {problem['status']}, answer {status}"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in problem["title"]), f"title is not Chinese: {problem['title']!r}"
        if code:
            assert problem.get("code") == code, f"{self.asked} refused with code {problem.get('code')!r}, expected {code!r}: {problem}"
        if status == 422 and code is None:
            assert problem.get("errors") or problem.get("problems"), f"{self.asked}: a 422 that names no field: {problem}"
        assert says in self.text, f"{self.asked}: the refusal does not say {says!r}: {self.text[:500]}"
        return problem


class Door(Protocol):
    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply: ...


@dataclass
class FlaskDoor:
    """The application itself, through Flask's test client."""

    app: Any
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        answer = self.client.open(path, method=method, data=body, headers=dict(headers))
        received = {key.lower(): value for key, value in answer.headers.items()}
        return Reply(f"{method} {path}", answer.status_code, received, answer.get_data())


@dataclass
class LiveDoor:
    """A service that runs at an address, for instance the one `make run` starts."""

    url: str

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        place = urlsplit(self.url)
        connect = HTTPSConnection if place.scheme == "https" else HTTPConnection
        line = connect(place.hostname or "localhost", place.port, timeout=120)
        try:
            line.request(method, place.path.rstrip("/") + path, body, dict(headers))
            answer = line.getresponse()
            received = {key.lower(): value for key, value in answer.getheaders()}
            return Reply(f"{method} {path}", answer.status, received, answer.read())
        finally:
            line.close()


@dataclass
class Api:
    """The API for one caller; `token` is None for somebody who has not signed in."""

    door: Door
    token: str | None = None

    def get(self, path: str, **query: object) -> Reply:
        asked = {key: value for key, value in query.items() if value is not None}
        return self._send("GET", path + (f"?{urlencode(asked)}" if asked else ""), None, {})

    def post(self, path: str, document: object = None, *, key: str | None = None) -> Reply:
        return self._write("POST", path, document, key)

    def put(self, path: str, document: object, *, key: str | None = None) -> Reply:
        return self._write("PUT", path, document, key)

    def delete(self, path: str) -> Reply:
        return self._send("DELETE", path, None, {})

    def upload(self, path: str, name: str, content: bytes, kind: str) -> Reply:
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _write(self, method: str, path: str, document: object, key: str | None) -> Reply:
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self._send(method, path, json.dumps({} if document is None else document).encode(), headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.door.request(method, BASE + path, body, {**headers, **own, "Accept": "application/json"})
