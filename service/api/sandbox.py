"""Training and acceptance: load a county, add a pupil, move the clock. Hung only with SANDBOX=1; nobody signs in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, people, processes
from service.api.door import Call, route
from service.errors import Invalid
from service.seed import fixtures

LAST_YEAR = timedelta(days=365)


class Reset(Schema):
    fixture = fields.String(required=True)
    now = fields.AwareDateTime(required=True)


class Loaded(Schema):
    people = fields.List(fields.Dict(), required=True)
    students = fields.List(fields.Dict(), required=True)


class GuardianEntered(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    relation = fields.String(load_default="其他监护人", validate=validate.Length(1, 12))
    phone = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20))
    is_legal_guardian = fields.Boolean(load_default=True)
    caretaker = fields.Boolean(load_default=False)
    at_home = fields.Boolean(load_default=True)


class NewPupil(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    id_number = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=18))
    birth_date = fields.Date(required=True)
    class_ = fields.String(load_default=None, allow_none=True, data_key="class")
    village = fields.String(required=True)
    guardians = fields.List(fields.Nested(GuardianEntered), load_default=list)
    focus_tags = fields.List(fields.String(), load_default=list)


class Made(Schema):
    id = fields.String(required=True)


class ClockMove(Schema):
    now = fields.AwareDateTime(required=True)


class ClockShown(Schema):
    now = fields.AwareDateTime(required=True)
    running = fields.Boolean(required=True)


class ClockMoved(Schema):
    now = fields.AwareDateTime(required=True)
    fired = fields.Integer(required=True)


@route("POST", "/sandbox/reset", body=Reset, answer=Loaded, public=True, sandbox=True, transaction="none")
def reset(call: Call) -> dict[str, Any]:
    """Load a named fixture as it stands at a moment; everybody's password is `training`."""
    with call.database.reading() as session:
        before = processes.epoch(session)
    loaded = fixtures.reset(call.database, call.settings, call.body["fixture"], call.body["now"])
    call.database.forget()
    with call.database.transaction() as session:
        processes.set_clock(session, call.body["now"], epoch_now=max(before, processes.epoch(session)) + 1)
    return loaded


@route("POST", "/sandbox/students", body=NewPupil, answer=Made, status=201, public=True, sandbox=True)
def add_student(call: Call) -> dict[str, Any]:
    """Add an invented pupil."""
    asked = call.body
    village = _organisation(call.session, "village", asked["village"])
    if village is None:
        raise Invalid("没有这个村", {"village": ["没有这个村"]})
    class_ = _organisation(call.session, "class", asked["class_"]) if asked["class_"] else None
    if asked["class_"] and class_ is None:
        raise Invalid("没有这个班", {"class": ["没有这个班"]})
    new = people.NewStudent(
        name=asked["name"],
        birth_date=asked["birth_date"],
        village_id=village.id,
        class_id=class_.id if class_ else None,
        from_on=clock.today() - LAST_YEAR,
        id_number=asked["id_number"],
        focus_tags=asked["focus_tags"],
        guardians=asked["guardians"],
    )
    return {"id": str(people.add(call.session, village.county_id, new, call.database.memory["vault"]).id)}


def _organisation(session: Session, kind: str, name: str) -> people.Organisation | None:
    """The first one of this name; a class goes by its number or by its full name."""
    table = people.Organisation
    named = table.name == name if kind == "village" else table.name.endswith(name, autoescape=True)
    return session.scalars(select(table).where(table.kind == kind, named).order_by(table.id).limit(1)).first()


@route("GET", "/sandbox/clock", answer=ClockShown, public=True, sandbox=True)
def show_clock(call: Call) -> dict[str, Any]:
    """The moment the sandbox stands at."""
    at = processes.sandbox_now(call.session)
    return {"now": at or datetime.now(UTC), "running": at is None or processes.is_running(call.session)}


@route("POST", "/sandbox/clock", body=ClockMove, answer=ClockMoved, public=True, sandbox=True, transaction="none")
def move_clock(call: Call) -> dict[str, Any]:
    """Move the clock forward; everything that becomes due on the way happens, in order, each at its own moment."""
    target: datetime = call.body["now"]
    with call.database.transaction() as session:
        before = processes.keep_up(call.database, session) or datetime.now(UTC)
        if target < before:
            raise Invalid("时钟只能向前走", {"now": ["时钟只能向前走"]})
        processes.set_clock(session, before)
    fired = processes.run_due(call.database, target, step_clock=True, since=before)
    with call.database.transaction() as session:
        processes.set_clock(session, target)
    return {"now": target, "fired": fired}
