"""A county in the middle of things, and how long to torment it."""

import os

import pytest
from sqlalchemy import select

from service import processes
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


def _without_class(county: County) -> set[int]:
    with county.database.reading() as session:
        return set(county.students.values()) - set(session.scalars(select(Enrolment.student_id).where(Enrolment.until_on.is_(None))))


@pytest.fixture
def busy(counties: Counties) -> County:
    """青山县 on a bad Monday; its clock stands in the database, as a sandbox's does."""
    made = counties.make("qingshan_b", SOME_DAY, many_away)
    with made.session() as session:
        processes.set_clock(session, made.now)
    return made
