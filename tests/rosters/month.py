"""The main job: a county's workbooks of some days imported morning by morning, and what must come of it by an independent count."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select

from service import calendars, cases, clock, people, processes, rosters
from service.config import Settings
from service.db import Database
from service.people import Person
from service.seed import big, workbooks
from service.seed.player import Player
from service.seed.workbooks import Truth
from service.tasks import Task

AT = time(9, 30)
"""When the morning's workbook comes in: before the count at 10 o'clock."""
COUNTED = time(10, 0)
AFTERNOON = time(15, 0)
DONE = {"SP10_T01": "refuses", "SP10_T03": "assign", "SP10_T04": "refused_pupil"}
"""What the schools do by the afternoon: call, arrange the visit, visit."""

BEGINS = "SP10_T01", "SP10_T03", "SP10_T05", "SP10_T06"
"""The call of the first day; the visit of the second; mark and report of the third."""

RECENT = 10
"""School days after an early return within which a new absence begins at the second day (DOMAIN e.2)."""


@dataclass
class Imported:
    """What the imports said, day by day."""

    accepted: dict[date, int] = field(default_factory=dict)
    leave: dict[date, int] = field(default_factory=dict)
    refused: dict[date, Counter[str]] = field(default_factory=dict)
    started: int = 0
    seconds: list[float] = field(default_factory=list)


def prepare(database: Database, settings: Settings, folder: Path, first: date, *, schools: int, most_days: int) -> tuple[Truth, list[Path]]:
    """A county with its pupils, and its workbooks of a month's first days."""
    county = big.big_county(database, settings, since=date(2025, 9, 1), schools=schools)
    with database.reading() as session:
        pupils = big.on_roll(session, county.id)
        days = workbooks.month(calendars.calendar_of(session, county.id, None), first)[:most_days]
    truth = workbooks.imagine(pupils, days)
    return truth, workbooks.write(folder, pupils, truth)


def take_in(database: Database, truth: Truth, paths: Sequence[Path], folder: Path) -> Imported:
    """Import every workbook on its morning as the county's officer; in the afternoon the schools do their part."""
    result, schools = Imported(), Player(database, now=clock.local(truth.days[0], AT))
    for day, path in zip(truth.days, paths, strict=True):
        now = clock.local(day, AT)
        processes.run_due(database, now)
        began = perf_counter()
        with clock.standing_at(now), database.transaction() as session:
            actor = people.actor_for(session, _officer(database), day)
            row, found = rosters.start(session, actor, path.read_bytes(), purpose="每日到校情况", folder=folder)
            said = rosters.commit(session, actor, row.id, folder)
        result.seconds.append(perf_counter() - began)
        result.accepted[day], result.leave[day] = said["accepted"], said["leave"]
        result.refused[day] = Counter(problem.code for problem in found.problems)
        result.started += len(said["started"])
        processes.run_due(database, clock.local(day, COUNTED))
        schools.now = clock.local(day, AFTERNOON)
        _work(schools)
    return result


def _work(schools: Player) -> None:
    with schools.together():
        for node, outcome in DONE.items():
            with schools._stage() as session:
                waiting = session.scalars(select(Task).where(Task.state == "open", Task.node_id.startswith(node + "_"))).all()
            for task in waiting:
                schools.finish(task, outcome)


def _officer(database: Database) -> int:
    with database.reading() as session:
        post = people.Appointment
        return (
            session.scalars(select(Person.id).join(post, post.person_id == Person.id).where(post.role == "county_kcbx_officer")).first()
            or 0
        )


def opened(database: Database) -> Counter[str]:
    """Tasks ever opened, by the first two parts of their node ids."""
    with database.reading() as session:
        rows = session.execute(select(Task.node_id, func.count()).group_by(Task.node_id)).all()
    return Counter({"_".join(node.split("_")[:2]): number for node, number in rows})


def case_count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(cases.Case)) or 0


def expected(truth: Truth) -> Mapping[str, int]:
    """By the truth alone: a case per absence, a visit from the second day on, mark and report from the third.

    A third day makes the case one that only people can end, so later absences of the same pupil belong to it.
    Who stays away again soon after coming back early is not called again: the second day's check is next.
    """
    count: Counter[str] = Counter()
    back: dict[str, int] = {}
    settled: set[str] = set()
    for pupil, days in truth.spells():
        if pupil in settled:
            continue
        began, ended = truth.days.index(days[0]), truth.days.index(days[-1])
        count["cases"] += 1
        count["SP10_T01"] += began > back.get(pupil, -RECENT - 1) + RECENT
        count["SP10_T03"] += len(days) >= 2
        count.update(dict.fromkeys(("SP10_T05", "SP10_T06"), int(len(days) >= 3)))
        back[pupil] = ended + 1
        settled |= {pupil} if len(days) >= 3 else set()
    return count
