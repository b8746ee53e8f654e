"""Who is responsible: from a pupil to the organisations around them, and from a role to a person (DOMAIN e.0)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.access import MANAGER, ROLE_AREA, ROLE_NAMES, Actor, Area, Membership, Place
from service.db import table_of
from service.errors import NotFound
from service.people.models import Appointment, Enrolment, Organisation, Person, Student

CHUNK = 500
"""Ids asked for in one statement."""


@dataclass(frozen=True)
class Holder:
    """A person in a role at an organisation, as assignment sees them."""

    person_id: int
    role: str
    organisation_id: int
    unmanned: bool = False
    """Nobody holds the role asked for; this is the manager standing in (无人承办)."""


class Staff:
    """The people around one place, asked for by role."""

    def __init__(self, rows: Sequence[Row[int, str, int, int, int]]) -> None:
        self._by_role: dict[str, list[Holder]] = {}
        for person_id, role, organisation_id, *_ in sorted(rows, key=lambda r: (r[3], r[4], r[0])):
            self._by_role.setdefault(role, []).append(Holder(person_id, role, organisation_id))

    def holders(self, role: str) -> list[Holder]:
        """All who hold a role here, the first in line first: fewest other roles, then earliest appointed."""
        return self._by_role.get(role, [])

    def holder(self, role: str) -> Holder | None:
        """Who takes a task of this role; climbs to the manager roles when nobody holds it."""
        asked, tried = role, set[str]()
        while role and role not in tried:  # the bureau's leader and the joint office answer to each other
            if found := self.holders(role):
                first = found[0]
                return Holder(first.person_id, asked, first.organisation_id, unmanned=True) if tried else first
            tried.add(role)
            role = MANAGER.get(role, "")
        return None


def place_of(session: Session, student_id: int, on: date) -> Place:
    """Where a pupil belongs on a local date. Raises `NotFound`."""
    found = places_of(session, [student_id], on)
    if student_id not in found:
        raise NotFound("没有找到这名学生")
    return found[student_id]


def places_of(session: Session, student_ids: Sequence[int], on: date) -> dict[int, Place]:
    """Where pupils belong on a local date; those that do not exist are left out."""
    class_, village, household = aliased(Organisation), aliased(Organisation), aliased(Organisation)
    current = and_(Enrolment.student_id == Student.id, Enrolment.from_on <= on, or_(Enrolment.until_on.is_(None), Enrolment.until_on > on))
    statement = (
        select(Student.id, Student.county_id, class_.id, class_.parent_id, village.id, village.parent_id, household.parent_id)
        .outerjoin(Enrolment, current)
        .outerjoin(class_, class_.id == Enrolment.class_id)
        .outerjoin(village, village.id == Student.village_id)
        .outerjoin(household, household.id == Student.household_village_id)
        .order_by(Enrolment.from_on)
    )
    places: dict[int, Place] = {}
    for start in range(0, len(student_ids), CHUNK):
        for row in session.execute(statement.where(Student.id.in_(student_ids[start : start + CHUNK]))):
            places[row[0]] = Place(*row[1:])
    return places


def staff_around(session: Session, place: Place, roles: Collection[str], on: date) -> Staff:
    """Everyone near `place` who holds one of `roles`, or a role that manages one of them."""
    asked = {
        "roles": sorted(_with_managers(roles)),
        "near": [i for i in (place.class_id, place.school_id, place.village_id, place.township_id) if i],
        "county": place.county_id,
        "township": place.township_id,
        "day": on,
    }
    return Staff(session.execute(_STAFF, asked).all())


def _staff() -> Select[int, str, int, int, int]:
    post, place, other = table_of(Appointment).c, table_of(Organisation).c, table_of(Appointment).alias()
    held = select(func.count()).where(other.c.person_id == post.person_id)
    held = held.where(or_(other.c.until_on.is_(None), other.c.until_on >= bindparam("day")))
    others = held.correlate(table_of(Appointment)).scalar_subquery()
    central = and_(place.county_id == bindparam("county"), place.kind.in_(("bureau", "department")))
    stations = and_(place.parent_id == bindparam("township"), place.kind == "station")
    return (
        select(post.person_id, post.role, post.organisation_id, others, post.rank)
        .join_from(table_of(Appointment), table_of(Person), table_of(Person).c.id == post.person_id)
        .join(table_of(Organisation), place.id == post.organisation_id)
        .where(post.role.in_(bindparam("roles", expanding=True)), table_of(Person).c.active)
        .where(or_(post.until_on.is_(None), post.until_on >= bindparam("day")))
        .where(or_(place.id.in_(bindparam("near", expanding=True)), central, stations))
    )


_STAFF = _staff()


def _with_managers(roles: Collection[str]) -> set[str]:
    wanted: set[str] = set()
    for role in roles:
        while role and role not in wanted:
            wanted.add(role)
            role = MANAGER.get(role, "")
    return wanted


def actor_for(session: Session, person_id: int, on: date) -> Actor:
    """A person with all memberships in force on a local date. Raises `NotFound`."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise NotFound("没有找到这名用户")
    rows = session.execute(
        select(Appointment.role, Organisation.id, Organisation.kind, Organisation.parent_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .where(Appointment.person_id == person_id, or_(Appointment.until_on.is_(None), Appointment.until_on >= on))
        .order_by(Appointment.rank)
    ).all()
    memberships = tuple(_membership(person.county_id, role, org_id, kind, parent_id) for role, org_id, kind, parent_id in rows)
    return Actor(person.county_id, person.id, person.name, memberships)


def _membership(county_id: int, role: str, organisation_id: int, kind: str, parent_id: int | None) -> Membership:
    area = ROLE_AREA.get(role)
    if area is Area.COUNTY:
        return Membership(role, organisation_id, area, county_id)
    if area is Area.TOWNSHIP and kind == "station":
        return Membership(role, organisation_id, area, parent_id)
    return Membership(role, organisation_id, area, organisation_id if area else None)


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Names by person id, for showing."""
    if not person_ids:
        return {}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).all())


def organisation_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Names by organisation id, for showing."""
    if not ids:
        return {}
    return dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))).all())


