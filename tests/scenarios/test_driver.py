"""The driver itself, against a toy service: a story that passes must have looked, one that fails must say where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.scenarios import dates, filling, marks
from tests.scenarios.county import County
from tests.scenarios.door import Api, Reply
from tests.scenarios.driver import Story
from tests.scenarios.filling import Paper, who

PEOPLE = ("王敏", "李静", "陈刚", "高洁", "周涛", "田勇", "郑华")
FIELDS = [
    {
        "type": "select",
        "key": "result",
        "values": [{"value": "拒绝", "label": "拒绝"}, {"value": "请假", "label": "请假"}],
        "validate": {"required": True},
    },
    {"type": "textarea", "key": "remark"},
]


@dataclass
class ToyDoor:
    """A call on day 1 that a second person must agree to; a visit on day 2 at 10:00 when it was made in time."""

    now: datetime = field(default_factory=datetime.now)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[tuple[str, str, str]] = field(default_factory=list)

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        route = path.removeprefix("/api/v1").partition("?")[0].strip("/").split("/")
        asked = json.loads(body) if body else {}
        status, answer = self._answer(method, route, asked, headers.get("Authorization", "")[7:])
        kind = "application/json" if status < 400 else "application/problem+json"
        return Reply(f"{method} {path}", status, {"content-type": kind}, json.dumps(answer).encode())

    def _answer(self, method: str, route: list[str], asked: dict[str, Any], me: str) -> tuple[int, Any]:
        match method, route:
            case "POST", ["sandbox", "reset"]:
                self.now = datetime.fromisoformat(asked["now"])
                return 200, {
                    "people": [{"username": name, "name": name, "roles": []} for name in PEOPLE],
                    "students": [{"id": "1", "name": "某生"}],
                }
            case "POST", ["tokens"]:
                name = asked["username"]
                return 201, {"token": str(PEOPLE.index(name)), "person": {"id": f"p-{name}", "name": name, "roles": []}}
            case "POST", ["sandbox", "clock"]:
                return 200, {"now": asked["now"], "fired": self._advance(datetime.fromisoformat(asked["now"]))}
            case "POST", ["absences"]:
                self._open("SP10_T01_contact_guardian", "王敏", dates.at(self.now.date(), "17:00"))
                return 200, {"accepted": 1, "started": ["7"], "problems": []}
            case "GET", ["cases", "7"]:
                return 200, {"open_tasks": list(self.tasks.values()), "status": "alert", "stage": "detection"}
            case "GET", ["tasks"]:
                return 200, {"items": [task for task in self.tasks.values() if task["assignee"]["name"] == PEOPLE[int(me)]], "next": None}
            case "GET", ["tasks", key]:
                outcomes = [{"id": name, "name": name} for name in (("agree", "return") if "b_" in key else ("leave", "refuses"))]
                return 200, {**self.tasks[key], "form": {"schema": {"components": FIELDS}}, "values": {}, "outcomes": outcomes}
            case "POST", ["tasks", key, "complete"]:
                return self._complete(key, asked)
        raise AssertionError(f"the toy knows no {method} {route}")

    def _complete(self, key: str, asked: dict[str, Any]) -> tuple[int, Any]:
        if asked["values"].get("result") == "请假" and asked["outcome"] != "leave":
            return 422, {"type": "x", "title": "有误", "status": 422, "errors": {"result": ["与结果不一致"]}}
        self.log.append((key, asked["outcome"], self.now.strftime("%d %H:%M")))
        del self.tasks[key]
        if key == "SP10_T01_contact_guardian":
            self._open("SP10_T01b_contact_guardian", "李静", self.now + timedelta(days=1))
        return 200, {}

    def _advance(self, to: datetime) -> list[str]:
        check = dates.at(self.now.date() + timedelta(days=self.now.hour >= 10), "10:00")
        if self.now < check <= to and not self.tasks:
            self._open("SP10_T04_home_visit", "周涛", dates.at(check.date(), "20:00"))
        self.now = to
        return list(self.tasks)

    def _open(self, node: str, holder: str, due: datetime) -> None:
        person = {"id": f"p-{holder}", "name": holder}
        self.tasks[node] = {
            "id": node,
            "node_id": node,
            "case_id": "7",
            "assignee": person,
            "candidates": [],
            "copies": [],
            "form_key": "F02",
        } | {
            "due_at": due.isoformat(),
            "due_rule": "x",
            "revision": 1,
        }


@pytest.fixture
def toy() -> ToyDoor:
    return ToyDoor()


def _story(toy: ToyDoor, mentions: str = "") -> Story:
    story = Story(County(toy), "toy", "某生", "2026-03-16", mentions=mentions).start()
    story.at("03-16 08:40").attendance("absent")
    return story


def test_what_a_story_does_not_mention_is_done_before_it_is_due(toy: ToyDoor) -> None:
    _story(toy).at("03-17 12:00")
    assert toy.log == [("SP10_T01_contact_guardian", "refuses", "16 16:30"), ("SP10_T01b_contact_guardian", "agree", "16 16:30")]


def test_what_a_story_mentions_waits_for_the_story(toy: ToyDoor) -> None:
    story = _story(toy, "SP10_T01 SP10_T04").at("03-16 18:00")
    assert toy.log == []
    story.do("SP10_T01", "leave")
    assert [entry[:2] for entry in toy.log] == [("SP10_T01_contact_guardian", "leave"), ("SP10_T01b_contact_guardian", "agree")]
    story.at("03-17 10:00").expect("SP10_T04", "周涛", "03-17 20:00")


def test_a_wrong_holder_or_due_time_fails_with_the_step_and_the_open_tasks(toy: ToyDoor) -> None:
    story = _story(toy, "SP10_T01")
    with (
        pytest.raises(AssertionError, match=r"toy · 1 call: T\(SP10_T01\) is due 2026-03-16 17:00:00, expected 2026-03-16 17:30:00"),
        story.step("1 call"),
    ):
        story.expect("SP10_T01", "王敏", "03-16")
    with pytest.raises(AssertionError, match=r"not in the inbox of 李静.*SP10_T01_contact_guardian → 王敏"), story.step("1 call"):
        story.expect("SP10_T01", "李静")


def test_a_refusal_that_does_not_come_fails_the_story(toy: ToyDoor) -> None:
    story = _story(toy, "SP10_T01")
    story.refuse("SP10_T01", "refuses", 422, result="请假")
    with pytest.raises(AssertionError, match="answered 200, expected"):
        story.refuse("SP10_T01", "refuses", 422, result="拒绝")


def test_a_field_that_the_form_does_not_have_fails_with_the_fields_it_has(toy: ToyDoor) -> None:
    with pytest.raises(AssertionError, match=r"no field \['mood'\]; it has \['result', 'remark'\]"):
        _story(toy, "SP10_T01").do("SP10_T01", "refuses", mood="x")


def test_every_kind_of_field_is_filled_as_it_travels() -> None:
    names: list[str] = []

    def upload(name: str, content: bytes, kind: str) -> str:
        assert content.startswith(b"\x89PNG")
        names.append(f"{name} {kind}")
        return "file-1"

    required = {"required": True}
    components = [
        {"type": "taglist", "key": "visitors", "validate": required},
        {"type": "select", "key": "leader", "validate": required},
        {"type": "datetime", "key": "visit_time", "subtype": "datetime"},
        {"type": "datetime", "key": "promised_on", "subtype": "date"},
        {"type": "checkbox", "key": "duty_told", "validate": required},
        {"type": "filepicker", "key": "proof", "validate": required},
        {"type": "textfield", "key": "note"},
        {"type": "textfield", "key": "fixed", "disabled": True},
        {"type": "group", "path": "window", "components": [{"type": "number", "key": "days", "validate": {"required": True, "min": 3}}]},
        {
            "type": "dynamiclist",
            "path": "rows",
            "components": [
                {"type": "textfield", "key": "doc_no", "validate": required},
                {"type": "radio", "key": "ok", "values": [{"value": "是"}]},
            ],
        },
        {"type": "select", "key": "code", "valuesKey": "codes", "validate": required},
    ]
    now = dates.at(date(2026, 3, 16), "10:00")
    pen = filling.Pen("王敏", now, lambda name: f"id-{name}", upload)
    detail = {
        "form": {"schema": {"components": components}},
        "values": {"codes": [{"value": "不合格"}, {"value": "合格"}], "duty_told": False, "note": "旧"},
    }
    told = {"visitors": who("王敏", "田勇"), "promised_on": date(2026, 3, 20), "rows": [{"doc_no": "1", "ok": True, "other": "x"}]}
    values = filling.fill(detail, pen, told=told, bound={}, usual={"visit_time": now, "proof": Paper("a.png"), "surprise": 1})

    assert values == {
        "visitors": ["id-王敏", "id-田勇"],
        "leader": "id-王敏",
        "visit_time": "2026-03-16T10:00:00+08:00",
        "promised_on": "2026-03-20",
        "duty_told": True,
        "proof": "file-1",
        "note": "旧",
        "window": {"days": 3},
        "rows": [{"doc_no": "1", "ok": "是"}],
        "code": "合格",
    }
    assert names == ["a.png image/png"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (dates.working(date(2026, 4, 30), 5), date(2026, 5, 11)),
        (dates.working(date(2025, 4, 17), 7), date(2025, 4, 27)),
        (dates.school(date(2026, 9, 24), 1), date(2026, 9, 28)),
        (dates.school(date(2026, 7, 10), 1), date(2026, 9, 1)),
        (dates.rolled(date(2026, 4, 19)), date(2026, 4, 20)),
        (dates.months(date(2025, 8, 31), 6), date(2026, 2, 28)),
        (dates.working(date(2027, 9, 30), 1), date(2027, 10, 1)),
    ],
)
def test_the_calendar_agrees_with_dates_counted_by_hand_in_the_stories(found: date, expected: date) -> None:
    assert found == expected


def test_an_assertion_whose_part_is_missing_is_named_and_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCEPTANCE_MARKS", raising=False)
    marks.drain()
    ran: list[str] = []
    marks.later("papers", "the decision is printed", lambda: ran.append("papers"))
    assert (marks.drain(), ran) == (["[papers] the decision is printed"], [])
    monkeypatch.setenv("ACCEPTANCE_MARKS", "papers,studio")
    marks.later("papers", "the decision is printed", lambda: ran.append("papers"))
    assert (marks.drain(), ran) == ([], ["papers"])


def test_a_refusal_must_look_like_one() -> None:
    problem = {"type": "about:blank", "title": "任务已被他人修改", "status": 409, "code": "stale_revision"}
    headers = {"content-type": "application/problem+json"}
    Reply("POST /x", 409, headers, json.dumps(problem).encode()).refused(409, "stale_revision")
    with pytest.raises(AssertionError, match="with code 'stale_revision', expected 'task_taken'"):
        Reply("POST /x", 409, headers, json.dumps(problem).encode()).refused(409, "task_taken")
    with pytest.raises(AssertionError, match="title is not Chinese"):
        Reply("POST /x", 409, headers, json.dumps({**problem, "title": "stale"}).encode()).refused(409)


def test_an_upload_is_a_form_with_one_file() -> None:
    class Box:
        def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
            assert body is not None
            assert headers["Content-Type"].split("boundary=")[1].encode() in body
            assert b'name="file"; filename="a.png"' in body
            return Reply(path, 201, {}, b'{"id": "f"}')

    assert Api(Box()).upload("/files", "a.png", filling.picture(), "image/png").expect(201) == {"id": "f"}
