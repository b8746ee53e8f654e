"""What a finished case leaves in the database: S03 from the first absent day to closure, history included."""

from sqlalchemy import select, text

from benchmarks import story
from benchmarks.figures import Figure, Part
from benchmarks.grounds import MORNING, Ground
from service.db import dumps
from service.seed.player import Player
from service.tasks import Task

ALLOWANCE = 8_000
"""Bytes beside the answers: the case, its tasks and its history would be there if nobody wrote a word."""


def sizes(ground: Ground, short: bool) -> Part:
    """Bytes per finished case after VACUUM, against the bytes of its answers."""
    ground.load()
    pupils = ground.pupils()[: 10 if short else 30]
    _one_case(ground, pupils[0])  # what is there once for all cases
    empty, before = ground.size(), _tables(ground)
    for pupil in pupils[1:]:
        _one_case(ground, pupil)
    cases = len(pupils) - 1
    per_case = (ground.size() - empty) / cases
    answers = _answers(ground) / len(pupils)
    tables = {name: (size - before.get(name, 0)) / cases for name, size in _tables(ground).items()}
    against = f"3 × {answers:,.0f} B of answers + {ALLOWANCE:,} B"
    note = "Bytes per case: " + ", ".join(f"{name} {size:,.0f}" for name, size in sorted(tables.items(), key=lambda i: -i[1]) if size > 50)
    figure = Figure(ground.kind, f"bytes per finished S03 case ({cases} cases)", per_case, " B", against, most=3 * answers + ALLOWANCE)
    return Part(f"Size on {ground.kind}", [figure], [note])


def _one_case(ground: Ground, pupil: int) -> None:
    player = Player(ground.database, now=MORNING)
    with player.together():
        story.Walk(player, pupil).play([*story.to_follow_up(), *story.to_closure()])


def _answers(ground: Ground) -> int:
    with ground.database.reading() as session:
        return sum(len(dumps(values)) for values in session.scalars(select(Task.values).where(Task.state == "done")))


def _tables(ground: Ground) -> dict[str, int]:
    """Bytes by table and index, where the database can tell."""
    with ground.database.reading() as session:
        if ground.kind == "SQLite":
            if "ENABLE_DBSTAT_VTAB" not in session.scalars(text("PRAGMA compile_options")).all():
                return {}
            rows = session.execute(text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")).all()
        else:
            relations = (
                "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
            )
            rows = session.execute(text(relations)).all()
        return {name: int(size) for name, size in rows}
