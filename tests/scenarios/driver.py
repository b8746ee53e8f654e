"""Tell a story: move the clock, post attendance, do the tasks that the story names, look at the case.

Tasks that a story does not name are done half an hour before they are due, with an outcome that
changes nothing. A second person's `…b` task is done at once with `agree`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.scenarios import answers, dates, filling
from tests.scenarios.county import County, SignedIn
from tests.scenarios.door import Reply
from tests.scenarios.marks import naming

Task = dict[str, Any]
TICKS = (time(10), time(17, 30))
"""Moments at which something can open or be counted (DOMAIN e.0)."""
SPARE = timedelta(minutes=30)


@dataclass
class Story:
    county: County
    name: str
    pupil: str
    begins: str
    mentions: str = ""
    """Short ids of the tasks which the story does itself."""
    fixture: str = "qingshan_b"
    teacher: str = "王敏"
    viewers: tuple[str, ...] = ("陈刚", "高洁", "李静")
    case_id: str = ""
    now: datetime = field(init=False)
    seen: dict[str, Task] = field(default_factory=dict)
    """Every task of the case that was ever seen open, as it was first seen."""
    _open: list[Task] | None = None
    _step: str = ""

    def __post_init__(self) -> None:
        self.now = dates.moment(self.begins if " " in self.begins else f"{self.begins} 07:00", 0)
        self.year = self.now.year

    def start(self) -> "Story":
        self.county.reset(self.fixture, self.now)
        return self

    def adopt(self) -> "Story":
        """Take up the case that the fixture already holds."""
        listed = self.api(self.viewers[0]).get("/cases", q=self.pupil, limit=200).expect(200)["items"]
        case = next((entry for entry in listed if entry["student"]["name"] == self.pupil), None)
        assert case, f"the fixture {self.fixture} holds no case of {self.pupil}: {[entry['student'] for entry in listed]}"
        self.case_id = str(case["id"])
        return self

    # — telling —

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A numbered step of SCENARIOS.md; its title stands before every failure inside."""
        before, self._step = self._step, title
        with naming(f"{self.name} · {title}"):
            yield
        self._step = before

    def moment(self, text: str) -> datetime:
        return dates.moment(text, self.year)

    def at(self, text: str) -> "Story":
        """Move the clock to this moment; on the way the unmentioned tasks are done in time."""
        target = self.moment(text)
        with naming(f"on the way to {text}"):
            while self._chore_by(target):
                pass
        return self

    def move(self, to: datetime) -> None:
        """Move the clock in one jump, doing nothing on the way."""
        fired = self.county.move_clock(to)
        if fired or to.time() == time(10):
            self._open = None
        self.now = to

    def attendance(self, word: str, on: str | None = None, *, pupil: str | None = None, by: str | None = None) -> dict[str, Any]:
        """Post one row, `present` or `absent`, for today or another day."""
        day = self.moment(on).date() if on else self.now.date()
        row = {"student_id": self.county.students[pupil or self.pupil], "date": day.isoformat(), "present": word == "present", "note": ""}
        posted: dict[str, Any] = self.api(by or self.teacher).post("/absences", {"rows": [row]}).expect(200)
        assert posted["accepted"] == 1, f"the row of {day} was not accepted: {posted}"
        if posted["started"] and (pupil or self.pupil) == self.pupil:
            self.case_id = str(posted["started"][0])
        self._open = None
        return posted

    def day(self, text: str, word: str) -> "Story":
        """The day's row at 08:40, then the check at 10:00."""
        self.at(f"{text} 08:40").attendance(word)
        return self.at(f"{text} 10:00")

    def do(self, node: str, outcome: str | None = None, *, by: str | None = None, second: bool = True, **told: Any) -> dict[str, Any]:
        """Complete the task as its assignee, and the tasks of those who must agree."""
        task = self.task(node, by)
        done: dict[str, Any] = self.complete(task, outcome, by=by, **told).expect(200)
        self._open = None
        for letter in "bc" if second else "":
            if self.short(task) + letter not in self.mentions.split() and (after := self.find(self.short(task) + letter)):
                self.complete(after, self._neutral(after)).expect(200)
                self._open = None
        return done

    def complete(self, task: Task, outcome: str | None = None, *, by: str | None = None, **told: Any) -> Reply:
        """Fill in the form and send it; the answer is not judged here."""
        me = by or self.holder(task)
        detail = self.detail(task, me)
        offered = {entry["id"] for entry in detail["outcomes"]}
        outcome = outcome or (next(iter(offered)) if len(offered) == 1 else "done")
        values = self.written(detail, me, outcome, told)
        return self.send(task, me, outcome, values, detail["revision"])

    def send(self, task: Task, me: str, outcome: str, values: dict[str, Any], revision: object) -> Reply:
        return self.api(me).post(f"/tasks/{task['id']}/complete", {"revision": revision, "outcome": outcome, "values": values})

    def refuse(
        self, node: str, outcome: str, status: int, code: str | None = None, *, says: str = "", by: str | None = None, **told: Any
    ) -> dict[str, Any]:
        """Try to complete; it must be refused and must change nothing."""
        task = self.task(node, by)
        before = self.detail(task, by or self.holder(task))["revision"]
        problem = self.complete(task, outcome, by=by, **told).refused(status, code, says=says)
        self._open = None
        after = self.detail(self.task(node, by), by or self.holder(task))["revision"]
        assert after == before, f"the refused completion of {node} moved its revision from {before} to {after}"
        return problem

    def event(self, event: str, by: str, **values: Any) -> Reply:
        self._open = None
        return self.api(by).post(f"/cases/{self.case_id}/events", {"event": event, "values": values})

    # — looking —

    def expect(self, node: str, holder: str, due: str | None = None, *, copies: tuple[str, ...] = ()) -> Task:
        """T(node) → holder, due …: it lies in the holder's own inbox, with this due time and these copies."""
        inbox = self.inbox(holder)
        task = next((entry for entry in inbox if self._is(entry, node)), None)
        assert task, f"T({node}) is not in the inbox of {holder}: {self._names(inbox)}; open in the case: {self.outline()}"
        self.seen.setdefault(str(task["id"]), task)
        assert self.holder(task) == holder, f"T({node}) is held by {self.holder(task)}, expected {holder}"
        if due:
            assert task["due_at"], f"T({node}) has no due time, expected {due}"
            found = datetime.fromisoformat(task["due_at"])
            assert found == self.moment(due), (
                f"T({node}) is due {_local(found)}, expected {_local(self.moment(due))} (rule {task['due_rule']})"
            )
        found_copies = {self.county.name_of(person) for person in task["copies"]}
        assert set(copies) <= found_copies, f"T({node}) is copied to {sorted(found_copies)}, expected {sorted(copies)}"
        return task

    def none(self, *nodes: str) -> None:
        """None of these tasks is open in the case."""
        found = [self.short(task) for task in self.open_tasks() for node in nodes if self._is(task, node)]
        assert not found, f"open although they should not be: {found}; open in the case: {self.outline()}"

    def offered(self, node: str, by: str | None = None) -> set[str]:
        task = self.task(node, by)
        return {entry["id"] for entry in self.detail(task, by or self.holder(task))["outcomes"]}

    def status(self, status: str, stage: str | None = None) -> dict[str, Any]:
        case = self.case()
        assert case["status"] == status, f"status is {case['status']}, expected {status}"
        assert stage is None or case["stage"] == stage, f"stage is {case['stage']}, expected {stage}"
        return case

    def case(self, by: str | None = None) -> dict[str, Any]:
        for viewer in (by,) if by else self.viewers:
            reply = self.api(viewer).get(f"/cases/{self.case_id}")
            if reply.status == 200 or viewer == (by or self.viewers[-1]):
                found: dict[str, Any] = reply.expect(200)
                return found
        raise AssertionError("nobody looks at this case")

    def clock_ending(self, on: str, *, state: str | None = None, warnings: tuple[str, ...] = ()) -> dict[str, Any]:
        """The statutory clock that ends on this day."""
        clocks = self.case()["clocks"]["statutory"]
        day = self.moment(on).date().isoformat()
        found: dict[str, Any] | None = next((clock for clock in clocks if clock["ends_on"] == day), None)
        assert found, f"no statutory clock ends on {day}: {[(clock['key'], clock['ends_on']) for clock in clocks]}"
        assert state is None or found["state"] == state, f"clock {found['key']} is {found['state']}, expected {state}"
        expected = {self.moment(day).date().isoformat() for day in warnings}
        assert expected <= set(found["warnings"]), f"clock {found['key']} warns on {found['warnings']}, expected {sorted(expected)}"
        return found

    def history(self, by: str | None = None) -> list[dict[str, Any]]:
        """Every event of the case, all pages, oldest first."""
        events: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.api(by or self.viewers[0]).get(f"/cases/{self.case_id}/history", limit=200, cursor=cursor).expect(200)
            events += page["items"]
            cursor = page["next"]
            if not cursor:
                return events

    def happened(self, *steps: str) -> None:
        """These events (`task.completed SP10_T01`) are in the history, in this order, others between them."""
        events = self.history()
        rest = iter(events)
        for step in steps:
            action, _, node = step.partition(" ")
            found = any(event["action"] == action and (not node or self._node(event.get("node_id"), node)) for event in rest)
            short = [f"{event['action']} {event.get('node_id') or ''}".strip() for event in events]
            assert found, f"the history lacks “{step}” at its place; it has {short}"
        assert [event["at"] for event in events] == sorted(event["at"] for event in events), "the history is not oldest first"

    def never(self, *nodes: str) -> None:
        """No task of these nodes was ever opened."""
        opened = [event["node_id"] for event in self.history() if event["action"] == "task.opened"]
        found = [entry for entry in opened for node in nodes if self._node(entry, node)]
        assert not found, f"opened although they should not be: {found}"

    def dues(self, node: str) -> list[date]:
        """Due days of all the tasks of this node that were seen, in order."""
        found = [datetime.fromisoformat(task["due_at"]) for task in self.seen.values() if self._is(task, node)]
        return sorted({moment.astimezone(dates.LOCAL).date() for moment in found})

    def readable(self, task_id: str, key: str, by: str) -> Any:
        """What this person can read of an answer, in the task or in the history; None where nothing."""
        task, history = self.api(by).get(f"/tasks/{task_id}"), self.api(by).get(f"/cases/{self.case_id}/history", limit=200)
        shown = [{**task.json, "form": None}] if task.status == 200 else []
        events = history.json["items"] if history.status == 200 else []
        return next((value for value in _values_of([*shown, *events], key) if value not in (None, "", [])), None)

    # — tasks —

    def api(self, name: str) -> SignedIn:
        return self.county.api(name)

    def inbox(self, name: str) -> list[Task]:
        """The person's own tasks of this case, those open to be claimed after them."""
        asked: dict[str, Any] = {"case": self.case_id or None, "limit": 200}
        return [task for view in ("mine", "claimable") for task in self.api(name).get("/tasks", view=view, **asked).expect(200)["items"]]

    def open_tasks(self) -> list[Task]:
        """All open tasks in all instances of the case, as those who may see the case see them."""
        if self._open is None:
            found: dict[str, Task] = {}
            for viewer in self.viewers if self.case_id else ():
                reply = self.api(viewer).get(f"/cases/{self.case_id}")
                if reply.status == 200:
                    found |= {str(task["id"]): task for task in reply.json["open_tasks"]}
            self._open = list(found.values())
            for key, task in found.items():
                self.seen.setdefault(key, task)
        return self._open

    def find(self, node: str, by: str | None = None) -> Task | None:
        tasks = self.open_tasks() + (self.inbox(by) if by else [])
        return next((task for task in tasks if self._is(task, node)), None)

    def task(self, node: str, by: str | None = None) -> Task:
        found = self.find(node, by)
        assert found, f"T({node}) is not open; open in the case: {self.outline()}"
        return found

    def detail(self, task: Task, by: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api(by).get(f"/tasks/{task['id']}").expect(200)
        return found

    def holder(self, task: Task) -> str:
        """The assignee, or the first candidate of a task that nobody holds."""
        person = task["assignee"] or next(iter(task["candidates"]), None)
        assert person, f"T({task['node_id']}) has neither assignee nor candidates"
        return self.county.name_of(person)

    def outline(self) -> str:
        return self._names(self.open_tasks())

    @staticmethod
    def short(task: Task) -> str:
        return "_".join(task["node_id"].split("_")[:2])

    # — chores —

    def _chore_by(self, target: datetime) -> bool:
        """Do the next thing on the way to `target`: a chore, or one tick of the clock. False when there.

        What opens at `target` itself is left for the story to look at.
        """
        chores = [(max(self.now, self._in_time(task)), task) for task in self.open_tasks() if not self._mentioned(task)]
        when, chore = min(chores, key=lambda entry: entry[0], default=(target + SPARE, None))
        if chore and when <= self.now and (self.now < target or self._at_once(chore)):
            with naming(f"the unmentioned T({chore['node_id']})"):
                self.complete(chore, self._neutral(chore)).expect(200)
            self._open = None
            return True
        if self.now >= target:
            return False
        self.move(min(target, when, _next_tick(self.now)))
        return True

    def _in_time(self, task: Task) -> datetime:
        """Half an hour before it is due; at once where somebody only has to agree, or nothing is due."""
        return self.now if self._at_once(task) else datetime.fromisoformat(task["due_at"]) - SPARE

    def _at_once(self, task: Task) -> bool:
        return not task["due_at"] or self.short(task)[-1] in "bc"

    def _mentioned(self, task: Task) -> bool:
        short = self.short(task)
        return bool({short, short.rstrip("bc")} & set(self.mentions.split()))

    def _neutral(self, task: Task) -> str:
        offered = [entry["id"] for entry in self.detail(task, self.holder(task))["outcomes"]] or ["done"]
        wanted = (answers.NEUTRAL.get(self.short(task), ""), *answers.HARMLESS)
        found = next((entry for entry in wanted if entry in offered), offered[0] if len(offered) == 1 else None)
        assert found, f"T({task['node_id']}) offers {offered}; which of them changes nothing? Name one in answers.NEUTRAL"
        return found

    def written(self, detail: dict[str, Any], me: str, outcome: str, told: dict[str, Any]) -> dict[str, Any]:
        form, node = str(detail["form_key"]), self.short(detail)
        scene = answers.Scene(form, node, outcome, me, self._colleague(me), self.now, self.teacher)
        roles = self.county.person(me)["roles"]
        pen = filling.Pen(
            me,
            self.now,
            self.county.person_id,
            self.county.upload(me),
            organisation=roles[0]["organisation_id"] if roles else None,
            everything=form[:3] in ("F23", "F31"),
        )
        return filling.fill(detail, pen, told=told, bound=answers.bound(scene), usual=answers.usual(scene))

    def _colleague(self, me: str) -> str:
        """Who goes along: the second officer, else the village cadre, else the teacher."""
        village = {"赵强": "向东", "杨兰": "余波"}.get(self.teacher, "田勇")
        officers = {"吴磊": "郑华", "郑华": "吴磊", "毛军": "汪浩"}
        return officers.get(me) or (village if me != village else self.teacher)

    def _is(self, task: Task, node: str) -> bool:
        return (not self.case_id or str(task["case_id"]) == self.case_id) and self._node(task["node_id"], node)

    @staticmethod
    def _node(found: str | None, node: str) -> bool:
        return bool(found) and (found == node or str(found).startswith(node + "_"))

    @staticmethod
    def _names(tasks: list[Task]) -> str:
        return ", ".join(f"{task['node_id']} → {(task['assignee'] or {}).get('name')} {task['due_at']}" for task in tasks) or "nothing"


def _next_tick(now: datetime) -> datetime:
    today = [dates.at(now.date(), tick.isoformat("minutes")) for tick in TICKS]
    return next((tick for tick in today if tick > now), dates.at(now.date() + timedelta(days=1), TICKS[0].isoformat("minutes")))


def _local(moment: datetime) -> str:
    return moment.astimezone(dates.LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def _values_of(found: Any, key: str) -> Iterator[Any]:
    """Every value under this key, at any depth."""
    if isinstance(found, dict):
        if key in found:
            yield found[key]
        for inner in found.values():
            yield from _values_of(inner, key)
    elif isinstance(found, list):
        for inner in found:
            yield from _values_of(inner, key)
