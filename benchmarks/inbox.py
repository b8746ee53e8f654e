"""Lists of tasks in a province: a hundred counties, a million open tasks."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Index, event, insert, text

from benchmarks.figures import Figure, Part
from benchmarks.grounds import MORNING, Ground
from service import clock, tasks
from service.access import Actor, Area, Membership
from service.db import table_of
from service.tasks import Task

COUNTIES, TOWNSHIPS, SCHOOLS, CLASSES, VILLAGES = 100, 12, 66, 620, 96
OPEN, OPEN_SHORT, CHUNK, RUNS = 1_000_000, 100_000, 20_000, 60
UNCLAIMED = 0.04
"""Share of tasks that wait for somebody of the role to take them."""

NODES = (
    ("SP10_T01_contact_guardian", "class_teacher", 18),
    ("SP10_T03_arrange_visit", "vice_principal", 8),
    ("SP15_T01_home_visit", "class_teacher", 8),
    ("SP20_T03_verify", "school_kcbx_officer", 10),
    ("SP30_T02_visit", "township_edu_officer", 14),
    ("SP40_T03_draft_order", "township_enforcement", 5),
    ("SP60_T01_assemble", "legal_reviewer", 2),
    ("SP70_T03_plan", "school_kcbx_officer", 7),
    ("SP80_T03_followup", "class_teacher", 22),
    ("SP80_T06_review", "school_kcbx_officer", 4),
    ("SP90_T04_county", "county_kcbx_officer", 2),
)
"""Where open tasks stand, by share of a hundred."""

BASE = 10_000
"""Ids of one county's organisations and people begin at its number times this."""


def inbox(ground: Ground, short: bool) -> Part:
    """The first page of every view for the roles that see most."""
    many = OPEN_SHORT if short else OPEN
    ground.load()
    _fill(ground, many)
    figures, plans = [], []
    for name, actor, view in _asked():
        seconds, found, statement = _measured(ground, actor, view)
        figures.append(Figure(ground.kind, f"{name}, {view}: {found} of {many:,}", median(seconds) * 1000, " ms", most=5))
        plans.append(f"`{name}, {view}`\n\n```\n{_plan(ground, *statement)}\n```")
    ground.load()
    return Part(f"Inbox with {many:,} open tasks on {ground.kind}", figures, plans)


def _asked() -> Iterator[tuple[str, Actor, str]]:
    at, county = 37 * BASE, 37
    bureau = Actor(county, at + 9_000, "县", (Membership("bureau_leader", at + 1, Area.COUNTY, county),))
    officer = Actor(county, at + 9_001, "县", (Membership("county_kcbx_officer", at + 1, Area.COUNTY, county),))
    township = Actor(county, at + 9_100, "镇", (Membership("township_edu_officer", at + 103, Area.TOWNSHIP, at + 103),))
    school = Actor(county, at + 9_200, "校", (Membership("school_kcbx_officer", at + 205, Area.SCHOOL, at + 205),))
    for name, actor in (("bureau leader", bureau), ("county officer", officer), ("township", township), ("school", school)):
        yield name, actor, "team"
    yield "county officer", officer, "mine"
    yield "county officer", officer, "claimable"
    yield "school", school, "mine"
    yield "school", school, "claimable"


def _measured(ground: Ground, actor: Actor, view: str) -> tuple[Sequence[float], int, tuple[str, Any]]:
    seconds, sent = [], []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    found: list[Task] = []
    with clock.standing_at(MORNING):
        for _ in range(RUNS):
            with ground.database.reading() as session:
                started = perf_counter()
                found = tasks.inbox(session, actor, view)
                seconds.append(perf_counter() - started)
        event.listen(ground.database.engine, "before_cursor_execute", note)
        with ground.database.reading() as session:
            tasks.inbox(session, actor, view)
        event.remove(ground.database.engine, "before_cursor_execute", note)
    return seconds, len(found), next(pair for pair in sent if pair[0].startswith("SELECT"))


def _plan(ground: Ground, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if ground.kind == "SQLite" else "EXPLAIN (COSTS OFF) "
    with ground.database.reading() as session:
        rows = session.connection().exec_driver_sql(explain + statement, parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def _fill(ground: Ground, many: int) -> None:
    """Rows without indexes first, then the indexes as the models declare them."""
    table = table_of(Task)
    indexes: list[Index] = sorted(table.indexes, key=lambda index: str(index.name))
    for index in indexes:
        index.drop(ground.database.engine)
    chance = random.Random(11)
    for start in range(0, many, CHUNK):
        with ground.database.transaction() as session:
            session.execute(insert(table), [_task(chance, number) for number in range(start, start + CHUNK)])
    for index in indexes:
        index.create(ground.database.engine)
    with ground.database.transaction() as session:
        session.execute(text("ANALYZE"))


def _task(chance: random.Random, number: int) -> dict[str, Any]:
    county = chance.randrange(COUNTIES) + 1
    at = county * BASE
    node, role, _ = chance.choices(NODES, [share for *_, share in NODES])[0]
    township, school, klass = chance.randrange(TOWNSHIPS), chance.randrange(SCHOOLS), chance.randrange(CLASSES)
    place = {"class_teacher": at + 1_000 + klass, "county_kcbx_officer": at + 1}.get(role)
    place = place or (at + 100 + township if role.startswith(("township", "legal")) else at + 200 + school)
    due: datetime = MORNING + timedelta(minutes=chance.randrange(-20 * 1440, 40 * 1440))
    people = {"class_teacher": 2_000 + klass, "county_kcbx_officer": 9_001, "school_kcbx_officer": 9_195 + school}.get(
        role, 9_300 + township
    )
    return {
        "county_id": county,
        "root_id": number // 2,
        "instance_id": number // 2,
        "case_id": number // 2,
        "student_id": None,
        "bundle_id": 1,
        "node_id": node,
        "token": number.to_bytes(16),
        "state": "open",
        "revision": 1,
        "role": role,
        "organisation_id": place,
        "assignee_id": None if chance.random() < UNCLAIMED else at + people,
        "unmanned": False,
        "class_id": at + 1_000 + klass,
        "school_id": at + 200 + school,
        "village_id": at + 4_000 + chance.randrange(VILLAGES),
        "township_id": at + 100 + township,
        "household_township_id": at + 100 + chance.randrange(TOWNSHIPS) if chance.random() < 0.1 else None,
        "created_at": due - timedelta(days=5),
        "due_at": due,
        "alarm_at": due,
        "alarm": "late",
        "values": None,
    }
