"""Who files what, when, for whom: what an answer may draw on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service import clock
from service.seed.tales import Tale

Answers = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """The moment of filing; `near` finds the people around the pupil by role."""

    node: str
    outcome: str
    now: datetime
    me: str
    student: str
    tale: Tale
    facts: Mapping[str, Any]
    near: Callable[[str], str | None]
    workdays: Callable[[date, int], date]
    place: str
    school: str

    @property
    def today(self) -> date:
        return clock.local_date(self.now)

    def ago(self, minutes: int) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def on(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def people(self, *roles: str) -> list[str]:
        """Oneself and those who hold these roles here, at least two where there are two."""
        found = [self.me, *(person for role in roles if (person := self.near(role)))]
        return list(dict.fromkeys(found))


def promise(s: Scene, days: int) -> Answers:
    """The day promised, some working days ahead, where the outcome is a promise."""
    return {"promised_on": s.workdays(s.today, days).isoformat()} if s.outcome == "promised" else {}


def iso(instant: datetime) -> str:
    """An instant as a form sends it."""
    return instant.astimezone(clock.LOCAL).isoformat(timespec="minutes")
