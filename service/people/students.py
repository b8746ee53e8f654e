"""Pupils: finding them within one's scope, adding one, and the blocks STU and GUA of the forms (DOMAIN g.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.access import Actor, Area, Place, in_scope
from service.errors import NotFound
from service.people.directory import place_of
from service.people.models import Enrolment, Guardian, Organisation, Student
from service.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True)
class NewStudent:
    """What is known of a pupil when they are first entered."""

    name: str
    birth_date: date
    village_id: int | None
    class_id: int | None
    from_on: date
    household_village_id: int | None = None
    gender: str | None = None
    id_number: str | None = None
    registry_no: str | None = None
    focus_tags: Sequence[str] = ()
    guardians: Sequence[Mapping[str, Any]] = field(default=())


def add(session: Session, county_id: int, new: NewStudent, vault: Vault) -> Student:
    """Enter a pupil with their guardians and their class."""
    student = Student(
        county_id=county_id,
        name=new.name,
        gender=new.gender,
        birth_date=new.birth_date,
        registry_no=new.registry_no,
        village_id=new.village_id,
        household_village_id=new.household_village_id or new.village_id,
        focus_tags=list(new.focus_tags),
    )
    session.add(student)
    session.flush()
    if new.id_number:
        student.id_number = vault.seal(new.id_number, "student", "id_number", student.id)
        student.id_number_index = vault.index(new.id_number)
    if new.class_id:
        session.add(Enrolment(county_id=county_id, student_id=student.id, class_id=new.class_id, from_on=new.from_on))
    for one in new.guardians:
        guardian = Guardian(
            county_id=county_id,
            student_id=student.id,
            name=one["name"],
            relation=one.get("relation", "其他监护人"),
            is_legal=one.get("is_legal_guardian", True),
            caretaker=one.get("caretaker", False),
            at_home=one.get("at_home", True),
        )
        session.add(guardian)
        session.flush()
        if phone := one.get("phone"):
            guardian.phone = vault.seal(phone, "guardian", "phone", guardian.id)
    session.flush()
    return student


def find_for(session: Session, actor: Actor, student_id: int, on: date) -> tuple[Student, Place]:
    """A pupil in the actor's area, with their place. Raises `NotFound` for anybody else's."""
    student = session.get(Student, student_id)
    if student is None or student.county_id != actor.county_id:
        raise NotFound("没有找到这名学生")
    place = place_of(session, student_id, on)
    if not (actor.system or in_scope(actor, place, legal=True)):
        raise NotFound("没有找到这名学生")
    return student, place


def search(
    session: Session, actor: Actor, *, on: date, q: str = "", organisation_id: int | None = None, after: int = 0, limit: int = 50
) -> Sequence[Student]:
    """Pupils of the actor's area by name or registry number, in id order after `after`."""
    statement = _found(select(Student), actor, on, q, organisation_id).where(Student.id > after).order_by(Student.id).limit(limit)
    return session.scalars(statement).all()


def count(session: Session, actor: Actor, *, on: date, q: str = "", organisation_id: int | None = None) -> int:
    """How many pupils such a list holds in all."""
    return session.scalar(_found(select(func.count(Student.id)), actor, on, q, organisation_id)) or 0


def _found(statement: Select[T], actor: Actor, on: date, q: str, organisation_id: int | None) -> Select[T]:
    class_, village, household = aliased(Organisation), aliased(Organisation), aliased(Organisation)
    statement = (
        statement.outerjoin(
            Enrolment,
            and_(Enrolment.student_id == Student.id, Enrolment.from_on <= on, or_(Enrolment.until_on.is_(None), Enrolment.until_on > on)),
        )
        .outerjoin(class_, class_.id == Enrolment.class_id)
        .outerjoin(village, village.id == Student.village_id)
        .outerjoin(household, household.id == Student.household_village_id)
        .where(Student.county_id == actor.county_id)
    )
    columns: dict[Area, list[Any]] = {
        Area.CLASS: [class_.id],
        Area.SCHOOL: [class_.parent_id],
        Area.VILLAGE: [village.id],
        Area.TOWNSHIP: [village.parent_id, household.parent_id],
        Area.COUNTY: [Student.county_id],
    }
    if not actor.system:
        reach: list[ColumnElement[bool]] = [column == m.area_id for m in actor.memberships if m.area for column in columns[m.area]]
        statement = statement.where(or_(false(), *reach))
    if organisation_id:
        statement = statement.where(
            or_(
                *(column == organisation_id for column in (class_.id, class_.parent_id, village.id, village.parent_id, household.parent_id))
            )
        )
    if q:
        statement = statement.where(or_(Student.name.contains(q, autoescape=True), Student.registry_no == q))
    return statement


