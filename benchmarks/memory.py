"""The baseline of a completion: the same engine step and form check in memory, and a raw commit of the same bytes."""

import sqlite3
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from benchmarks.clerk import Paper
from service import calendars, engine, forms
from service.db import Database
from service.engine import Node, Run, Scalar
from service.processes import Instance, frozen


@dataclass
class Nowhere:
    """A world with nothing behind it: operations do nothing, rules give a day from now."""

    facts: MutableMapping[str, Scalar]
    now: datetime
    calendar: calendars.Calendar

    def call(self, name: str, args: list[Scalar]) -> Scalar:
        known = calendars.functions(self.calendar)
        if name == "today":
            return self.now.date().isoformat()
        return known[name](*args) if name in known else False

    def due(self, rule: str) -> datetime:
        return self.now + timedelta(days=1)

    def operate(self, name: str, node: Node) -> None:
        return None

    def held(self, statutory: bool) -> bool:
        return False


@dataclass(frozen=True)
class Before:
    """What the engine needs for a step, read before it is made."""

    state: bytes
    facts: dict[str, Scalar]
    process_key: str
    bundle: engine.Bundle
    calendar: calendars.Calendar


def before(database: Database, paper: Paper) -> Before:
    """The frozen instance of a task as it stands."""
    table = Instance.__table__
    with database.reading() as session:
        own = session.execute(select(table).where(table.c.id == paper.task.instance_id)).one()
        facts = session.execute(select(table.c.facts).where(table.c.id == paper.task.root_id)).scalar_one()
        calendar = calendars.calendar_of(session, paper.task.county_id, paper.task.school_id)
        return Before(own.state, dict(facts), own.process_key, frozen(session, own.bundle_id).bundle, calendar)


def step(kept: Before, paper: Paper, now: datetime) -> float:
    """Seconds for restore, complete, freeze, and accepting the answers; nothing is asked of any database."""
    context = replace(paper.sheet.context, outcome=paper.outcome, people=_yes, organisations=_yes, files=_yes)
    started = perf_counter()
    forms.accept(paper.sheet.form, paper.values, context)
    facts = {**kept.facts, f"o_{paper.sheet.node.short_id}": paper.outcome}
    world = Nowhere(facts, now, kept.calendar)
    run = Run.restore(kept.state, kept.bundle, kept.process_key, world)
    if text := paper.sheet.node.properties.get("facts"):
        facts |= engine.assign(text, lambda name: _flat(paper.values.get(name, facts.get(name))), world.call)
    run.complete(paper.task.token.hex())
    run.freeze()
    return perf_counter() - started


def _yes(_identifier: str) -> bool:
    return True


def _flat(value: Any) -> Scalar:
    return value if isinstance(value, str | int | float | bool) else None


def raw_commits(url: str) -> Callable[[int], float]:
    """A plain DBAPI transaction writing so many bytes in one row, as durable as the service's; seconds it took."""
    if url.startswith("sqlite"):
        plain: Any = sqlite3.connect(str(make_url(url).database) + ".raw", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            plain.execute(f"PRAGMA {pragma}")
        begin, insert = "BEGIN IMMEDIATE", "INSERT INTO raw_row (body) VALUES (?)"
        plain.execute("CREATE TABLE raw_row (id INTEGER PRIMARY KEY, body BLOB)")
    else:
        plain = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)
        begin, insert = "BEGIN", "INSERT INTO raw_row (body) VALUES (%s)"
        plain.execute("CREATE TABLE raw_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)")

    def commit(size: int) -> float:
        body = b"x" * size
        started = perf_counter()
        plain.execute(begin)
        plain.execute(insert, (body,))
        plain.execute("COMMIT")
        return perf_counter() - started

    return commit
