"""The demo: 青山县 on ladder B and 云河县 on ladder A, with cases that have really lived up to now."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service import calendars, cases, clock, people, profiles
from service.calendars import Calendar
from service.config import Settings
from service.db import Database
from service.people import Enrolment, Organisation
from service.seed import qingshan
from service.seed.counties import Founded, Plan, found
from service.seed.courses import Course
from service.seed.direction import last_roll, live, school_days_before
from service.seed.fixtures import enter_stories, equip
from service.seed.layouts import School, layout
from service.seed.player import Player
from service.seed.pupils import Registrar, enter, roll
from service.seed.staffing import Post, staffed
from service.seed.tales import TALES
from service.seed.wiping import wipe

QINGSHAN = (
    replace(qingshan.SCHOOLS[0], size=33),
    replace(qingshan.SCHOOLS[1], classes=(701, 801, 901, 902), size=32),
    replace(qingshan.SCHOOLS[2], classes=(101, 201, 301, 401, 501, 601), size=31),
    School("城关中学", "城关镇", (701, 702, 801, 802, 901, 902), 36),
    School("城关镇第一小学", "城关镇", (101, 201, 301, 401, 501, 601), 30),
    School("云岭乡中心小学", "云岭乡", (401, 501, 601), 25),
)
QINGSHAN_TOWNSHIPS = {**qingshan.TOWNSHIPS, "城关镇": ("东门社区", "柳树村")}

YUNHE = (School("云河一中", "城关镇", (701, 801, 802, 901), 33), School("白河镇中心小学", "白河镇", (401, 501, 601), 25))
YUNHE_TOWNSHIPS = {"城关镇": ("南街社区", "北坪村"), "白河镇": ("柳湾村", "石坝村")}
YUNHE_POSTS = (Post("秦朗", "legal_reviewer", "城关司法所"), Post("秦朗", "court_liaison", "城关司法所"))
"""Named by the profile of 云河县: who signed the penalty basis off."""

PENALTY = {"SP40_T09": ("penalty",)}
CIVIL = {"SP40_T09": ("civil",)}
ROLLS_KEPT = 20


@dataclass(frozen=True)
class Part:
    """A role in the demo: how many school days ago it began, and how far it has come."""

    ago: int
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    halts: Sequence[str] = ()
    back: str = ""
    late: Sequence[str] = ()


DETECTION = (
    Part(0, halts=("SP10_T01",)),
    Part(1, {"SP10_T01": ("no_answer",)}, halts=("SP10_T03",)),
    Part(1, halts=("SP10_T04",)),
    Part(2, {"SP10_T04": ("nobody",)}, halts=("SP10_T05", "SP10_T07")),
    Part(3, halts=("SP10_T06",), late=("SP10_T01",)),
)
VERIFICATION = (
    Part(3, halts=("SP20_T01",)),
    Part(4, halts=("SP20_T02",), late=("SP10_T04",)),
    Part(6, halts=("SP20_T03",)),
    Part(7, {"SP20_T03": ("transfer_claimed",)}, halts=("CP08_T02",)),
)
PERSUASION = (
    Part(8, halts=("SP30_T01",)),
    Part(12, halts=("SP30_T02*1", "SP25_T01")),
    Part(14, halts=("SP30_T02*2",)),
    Part(18, {"SP30_T02": ("refused_pupil", "nobody", "refused_guardian")}, halts=("SP30_T06", "SP30_T02*3")),
    Part(20, halts=("SP30_T02*3", "SP30_T08"), late=("SP30_T02",)),
)
ADMONITION = (
    Part(26, halts=("SP40_T01",)),
    Part(29, halts=("SP40_T02",)),
    Part(33, halts=("SP40_T04",)),
    Part(42, {"SP40_T02": ("absent", "refused")}, halts=("SP40_T09",)),
)
PENALTIES = (
    Part(46, PENALTY, halts=("SP50_T01",)),
    Part(52, PENALTY, halts=("SP50_T02",)),
    Part(62, PENALTY, halts=("SP50_T04", "SP50_T06")),
    Part(74, PENALTY, halts=("SP50_T10",)),
)
COURT = (
    Part(48, CIVIL, halts=("SP60_T12",)),
    Part(58, CIVIL, halts=("SP60_T14",)),
    Part(150, halts=("SP60_T06",)),
    Part(60),
)
PLACEMENT = (
    Part(16, back="SP30_T02*1", halts=("SP70_T03",)),
    Part(20, {"SP70_T05": ("disagree",)}, back="SP30_T02*1", halts=("SP70_T04",)),
    Part(22, back="SP30_T02*2", halts=("SP70_T06",)),
)
FOLLOW_UP = (
    Part(30, back="SP30_T02*1", halts=("SP80_T02",)),
    Part(45, back="SP30_T02*1", late=("SP80_T03",)),
    Part(60, {"SP80_T03": ("stable", "wavering", "stable")}, back="SP30_T02*2"),
    Part(75, back="SP30_T02*2"),
)
CLOSED = (
    Part(30, {"SP10_T01": ("present_error",)}),
    Part(110, back="SP30_T02*1"),
    Part(125, back="SP30_T02*2"),
)

CASTS = {
    "qs": (*DETECTION, *VERIFICATION, *PERSUASION, *ADMONITION, *COURT, *PLACEMENT, *FOLLOW_UP, *CLOSED),
    "yh": (DETECTION[1], VERIFICATION[2], PERSUASION[2], ADMONITION[1], *PENALTIES, PLACEMENT[0], FOLLOW_UP[1]),
}


def is_seeded(database: Database) -> bool:
    """Whether there is a county already."""
    with database.reading() as session:
        return session.scalar(select(people.County.id).limit(1)) is not None


def demo(database: Database, settings: Settings, now: datetime | None = None) -> None:
    """Empty the database and make two counties whose cases have lived up to `now` (aware; the present by default)."""
    now = now or clock.now()
    equip(database, settings)
    wipe(database)
    with clock.standing_at(now), database.transaction() as session:
        calendar_year = _school_year(clock.local_date(now))
        counties = [_qingshan(session, database, settings, calendar_year), _yunhe(session, settings, calendar_year)]
        cast = [course for county in counties for course in _courses(session, county, now)]
    player = Player(database, min(course.first_wake() for course in cast) - timedelta(hours=1))
    player.tales = {course.student_id: course.tale for course in cast}
    live(player, cast, now)
    with clock.standing_at(now), database.transaction() as session:
        for county in counties:
            _keep_rolls(session, county, now)
