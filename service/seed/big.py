"""A county of full size, for measurements: 66 schools, about 24,000 pupils (DOMAIN j.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from service import clock, profiles
from service.config import Settings
from service.db import Database
from service.people import Enrolment, Organisation, Student
from service.seed.counties import Founded, Plan, found
from service.seed.layouts import School, layout
from service.seed.pupils import Registrar, enter, roll
from service.seed.staffing import staffed
from service.seed.wiping import wipe

NAME, CODE = "青山县", "qs"
TOWNSHIP_NAMES = ("城关镇", "石桥镇", "云岭乡", "河口镇", "松林乡", "大坪镇", "龙泉镇", "白沙乡", "清水镇", "梅溪乡", "长岭镇", "双桥乡")
VILLAGE_NAMES = ("上村", "下村", "东村", "西村", "新村", "老街", "河湾", "山脚")
JUNIOR = tuple(grade * 100 + number for grade in (7, 8, 9) for number in range(1, 7))
LARGE_PRIMARY = tuple(grade * 100 + number for grade in range(1, 7) for number in (1, 2, 3))
PRIMARY = tuple(grade * 100 + 1 for grade in range(1, 7))


@dataclass(frozen=True)
class OnRoll:
    """A pupil as a school's list has them."""

    student_id: int
    registry_no: str
    name: str
    klass: str
    school: str


def big_county(database: Database, settings: Settings, *, since: date, profile: str = "qs_b", schools: int = 66) -> Founded:
    """Empty the database and found a county with this many schools, its pupils enrolled since a local date.

    With 66 schools there are about 24,000 pupils; fewer schools make a quick small county for tests.
    """
    wipe(database)
    registrar = Registrar(66)
    plan_of_schools = _schools(schools)
    townships = {township: tuple(f"{township[:-1]}{village}" for village in VILLAGE_NAMES) for township in TOWNSHIP_NAMES}
    places = list(layout(NAME, townships, plan_of_schools))
    posts = staffed(places, (), lambda: registrar.name(registrar.chance.choice("男女")))
    body = profiles.read(settings.processes_dir / "profiles" / f"{profile}.yaml")
    with clock.standing_at(clock.local(since, time(8))), database.transaction() as session:
        county = found(session, settings, Plan(NAME, CODE, places, posts, body))
        children = list(roll(registrar, county, plan_of_schools, townships, school_year=since.year if since.month >= 8 else since.year - 1))
        enter(session, county.id, children, registrar, since=since)
    return county


def on_roll(session: Session, county_id: int) -> list[OnRoll]:
    """All pupils of a county by school, class and id."""
    class_, school = aliased(Organisation), aliased(Organisation)
    found = session.execute(
        select(Student.id, Student.registry_no, Student.name, class_.name, school.name)
        .join(Enrolment, Enrolment.student_id == Student.id)
        .join(class_, class_.id == Enrolment.class_id)
        .join(school, school.id == class_.parent_id)
        .where(Student.county_id == county_id, Enrolment.until_on.is_(None))
        .order_by(school.id, class_.id, Student.id)
    )
    return [OnRoll(student_id, registry_no or "", name, klass, where) for student_id, registry_no, name, klass, where in found]


def _schools(count: int) -> Sequence[School]:
    """A junior school, a large primary school (in every other township) and small ones in each township, in turn."""
    juniors = [School(f"{township[:-1]}中学", township, JUNIOR, 42) for township in TOWNSHIP_NAMES]
    large = [School(f"{township[:-1]}中心小学", township, LARGE_PRIMARY, 45) for township in TOWNSHIP_NAMES[::2]]
    small = [School(f"{township[:-1]}第{number}小学", township, PRIMARY, 35) for number in range(1, 9) for township in TOWNSHIP_NAMES]
    mixed = [school for pair in zip(juniors, large, strict=False) for school in pair]
    return [*mixed, *juniors[len(large) :], *small][:count]