def colleague(session: Session, actor: Actor, person_id: int) -> Person:
    """A person of the actor's county. Raises `NotFound` for anybody else's."""
    person = session.get(Person, person_id)
    if person is None or person.county_id != actor.county_id or not person.active:
        raise NotFound("没有找到这名同事")
    return person


@dataclass(frozen=True)
class Colleague:
    """Somebody a form may name, with what they are."""

    id: int
    name: str
    role_name: str


def colleagues_near(session: Session, place: Place) -> list[Colleague]:
    """The people around a pupil, each once, those of the class and school first."""
    near = [i for i in (place.class_id, place.school_id, place.village_id, place.township_id) if i]
    stations = and_(Organisation.parent_id == place.township_id, Organisation.kind == "station")
    central = and_(Organisation.county_id == place.county_id, Organisation.kind.in_(("bureau", "department")))
    order = case({"class": 0, "school": 1, "village": 2, "township": 3, "station": 4}, value=Organisation.kind, else_=5)
    rows = session.execute(
        select(Person.id, Person.name, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .where(or_(Organisation.id.in_(near), Organisation.parent_id == place.school_id, stations, central), Person.active)
        .order_by(order, Appointment.rank, Person.id)
    )
    seen: dict[int, Colleague] = {}
    for person_id, name, role in rows:
        seen.setdefault(person_id, Colleague(person_id, name, ROLE_NAMES.get(role, role)))
    return list(seen.values())


def organisations_near(session: Session, place: Place) -> list[tuple[str, str]]:
    """The organisations a form may name: those around the pupil, the schools and townships of the county, the bureau."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.county_id == place.county_id, Organisation.kind.in_(("school", "township", "bureau", "department", "village")))
        .order_by(Organisation.id)
        .limit(400)
    )
    return [(str(i), name) for i, name in rows]
