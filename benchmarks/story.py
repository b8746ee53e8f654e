"""S03, the normal path from the first absent day to a closed case, as a list of steps to play (SCENARIOS.md).

`prelude` gives one case as far as its first follow-up, after which a weekly follow-up can be looped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from service import clock
from service.seed.player import Player

YEAR = 2026
FIRST_DAY = date(YEAR, 3, 9)


@dataclass(frozen=True)
class Step:
    """At a local moment: a task to complete, or the roll to post (no node)."""

    at: datetime
    node: str = ""
    outcome: str | None = None
    told: dict[str, Any] = field(default_factory=dict)


def _step(on: str, node: str = "", outcome: str | None = None, **told: Any) -> Step:
    day, moment = on.split()
    return Step(clock.local(date.fromisoformat(f"{YEAR}-{day}"), time.fromisoformat(moment)), node, outcome, told)


def to_follow_up() -> Iterator[Step]:
    """From the first absent day until the pupil is back in class and paired with a mentor."""
    yield _step("03-09 08:40", outcome="absent")
    yield _step("03-09 15:00", "SP10_T01", "refuses")
    yield _step("03-10 08:40", outcome="absent")
    yield _step("03-10 10:15", "SP10_T03", "assign")
    yield _step("03-10 19:00", "SP10_T04", "refused_pupil")
    yield _step("03-11 08:40", outcome="absent")
    yield _step("03-11 14:20", "SP10_T06")
    yield _step("03-11 16:00", "SP10_T07", "signed")
    yield _step("03-11 16:30", "SP10_T05", "marked")
    yield _step("03-12 09:00", "SP10_T08", "ack")
    yield _step("03-12 09:05", "SP10_T09", "ack")
    yield _step("03-12 10:00", "SP20_T01", "opened")
    yield _step("03-13 10:00", "SP20_T02")
    yield _step("03-13 15:00", "SP20_T03", "persuade")
    yield _step("03-16 15:00", "SP30_T01")
    yield _step("03-18 15:00", "SP30_T02", "promised", promised_on="2026-03-20")
    yield _step("03-20 08:40", outcome="present")
    yield _step("03-23 08:40", outcome="present")
    yield _step("03-24 08:40", outcome="present")
    yield _step("03-24 15:00", "SP65_T01", "confirmed")
    yield _step("03-25 10:00", "SP70_T01")
    yield _step("03-25 10:30", "SP70_T02")
    yield _step("03-26 10:00", "SP70_T03", kind="original_class")
    yield _step("03-26 15:00", "SP70_T05", "agree")
    yield _step("03-27 10:00", "SP70_T04", "approved")
    yield _step("03-30 10:00", "SP70_T06")
    yield _step("03-31 10:00", "SP80_T01")
    yield _step("04-01 10:00", "SP80_T02")


def to_closure() -> Iterator[Step]:
    """Reviews, follow-ups in between, and the closure signed by school, township and county."""
    yield _step("04-20 10:00", "SP80_T06", "to_white")
    yield _step("05-19 10:00", "SP80_T06", "continue")
    yield _step("06-18 10:00", "SP80_T06", "to_closure")
    yield _step("06-22 10:00", "SP90_T01", code="C01")
    yield _step("06-23 10:00", "SP90_T02", "pass")
    yield _step("06-23 15:00", "SP90_T03", "pass")
    yield _step("06-24 10:00", "SP90_T04", "approve")


FOLLOW_UP = "SP80_T03"
EARLY = timedelta(minutes=30)


@dataclass
class Walk:
    """One case on its way."""

    player: Player
    student_id: int
    case_id: int = 0

    def play(self, steps: Sequence[Step]) -> None:
        """Do the steps; follow-ups that fall due in between are done in time."""
        for step in steps:
            self.follow_up_until(step.at)
            self.player.until(step.at)
            if step.node:
                self.complete(step.node, step.outcome, **step.told)
            else:
                started = self.player.attend(self.student_id, present=step.outcome == "present")
                self.case_id = started or self.case_id

    def follow_up_until(self, when: datetime) -> None:
        """Do every weekly follow-up that is due by then."""
        while task := self._chore(when):
            self.player.until(max(self.player.now, task.due_at - EARLY))
            self.complete(FOLLOW_UP, "stable")

    def complete(self, node: str, outcome: str | None = None, **told: Any) -> None:
        """Do a task, and the ones of those who must agree."""
        self._one(node, outcome, **told)
        for letter in "bc":
            if self.player.find(self.case_id, node + letter):
                self._one(node + letter, None)

    def _one(self, node: str, outcome: str | None, **told: Any) -> None:
        self.player.complete(self.case_id, node, outcome, second=False, **told)

    def _chore(self, when: datetime) -> Any:
        if not self.case_id:
            return None
        found = self.player.find(self.case_id, FOLLOW_UP)
        if found is None:
            self.player.until(when)
            found = self.player.find(self.case_id, FOLLOW_UP)
        return found if found and found.due_at - EARLY <= when else None
