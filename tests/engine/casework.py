"""One case around its instances, as the service keeps it: facts, a clock, operations, messages between instances.

Written once and played twice, on the engine and on the reference game; the walks compare the two.
Only what diagrams can see is modelled; people, papers and calendars are reduced to counting days.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from service import clock
from service.engine import Node, assign
from tests.engine.transitions import ASIDE, allowed

MAIN = "P01_student_case"
CLAIM = "SP65_T01_confirm_return"
FIRST_DAY = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
FUNCTIONS = (
    "present",
    "penalty_open",
    "escalation_open",
    "today",
    "workdays",
    "schooldays",
    "days",
    "months",
    "rolled",
    "next_period",
    "at",
)
NUMBERS = ("rounds", "contacts_done", "followups_done", "review_no", "admonish_tries", "claims_recent", "visits", "leave_days")
SIMPLE = {
    "case.suspected": "suspected",
    "case.confirmed": "confirmed",
    "case.ordered": "ordered",
    "case.penalty_filed": "penalty",
    "case.court": "court",
    "case.returned": "returned",
}
ENTRY_OF = {
    "alert": "day1",
    "suspended": "day1",
    "suspected": "SP20_T01",
    "transferring": "SP20_T01",
    "tracing": "SP20_T01",
    "confirmed": "SP30",
    "ordered": "SP40_T09",
    "penalty": "SP40_T09",
    "court": "SP40_T09",
    "returned": "SP70",
    "home_teaching": "SP70",
    "red": "SP80",
    "white": "SP80",
}
RULE = re.compile(r"(?:SD|WD|CD|MON|D)\+?(\d+)")
TIME = re.compile(r"(?:@|\s)(\d\d):(\d\d)")


class Play(Protocol):
    """An instance, on whichever board."""

    @property
    def done(self) -> bool: ...
    def ready(self) -> list[str]: ...
    def waits(self) -> list[str]: ...
    def active(self) -> list[str]: ...
    def next_due(self) -> datetime | None: ...
    def hears(self, message: str) -> bool: ...
    def complete(self, id: str) -> None: ...
    def deliver(self, message: str) -> list[str]: ...
    def tick(self) -> None: ...
    def postpone(self, pause: timedelta) -> None: ...


class Companion(Protocol):
    @property
    def properties(self) -> Mapping[str, str]: ...


class Case:
    functions = FUNCTIONS

    def __init__(self, begin: "Begin", companions: Mapping[str, Companion], facts: dict[str, Any], status: str = "") -> None:
        self.begin, self.companions = begin, companions
        self.facts: dict[str, Any] = {**dict.fromkeys(NUMBERS, 0), "episode_no": 1, "confirmed": False, "notice_sent": False}
        self.facts.update(facts)
        self.now = FIRST_DAY
        self.on_hold: datetime | None = None
        self.road, self.aside, self.claimed = status, "", False
        self.strange: list[tuple[str, str]] = []
        self.did: Counter[str] = Counter()
        self.plays: dict[int, tuple[str, Play]] = {}
        self.outbox: list[tuple[str, str]] = []
        self.started = 0
        if not status:
            self.move("alert" if facts.get("trigger_type") == "absence" else "suspected")
        self.start(MAIN)
        self._pump()

    # ---------------------------------------------------------------- what happens to a case

    def complete(self, number: int, task: str, facts: Mapping[str, Any]) -> None:
        self.facts.update(facts)
        self.plays[number][1].complete(task)
        self._after(number)

    def say(self, message: str) -> None:
        self.outbox.append(("say", message))
        self._pump()

    def wait(self, pause: timedelta) -> None:
        """Let time pass: whatever falls due in any instance happens in due order, each at its own instant."""
        until = self.now + pause
        while due := [(at, number) for number, at in self._dues() if at <= until]:
            at, number = min(due)
            self.now = max(self.now, at)
            self.plays[number][1].tick()
            self._after(number)
        self.now = until

    def hold(self) -> None:
        self.on_hold = self.now

    def resume(self) -> None:
        assert self.on_hold is not None
        pause, self.on_hold = self.now - self.on_hold, None
        for _, play in self.plays.values():
            play.postpone(pause)

    def start(self, key: str) -> None:
        about = self.companions[key].properties if key in self.companions else {}
        if about.get("at_once", "one") == "one" and any(open_key == key for open_key, _ in self.plays.values()):
            return
        if about.get("ends_with_work") == "true" and not self._in_work():
            return
        if key == CLAIM:
            self.move("return_claimed")
        self.started += 1
        play = self.begin(key, self)
        if not play.done:
            self.plays[self.started] = (key, play)

    def picture(self) -> list[Any]:
        """Everything two boards must agree on."""
        plays = [(n, key, p.ready(), p.waits(), p.active(), p.next_due()) for n, (key, p) in sorted(self.plays.items())]
        return [plays, self.facts, self.now, self.status, self.did]

    # ---------------------------------------------------------------- what the boards ask

    def held(self, statutory: bool) -> bool:
        return self.on_hold is not None and not statutory

    def operate(self, name: str, node: Node) -> None:
        self.do(name, node.properties)

    def due(self, rule: str) -> datetime:
        field, days, at = re.search(r"FIELD\((\w+)\)", rule), RULE.search(rule), TIME.search(rule)
        first = self._day(self.facts.get(field[1]) if field else None)
        ahead = int(days[1]) * (30 if "MON" in rule else 1) if days else 1
        return clock.local(first + timedelta(days=ahead), time(int(at[1]), int(at[2])) if at else time(17, 30))

    def moment(self, value: Any) -> datetime:
        return clock.local(date.fromisoformat(value), time(17, 30)) if len(value) == 10 else datetime.fromisoformat(value).astimezone(UTC)

    def call(self, name: str, args: list[Any]) -> Any:
        match name:
            case "present" | "penalty_open":
                return bool(self.facts.get(f"is_{name}"))
            case "escalation_open":
                return bool(self.facts.get("is_escalation_open") and self.facts["confirmed"])
            case "at":
                return clock.local(self._day(args[0]), time.fromisoformat(args[1])).isoformat()
            case "today":
                return self._day(None).isoformat()
            case "months":
                return (self._day(args[0]) + timedelta(days=30 * int(args[1] or 0))).isoformat()
            case "next_period":
                return (self._day(args[0]) + timedelta(days=int(args[1] or 0) * int(args[2] or 0))).isoformat()
            case "rolled":
                return self._day(args[0]).isoformat()
            case "days" | "workdays" | "schooldays":
                return (self._day(args[0]) + timedelta(days=int(args[1] or 0))).isoformat()
        raise LookupError(name)

    def do(self, name: str, parameters: Mapping[str, str]) -> None:
        """An operation of a diagram, inside its step: facts, status, and notes for after the step."""
        self.did[name] += 1
        if name in SIMPLE:
            self.move(SIMPLE[name])
        match name:
            case "case.status":
                self.move(parameters["status"])
            case "facts.set":
                self.facts |= assign(parameters["facts"], self.facts.get, self.call)
            case "case.suspected":
                self.facts |= {"detected": "suspected", "suspected_on": self.call("today", [])}
            case "case.excused":
                self.facts["closure_code"] = "C11"
            case "case.reverify":
                self.facts["confirmed"] = False
            case "case.confirmed":
                self.facts |= {"confirmed": True, "confirmed_on": self.call("today", [])}
            case "case.round":
                self.facts["rounds"] += 1
            case "case.more_support":
                self.facts["rounds"] = 0
                self.move("confirmed")
            case "case.relapse":
                self.facts |= {"episode_no": self.facts["episode_no"] + 1, "rounds": 0, "confirmed": False, "notice_sent": False}
            case "case.ordered":
                self.facts |= {"served_on": self.call("today", []), "comply_by": self.call("days", [None, 10])}
            case "case.closing":
                self.move("closing")
                self.facts["closure_code"] = parameters.get("code") or self.facts.get("closure_code")
            case "case.closure_refused":
                self.back()
                self.facts["entry"] = ENTRY_OF.get(self.road)
            case "case.close":
                self.move("closed")
                self.facts["closed"] = True
            case "case.list":
                self.move(self.facts.get("list") or "red")
            case "case.returned":
                self.outbox.append(("end", "work"))
            case "claim.open":
                self.outbox.append(("start", CLAIM))
            case "claim.close":
                confirmed = self.facts.get("o_SP65_T01") == "confirmed"
                self.outbox.append(("say", "return_confirmed" if confirmed else "claim_rejected"))
                if not confirmed:
                    self.claimed = False
            case "causes.start":
                if self.facts.get("is_cause"):
                    causes = sorted(key for key in self.companions if key.startswith("CP"))
                    self.outbox.append(("start", causes[self.did[name] % len(causes)]))
            case "companion.start":
                self.outbox.append(("start", parameters["process"]))
            case "cause.close":
                self.outbox.append(("say", parameters.get("message", "cause_closed")))
            case "message.raise":
                self.outbox.append(("say", parameters["message"]))
            case "service.prepare":
                self.facts |= {"service_kind": parameters.get("kind"), "service_from": self.call("today", [])}
            case "document.served":
                self.facts[f"{self.facts.get('service_kind')}_served_on"] = self.call("today", [])
                self.facts["service_done_on"] = self.call("today", [])

    @property
    def status(self) -> str:
        """What the case page shows: something set aside for, a claim being confirmed, or the stage on the road."""
        return self.aside or ("return_claimed" if self.claimed else self.road)

    def move(self, status: str) -> None:
        """Change the status. While a claim is open or the case is set aside, the road below may still change."""
        if status in ASIDE:
            self._expect(allowed(self.road, status), status)
            self.aside = status
        elif status == "return_claimed":
            self._expect(allowed(self.road, status), status)
            self.claimed = True
        elif status == "returned":
            self._expect(self.claimed or self.road == status, status)
            self.road, self.aside, self.claimed = status, "", False
        else:
            self._expect(allowed(self.road, status) or (self.aside == "closing" and status == "closed"), status)
            self.road, self.aside = status, ""

    def back(self) -> None:
        """Whatever the case was set aside for, or whoever claimed a return, it is over: the state before."""
        self.aside, self.claimed = "", self.claimed and bool(self.aside)

    def _expect(self, known: bool, status: str) -> None:
        if not known:
            self.strange.append((self.road, status))

    # ---------------------------------------------------------------- between instances

    def _after(self, number: int) -> None:
        if number in self.plays and self.plays[number][1].done:
            del self.plays[number]
        self._pump()

    def _pump(self) -> None:
        """Notes written during a step are handled after it, in order."""
        while self.outbox:
            kind, what = self.outbox.pop(0)
            if kind == "start":
                if what in self.companions:
                    self.start(what)
            elif kind == "end":
                ending = {key for key, about in self.companions.items() if about.properties.get("ends_with_work") == "true"}
                self.plays = {number: (key, play) for number, (key, play) in self.plays.items() if key not in ending}
            else:
                for number in sorted(self.plays):
                    if number in self.plays and self.plays[number][1].hears(what):
                        self.plays[number][1].deliver(what)
                        if self.plays[number][1].done:
                            del self.plays[number]

    def _in_work(self) -> bool:
        return any(key == MAIN and play.hears("return_confirmed") for key, play in self.plays.values())

    def _dues(self) -> list[tuple[int, datetime]]:
        return [(number, at) for number, (_, play) in self.plays.items() if (at := play.next_due()) is not None]

    def _day(self, text: Any) -> date:
        """A fact as a date; one that is missing or no date counts as today."""
        try:
            return date.fromisoformat(str(text)[:10])
        except ValueError:
            return clock.local_date(self.now)


Begin = Callable[[str, Case], Play]
