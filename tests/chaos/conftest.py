"""A county in the middle of things, and how long to torment it."""

import os

import pytest
from sqlalchemy import select

from service import cases, processes
from service.people import Enrolment
from tests.cast import SOME_DAY, Counties, County, counties, files

__all__ = ["counties", "files"]

LONG = bool(os.environ.get("LONG"))
AWAY = 24
"""How many pupils stay away on the first day."""


def many_away(county: County) -> None:
    """A Monday on which many stay at home: a case for each, the calls to their families open."""
    county.at("2026-03-09 08:40")
    pupils = [name for name in county.students if county.students[name] not in _without_class(county)]
    county.absent(*pupils[:AWAY])


def many_called(county: County) -> None:
    """… and the teachers called their families that afternoon: tomorrow at 10 somebody must look again."""
    many_away(county)
    county.at("2026-03-09 15:00")
    with county.player._stage() as session:
        running = session.scalars(select(cases.Case.id)).all()
    for case in running:
        county.do("SP10_T01", "refuses", case=case)


def _without_class(county: County) -> set[int]:
    with county.database.reading() as session:
        return set(county.students.values()) - set(session.scalars(select(Enrolment.student_id).where(Enrolment.until_on.is_(None))))


@pytest.fixture
def busy(counties: Counties) -> County:
    """青山县 on a bad Monday; its clock stands in the database, as a sandbox's does."""
    return _with_its_clock(counties.make("qingshan_b", SOME_DAY, many_away))


@pytest.fixture
def called(counties: Counties) -> County:
    """… in the afternoon."""
    return _with_its_clock(counties.make("qingshan_b", SOME_DAY, many_called))


def _with_its_clock(county: County) -> County:
    with county.session() as session:
        processes.set_clock(session, county.now)
    return county
