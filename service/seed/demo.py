"""The demo: 青山县 on ladder B and 云河县 on ladder A, with cases that have really lived up to now."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from service import calendars, clock, people, profiles
from service.cases import Attendance, ClassRoll
from service.config import Settings
from service.db import Database
from service.people import Enrolment
from service.seed import qingshan
from service.seed.counties import Founded, Plan, Post, found
from service.seed.courses import Course
from service.seed.direction import last_roll, live, school_days_before
from service.seed.fixtures import enter_stories
from service.seed.layouts import School, layout
from service.seed.parts import CASTS
from service.seed.player import Player
from service.seed.pupils import Registrar, enter, roll
from service.seed.staffing import staffed
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

STAGES = {
    "青山县": (
        *("石桥中学 801", "石桥中学 802", "城关中学 801", "石桥中学 801"),
        *("云岭中学 902", "石桥中学 901", "城关中学 902", "石桥中学 801"),
    ),
    "云河县": ("云河一中 801", "云河一中 901", "云河一中 802", "云河一中 801"),
}
"""Where the cases of a county happen, in turn; 王敏's class more often, because visitors sign in as her."""

ROLLS_KEPT = 20
"""School days whose class rolls are kept as called."""

SIGNED_OFF = timedelta(days=200)
"""How long ago the test basis of 云河县 was signed off; a sign-off is good for a year."""


def is_seeded(database: Database) -> bool:
    """Whether there is a county already."""
    with database.reading() as session:
        return session.scalar(select(people.County.id).limit(1)) is not None


def demo(database: Database, settings: Settings, now: datetime | None = None) -> None:
    """Empty the database and make two counties whose cases have lived up to `now` (aware; the present by default)."""
    now = now or clock.now()
    autumn = _school_year(clock.local_date(now))
    wipe(database)
    with clock.standing_at(clock.local(date(autumn - 1, 9, 1), time(8))), database.transaction() as session:
        counties = [_qingshan(session, database, settings, autumn), _yunhe(session, settings, autumn, clock.local_date(now))]
        courses = [course for county in counties for course in _courses(session, county, now)]
    player = Player(database, min(course.first_wake() for course in courses) - timedelta(hours=1))
    player.tales = {course.student_id: course.tale for course in courses}
    live(player, courses, now)
    with clock.standing_at(now), database.transaction() as session:
        for county in counties:
            _keep_rolls(session, county, now)


def _qingshan(session: Session, database: Database, settings: Settings, autumn: int) -> Founded:
    registrar = Registrar(11, taken=[pupil.name for pupil in qingshan.PUPILS])
    places = list(layout(qingshan.NAME, QINGSHAN_TOWNSHIPS, QINGSHAN))
    posts = staffed(places, list(qingshan.posts()), lambda: registrar.name(registrar.chance.choice("男女")))
    body = profiles.read(settings.processes_dir / "profiles" / "qs_b.yaml")
    county = found(session, settings, Plan(qingshan.NAME, qingshan.CODE, places, posts, body))
    enter_stories(session, county, database.memory["vault"], since=date(autumn - 1, 9, 1))
    _fill_classes(session, county, registrar, QINGSHAN, QINGSHAN_TOWNSHIPS, autumn)
    return county


def _yunhe(session: Session, settings: Settings, autumn: int, today: date) -> Founded:
    registrar = Registrar(12, taken=["秦朗"])
    places = list(layout("云河县", YUNHE_TOWNSHIPS, YUNHE))
    posts = staffed(places, YUNHE_POSTS, lambda: registrar.name(registrar.chance.choice("男女")))
    body = profiles.read(settings.processes_dir / "profiles" / "yunhe_a.yaml")
    body["penalty"]["legal_signoff"]["date"] = (today - SIGNED_OFF).isoformat()
    county = found(session, settings, Plan("云河县", "yh", places, posts, body))
    _fill_classes(session, county, registrar, YUNHE, YUNHE_TOWNSHIPS, autumn)
    return county


def _fill_classes(
    session: Session, county: Founded, registrar: Registrar, schools: Sequence[School], townships: Mapping[str, Sequence[str]], autumn: int
) -> None:
    children = list(roll(registrar, county, schools, townships, school_year=autumn))
    ids = enter(session, county.id, children, registrar, since=date(autumn - 1, 9, 1))
    county.students.update(zip((child.name for child in children), ids, strict=True))


def _courses(session: Session, county: Founded, now: datetime) -> Iterator[Course]:
    """A pupil for every part, from the classes of the county's stages in turn."""
    chance = random.Random(county.name)  # noqa: S311 - invented cases, the same ones every time
    calendar = calendars.calendar_of(session, county.id, None)
    last, waiting = last_roll(calendar, now), {stage: _pupils(session, county, stage) for stage in STAGES[county.name]}
    for part, stage, tale in zip(CASTS[county.name], cycle(STAGES[county.name]), cycle(TALES)):
        yield Course(
            student_id=next(waiting[stage]),
            tale=tale,
            begins=school_days_before(calendar, last, part.ago),
            calendar=calendar,
            outcomes=part.outcomes,
            halts=part.halts,
            back=part.back,
            late=part.late,
            chance=random.Random(chance.random()),  # noqa: S311
        )


def _pupils(session: Session, county: Founded, stage: str) -> Iterator[int]:
    stories = {county.students.get(pupil.name) for pupil in qingshan.PUPILS}
    enrolled = session.scalars(
        select(Enrolment.student_id)
        .where(Enrolment.class_id == county.organisations[stage], Enrolment.until_on.is_(None))
        .order_by(Enrolment.student_id)
    )
    return (student for student in enrolled.all() if student not in stories)


def _keep_rolls(session: Session, county: Founded, now: datetime) -> None:
    """The class rolls of the last weeks; on the last day two classes have not called theirs yet."""
    calendar = calendars.calendar_of(session, county.id, None)
    last = last_roll(calendar, now)
    sizes = dict(
        session.execute(
            select(Enrolment.class_id, func.count())
            .where(Enrolment.county_id == county.id, Enrolment.until_on.is_(None))
            .group_by(Enrolment.class_id)
            .order_by(Enrolment.class_id)
        ).all()
    )
    absent = {
        (class_id, day): number
        for class_id, day, number in session.execute(
            select(Enrolment.class_id, Attendance.day, func.count())
            .join(Enrolment, Enrolment.student_id == Attendance.student_id)
            .where(Enrolment.county_id == county.id, Enrolment.until_on.is_(None), Attendance.present.is_(False))
            .group_by(Enrolment.class_id, Attendance.day)
        )
    }
    values = [
        {
            "class_id": class_id,
            "day": day,
            "county_id": county.id,
            "absent": absent.get((class_id, day), 0),
            "enrolled": size,
            "at": clock.local(day, time(8, 40)),
            "by": None,
        }
        for number, day in ((n, school_days_before(calendar, last, n)) for n in range(ROLLS_KEPT))
        for class_id, size in (list(sizes.items())[2:] if number == 0 else sizes.items())
    ]
    session.execute(insert(ClassRoll), values)


def _school_year(today: date) -> int:
    """The year in whose autumn the school year of a day began."""
    return today.year if today.month >= 8 else today.year - 1
