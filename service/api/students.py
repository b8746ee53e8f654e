"""Finding a pupil within one's sight."""

from typing import Any

from marshmallow import Schema, fields, validate

from service import cases, clock, people
from service.access import reads_names
from service.api import schemas
from service.api.door import Call, route
from service.api.values import Id, page, position
from service.vault import mask_id_number, mask_name


class Search(schemas.Page):
    q = fields.String(load_default="", validate=validate.Length(max=40))
    organisation = Id(load_default=None)


class StudentHead(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class StudentList(Schema):
    items = fields.List(fields.Nested(StudentHead), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer()


class GuardianShown(Schema):
    name = fields.String(required=True)
    relation = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    is_legal_guardian = fields.Boolean(required=True)
    caretaker = fields.Boolean(required=True)


class Student(StudentHead):
    """A pupil; identity number and telephone numbers are masked."""

    gender = fields.String(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True)
    registry_no = fields.String(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)
    boarding = fields.Boolean(required=True)
    focus_tags = fields.List(fields.String(), required=True)
    school = fields.Nested(schemas.Named, required=True, allow_none=True)
    class_ = fields.Nested(schemas.Named, required=True, allow_none=True, data_key="class")
    village = fields.Nested(schemas.Named, required=True, allow_none=True)
    township = fields.Nested(schemas.Named, required=True, allow_none=True)
    guardians = fields.List(fields.Nested(GuardianShown), required=True)
    cases = fields.List(fields.Nested(schemas.CaseHead), required=True)


@route("GET", "/students", query=Search, answer=StudentList)
def search(call: Call) -> dict[str, Any]:
    """Pupils of one's area by name or registry number."""
    asked, limit, today = call.query, call.query["limit"], clock.today()
    after = position(asked["cursor"], int)[0] if asked["cursor"] else 0
    wanted = {"on": today, "q": asked["q"], "organisation_id": asked["organisation"]}
    found = people.search(call.session, call.actor, **wanted, after=after, limit=limit + 1)
    shown, following = page(found, limit, lambda student: (student.id,))
    answer = {"items": [_head(call, student) for student in shown], "next": following}
    return {**answer, "total": people.count(call.session, call.actor, **wanted)} if asked["count"] else answer


@route("GET", "/students/<id:student_id>", answer=Student)
def show(call: Call, student_id: int) -> dict[str, Any]:
    """A pupil, where they belong, who answers for them, and the cases one may see."""
    student, place = people.find_for(call.session, call.actor, student_id, clock.today())
    known = people.blocks(people.pupil_on(call.session, student_id, clock.today()), call.database.memory["vault"])
    names = people.organisation_names(
        call.session, {i for i in (place.school_id, place.class_id, place.village_id, place.township_id) if i}
    )

    def named(organisation_id: int | None) -> dict[str, str] | None:
        return {"id": str(organisation_id), "name": names.get(organisation_id, "")} if organisation_id else None

    open_names = reads_names(call.actor)
    found = cases.search(call.session, call.actor, cases.Wanted(student_id=student.id))
    return {
        **_head(call, student),
        **{key: known.get(key) for key in ("gender", "birth_date", "registry_no", "grade")},
        **({} if open_names else {"registry_no": None}),
        "id_number": mask_id_number(known["id_number"]) if known.get("id_number") else None,
        "boarding": student.boarding,
        "focus_tags": list(student.focus_tags or []) if open_names else [],
        "school": named(place.school_id),
        "class": named(place.class_id),
        "village": named(place.village_id),
        "township": named(place.township_id),
        "guardians": [{**g, "phone": _masked(g["phone"])} for g in known["guardians"]] if open_names else [],
        "cases": cases.brief(call.session, call.actor, found),
    }


def _head(call: Call, student: people.Student) -> dict[str, Any]:
    return {"id": str(student.id), "name": student.name if reads_names(call.actor) else mask_name(student.name)}


def _masked(phone: str | None) -> str | None:
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:] if phone and len(phone) > 5 else None