@dataclass(frozen=True)
class Pupil:
    """A pupil with everything around them on a day."""

    student: Student
    place: Place
    guardians: Sequence[Guardian]
    names: Mapping[int | None, str]
    """Of the organisations of the place."""
    grade: int | None


def pupil_on(session: Session, student_id: int, on: date) -> Pupil:
    """A pupil, their organisations by name and their guardians, in one statement. Raises `NotFound`."""
    rows = session.execute(_AROUND, {"pupil": student_id, "day": on}).all()
    if not rows:
        raise NotFound("没有找到这名学生")
    last = rows[-1]
    place = Place(last.Student.county_id, last.class_id, last.school_id, last.village_id, last.township_id, last.household_township_id)
    names = {last.class_id: last.class_name, last.school_id: last.school_name, last.village_id: last.village_name}
    names |= {last.household_township_id: last.household_township_name, last.township_id: last.township_name}
    guardians = {row.Guardian.id: row.Guardian for row in rows if row.Guardian}
    return Pupil(last.Student, place, list(guardians.values()), {key: name for key, name in names.items() if key}, last.grade)


def _around() -> Select[*tuple[Any, ...]]:
    class_, school, village, township, household, registered = (aliased(Organisation) for _ in range(6))
    day = bindparam("day", type_=Date)
    current = and_(Enrolment.from_on <= day, or_(Enrolment.until_on.is_(None), Enrolment.until_on > day))
    places = {"class": class_, "school": school, "village": village, "township": township, "household_township": registered}
    columns = [column for name, one in places.items() for column in (one.id.label(f"{name}_id"), one.name.label(f"{name}_name"))]
    return (
        select(Student, Guardian, class_.grade, *columns)
        .outerjoin(Enrolment, and_(Enrolment.student_id == Student.id, current))
        .outerjoin(class_, class_.id == Enrolment.class_id)
        .outerjoin(school, school.id == class_.parent_id)
        .outerjoin(village, village.id == Student.village_id)
        .outerjoin(township, township.id == village.parent_id)
        .outerjoin(household, household.id == Student.household_village_id)
        .outerjoin(registered, registered.id == household.parent_id)
        .outerjoin(Guardian, Guardian.student_id == Student.id)
        .where(Student.id == bindparam("pupil"))
        .order_by(Enrolment.from_on, Guardian.id)
    )


_AROUND = _around()


def blocks(pupil: Pupil, vault: Vault) -> dict[str, Any]:
    """The prefilled values of the blocks STU and GUA."""
    student, place, name = pupil.student, pupil.place, pupil.names.get
    address = "".join(filter(None, (name(place.township_id), name(place.village_id)))) or None
    values = {
        "student_name": student.name,
        "id_number": vault.open(student.id_number, "student", "id_number", student.id) if student.id_number else None,
        "gender": student.gender,
        "birth_date": student.birth_date.isoformat(),
        "ethnicity": student.ethnicity,
        "registry_no": student.registry_no,
        "school": str(place.school_id) if place.school_id else None,
        "grade": str(pupil.grade) if pupil.grade else None,
        "class": name(place.class_id),
        "household_address": address,
        "residence_address": address,
        "township_household": name(place.household_township_id),
        "township_residence": name(place.township_id),
        "village": name(place.village_id),
        "boarding": student.boarding,
        "focus_tags": student.focus_tags or None,
        "guardians": [
            {
                "name": g.name,
                "relation": g.relation,
                "phone": vault.open(g.phone, "guardian", "phone", g.id) if g.phone else None,
                "is_legal_guardian": g.is_legal,
                "caretaker": g.caretaker,
            }
            for g in pupil.guardians
        ],
    }
    return {key: value for key, value in values.items() if value is not None}
