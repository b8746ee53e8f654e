"""Pupils: finding them within one's scope, adding one, and the blocks STU and GUA of the forms (DOMAIN g.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
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


def blocks(session: Session, student: Student, place: Place, vault: Vault) -> dict[str, Any]:
    """The prefilled values of the blocks STU and GUA."""
    ids = [place.school_id, place.class_id, place.township_id, place.household_township_id, place.village_id]
    named = {row.id: row for row in session.scalars(select(Organisation).where(Organisation.id.in_([i for i in ids if i])))}

    def name(organisation_id: int | None) -> str | None:
        return named[organisation_id].name if organisation_id in named else None

    class_ = named.get(place.class_id or 0)
    guardians = session.scalars(select(Guardian).where(Guardian.student_id == student.id).order_by(Guardian.id)).all()
    address = "".join(filter(None, (name(place.township_id), name(place.village_id)))) or None
    values = {
        "student_name": student.name,
        "id_number": vault.open(student.id_number, "student", "id_number", student.id) if student.id_number else None,
        "gender": student.gender,
        "birth_date": student.birth_date.isoformat(),
        "ethnicity": student.ethnicity,
        "registry_no": student.registry_no,
        "school": str(place.school_id) if place.school_id else None,
        "grade": str(class_.grade) if class_ and class_.grade else None,
        "class": class_.name if class_ else None,
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
            for g in guardians
        ],
    }
    return {key: value for key, value in values.items() if value is not None}
