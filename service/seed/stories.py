"""The cases that fixtures contain, made by really running them on the virtual clock (SCENARIOS: 吴七's case, 秦己's case)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from service import clock
from service.db import Database
from service.seed.counties import Founded
from service.seed.player import Player
from service.seed.tales import GUARDIAN_REFUSES

D1 = date(2026, 1, 12)


@dataclass(frozen=True)
class Step:
    """At a local moment, do a task (`node`) with an outcome, or post the roll (no node: `outcome` absent or present)."""

    at: datetime
    who: str
    node: str
    outcome: str | None = None
    told: dict[str, Any] = field(default_factory=dict)


def live(database: Database, county: Founded, fixture: str, now: datetime) -> None:
    """Play what has happened in a fixture by now, then let time pass until now."""
    steps = {
        "qingshan_b": [],
        "qingshan_a": [*_to_the_order("吴七")],
        "qingshan_a_expired": [*_to_the_order("吴七"), *_penalty_begun("吴七"), *_to_the_order("秦己", later=14), *_not_obeyed("秦己")],
    }[fixture]
    if not steps:
        return
    player = Player(database, clock.local(D1, time(7)))
    player.tales = dict.fromkeys(county.students.values(), GUARDIAN_REFUSES)
    play(player, county, [step for step in steps if step.at <= now])
    player.until(now)


def play(player: Player, county: Founded, steps: list[Step]) -> None:
    """Do the steps in the order of their moments."""
    running: dict[str, int] = {}
    for step in sorted(steps, key=lambda s: s.at):
        with player.together():
            player.until(step.at)
            if step.node:
                player.complete(running[step.who], step.node, step.outcome, **step.told)
            else:
                started = player.attend(county.students[step.who], present=step.outcome == "present")
                running.setdefault(step.who, started or 0)


def _to_the_order(who: str, *, later: int = 0) -> Iterator[Step]:
    """Refused from the first call to the service of the order; the signature `later` days after 吴七's."""

    def do(on: str, at: str, node: str, outcome: str | None = None, **told: Any) -> Step:
        return Step(_moment(on, at), who, node, outcome, told)

    for day in ("01-12", "01-13", "01-14"):
        yield do(day, "08:40", "", "absent")
    yield do("01-12", "15:00", "SP10_T01", "refuses")
    yield do("01-13", "10:15", "SP10_T03", "assign")
    yield do("01-13", "19:00", "SP10_T04", "refused_guardian")
    yield do("01-14", "14:20", "SP10_T06")
    yield do("01-14", "16:00", "SP10_T07", "signed")
    yield do("01-14", "16:30", "SP10_T05", "marked")
    yield do("01-15", "09:00", "SP10_T08", "ack")
    yield do("01-15", "09:10", "SP10_T09", "ack")
    yield do("01-15", "15:00", "SP20_T01", "opened")
    yield do("01-16", "10:00", "SP20_T02")
    yield do("01-16", "15:00", "SP20_T03", "persuade")
    yield do("01-19", "15:00", "SP30_T01")
    yield do("01-23", "15:00", "SP30_T02", "refused_guardian")
    yield do("01-26", "15:00", "SP25_T01", "confirmed")
    yield do("01-27", "10:00", "SP25_T02", "marked")
    yield do("01-29", "10:00", "SP30_T02", "refused_guardian")
    yield do("01-30", "09:00", "SP30_T06")
    yield do("01-30", "10:00", "B20_T01")
    yield do("01-30", "11:00", "B20_T02", "served")
    for day in ("02-05", "02-12", "02-25"):
        yield do(day, "15:00", "SP30_T02", "refused_guardian")
    yield do("03-02", "09:30", "SP30_T08", "no")
    yield do("03-02", "15:00", "SP30_T02", "refused_guardian")
    yield do("03-03", "10:00", "SP30_T07")
    yield do("03-04", "15:00", "SP40_T01", "admonish")
    yield do("03-05", "10:00", "SP40_T02", "refused")
    yield do("03-05", "15:00", "SP40_T03")
    yield do("03-06", "15:00", "SP40_T04", "pass")
    signed, served = _shifted("03-09", later), _shifted("03-10", later)
    yield do(signed, "15:00", "SP40_T05", "signed")
    yield do(signed, "16:00", "B20_T01")
    yield do(served, "10:00", "B20_T02", "served")


def _not_obeyed(who: str) -> Iterator[Step]:
    yield Step(_moment("04-02", "15:00"), who, "SP30_T09", "refused_guardian")
    yield Step(_moment("04-07", "15:00"), who, "SP40_T07", "no")


def _penalty_begun(who: str) -> Iterator[Step]:
    yield Step(_moment("03-23", "10:00"), who, "SP40_T07", "no")
    yield Step(_moment("03-27", "15:00"), who, "SP40_T09", "penalty")
    yield Step(_moment("04-02", "10:00"), who, "SP50_T01", "filed")
    yield Step(_moment("04-02", "15:00"), who, "SP30_T09", "refused_guardian")


def _moment(day: str, at: str) -> datetime:
    return clock.local(date.fromisoformat(f"{D1.year}-{day}"), time.fromisoformat(at))


def _shifted(day: str, days: int) -> str:
    return f"{date.fromisoformat(f'{D1.year}-{day}') + timedelta(days=days):%m-%d}"
