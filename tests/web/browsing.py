"""A browser without script: keeps cookies, reads forms as they are drawn, looks at pages as a critic would."""

import gzip
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict

VOID = {"input", "meta", "link", "br", "hr", "img", "path", "rect", "circle"}
PLAIN = {"username", "training", "wangmin"}


@dataclass
class Page:
    """An answer, read."""

    path: str
    status: int
    headers: Any
    raw: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.raw) if self.headers.get("Content-Encoding") == "gzip" else self.raw
        return body.decode()

    @property
    def read(self) -> "Reading":
        reading = Reading()
        reading.feed(self.text)
        return reading

    @property
    def said(self) -> str:
        return self.read.visible

    def link(self, label: str) -> str:
        found = [href for href, text in self.read.links if label in text]
        assert found, f"no link {label!r} on {self.path}: {[text for _, text in self.read.links]}"
        return found[0]


class Reading(HTMLParser):
    """What a critic notes about a page."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.token = ""
        self.visible = ""
        self._open: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if "style" in given or any(key.startswith("on") for key in given) or tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "a":
            self.links.append((given.get("href", ""), ""))
        if tag == "label":
            self.labels.add(given.get("for", ""))
        if tag in {"input", "select", "textarea"}:
            self.controls.append({**given, "tag": tag, "inside": " ".join(name for name, _ in self._open)})
            if given.get("name") == "csrf":
                self.token = given["value"]
        if tag not in VOID:
            self._open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in {name for name, _ in self._open}:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self._open]
        if "script" in names:
            return
        if "a" in names and self.links:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if "code" not in names and not any(given.get("lang") == "en" for _, given in self._open):
            self.visible += data + "\n"

    @property
    def english(self) -> list[str]:
        """English words a reader of Chinese would stumble over; ids, codes and user names are none."""
        words = re.findall(r"[A-Za-z0-9_@.\-…]*[A-Za-z]{3,}[A-Za-z0-9_@.\-]*", self.visible)
        return [
            word for word in words if not re.search(r"[0-9_@]", word) and word not in PLAIN and word not in {"jpg", "png", "pdf", "xml"}
        ]


@dataclass
class Visitor:
    """Somebody at the pages."""

    app: Any
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def sign_in(self, username: str) -> "Visitor":
        token = self.get("/sign-in").read.token
        answer = self.client.post("/session", data={"csrf": token, "username": username, "password": "training"})
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str) -> Page:
        answer = self.client.get(path, headers={"Accept-Encoding": "gzip"})
        page = Page(path, answer.status_code, answer.headers, answer.data)
        answer.close()
        return page

    def post(self, path: str, values: Any, *, token: str | None = None, follow: bool = True) -> Page:
        """Post a form with the token of its sitting; a redirect is followed as a browser would."""
        given = MultiDict({key: [value] if isinstance(value, tuple) else value for key, value in values.items()})  # a tuple is a file
        given["csrf"] = self.get("/me").read.token if token is None else token
        answer = self.client.post(path, data=given, content_type="multipart/form-data")
        if follow and answer.status_code == 303:
            return self.get(answer.headers["Location"])
        return Page(path, answer.status_code, answer.headers, answer.data)
