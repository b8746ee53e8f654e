"""The staff's work: inbox, one task with its form, and what can be done with it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from service import forms, processes, tasks
from service.api import cases as case_door
from service.api import schemas
from service.api.door import Call, route
from service.api.values import Id, page, position
from service.errors import Conflict, Forbidden


class Inbox(schemas.Page):
    view = fields.String(load_default="mine", validate=validate.OneOf(tasks.VIEWS))
    case = Id(load_default=None)
    process = fields.String(load_default="")
    node = fields.String(load_default="")
    overdue = fields.Boolean(load_default=False)
    q = fields.String(load_default="", validate=validate.Length(max=40))


class Seen(Schema):
    revision = fields.Integer(load_default=None, allow_none=True)


class Draft(Seen):
    values = fields.Dict(required=True)


class Assignment(Seen):
    person_id = Id(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class Loan(Schema):
    person_id = Id(required=True)
    until = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Reminder(Schema):
    note = fields.String(load_default="", validate=validate.Length(max=200))


class Return(Schema):
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class Completion(Schema):
    revision = fields.Integer(required=True)
    outcome = fields.String(load_default=None, allow_none=True)
    values = fields.Dict(load_default=dict)


@route("GET", "/tasks", query=Inbox, answer=schemas.TaskList)
def inbox(call: Call) -> dict[str, Any]:
    """A view of one's tasks, most urgent first."""
    asked, limit = call.query, call.query["limit"]
    filters = tasks.Filters(
        case_id=asked["case"],
        node_ids=processes.node_ids(call.session, call.actor.county_id, asked["process"], asked["node"])
        if asked["process"] or asked["node"]
        else None,
        overdue=asked["overdue"],
        q=asked["q"],
        after=tuple(position(asked["cursor"], datetime, int)) if asked["cursor"] else None,
        limit=limit + 1,
    )
    found = tasks.inbox(call.session, call.actor, asked["view"], filters)
    shown, following = page(found, limit, lambda task: (task.ended_at if asked["view"] == "done" else task.due_at, task.id))
    answer = {"items": processes.describe(call.session, call.actor, shown), "next": following}
    return {**answer, "total": tasks.count(call.session, call.actor, asked["view"], filters)} if asked["count"] else answer


@route("GET", "/tasks/<id:task_id>", answer=schemas.TaskSheet)
def show(call: Call, task_id: int) -> dict[str, Any]:
    """A task with its form, what the form already knows, the draft and what happens next."""
    task, ties = tasks.find_for(call.session, call.actor, task_id)
    sheet = processes.open_sheet(call.session, call.actor, task)
    mine = task.state == "open" and _may_finish(call, task, ties)
    properties = sheet.node.properties
    return {
        **processes.describe(call.session, call.actor, [task])[0],
        "form": {
            "key": sheet.form.key,
            "title": sheet.form.title,
            "version": sheet.form_version,
            "schema": forms.schema_for(sheet.form, sheet.context),
        },
        "values": _values(call, task, sheet, mine),
        "draft": dict(task.values or {}) if mine else {},
        "outcomes": [{"id": one.id, "name": one.name} for one in sheet.outcomes],
        "law": [text.strip() for text in properties.get("law", "").replace("；", ";").split(";") if text.strip()],
        "guidance": properties.get("guidance", sheet.node.documentation),
        "next": processes.ahead(call.session, task, sheet),
        "may_complete": mine,
        "may_return": mine and processes.may_return(call.session, task),
    }


def _values(call: Call, task: tasks.Task, sheet: processes.Sheet, mine: bool) -> dict[str, Any]:
    """What was filed once it is done; before that, what the form knows, shown to whoever will fill it in."""
    if task.state != "open":
        return processes.answers_for(call.session, call.actor, task)
    return forms.prefill(sheet.form, sheet.context) if mine else {}


def _may_finish(call: Call, task: tasks.Task, ties: tasks.Ties) -> bool:
    with suppress(Forbidden, Conflict):
        tasks.may_finish(call.actor, task, ties)
        return True
    return False


@route("PUT", "/tasks/<id:task_id>/draft", body=Draft, answer=schemas.Task)
def save_draft(call: Call, task_id: int) -> dict[str, Any]:
    """Keep what has been typed without completing; only its shape is looked at."""
    task, ties = tasks.find_for(call.session, call.actor, task_id)
    tasks.may_finish(call.actor, task, ties)
    form = processes.open_sheet(call.session, call.actor, task).form
    return _one(call, tasks.save_draft(call.session, call.actor, task_id, forms.shape(form, call.body["values"]), call.body["revision"]))


@route("POST", "/tasks/<id:task_id>/claim", body=Seen, answer=schemas.Task)
def claim(call: Call, task_id: int) -> dict[str, Any]:
    """认领: take a task that nobody holds."""
    return _one(call, tasks.claim(call.session, call.actor, task_id, call.body["revision"]))


@route("POST", "/tasks/<id:task_id>/release", body=Seen, answer=schemas.Task)
def release(call: Call, task_id: int) -> dict[str, Any]:
    """退回待认领: give a task back to those of the same role."""
    return _one(call, tasks.release(call.session, call.actor, task_id, call.body["revision"]))


@route("POST", "/tasks/<id:task_id>/assign", body=Assignment, answer=schemas.Task)
def assign(call: Call, task_id: int) -> dict[str, Any]:
    """转办: hand a task over for good."""
    return _one(call, tasks.assign(call.session, call.actor, task_id, **call.body))


@route("POST", "/tasks/<id:task_id>/delegate", body=Loan, answer=schemas.Task)
def delegate(call: Call, task_id: int) -> dict[str, Any]:
    """委派: lend a task to a colleague for a time."""
    tasks.delegate(call.session, call.actor, task_id, **call.body)
    return _one(call, tasks.find_for(call.session, call.actor, task_id)[0])


@route("POST", "/tasks/<id:task_id>/remind", body=Reminder, answer=schemas.Task)
def remind(call: Call, task_id: int) -> dict[str, Any]:
    """催办: urge the holder on."""
    return _one(call, tasks.remind(call.session, call.actor, task_id, note=call.body["note"]))


@route("POST", "/tasks/<id:task_id>/return", body=Return, answer=schemas.Completed)
def give_back(call: Call, task_id: int) -> dict[str, Any]:
    """退回上一步: give the work back to whoever did the step before."""
    opened = processes.give_back(call.session, call.actor, task_id, reason=call.body["reason"])
    return _moved(call, task_id, opened, [])


@route("POST", "/tasks/<id:task_id>/complete", body=Completion, answer=schemas.Completed)
def complete(call: Call, task_id: int) -> dict[str, Any]:
    """Finish a task: the answers are checked and the case moves, in one transaction."""
    progress = processes.complete_task(call.session, call.actor, task_id, **call.body)
    return _moved(call, task_id, progress.opened, progress.closed)


def _moved(call: Call, task_id: int, opened: Sequence[int], closed: Sequence[int]) -> dict[str, Any]:
    """The task after the step, its case, and the tasks that came and went."""
    call.session.flush()
    rows = tasks.by_ids(call.session, [task_id, *opened])
    described = processes.describe(call.session, call.actor, rows)
    case_id = rows[0].case_id
    return {
        "task": described[0],
        "case": case_door.full(call, case_id) if case_id else None,
        "opened": described[1:],
        "closed": [str(i) for i in closed],
    }


def _one(call: Call, task: tasks.Task) -> dict[str, Any]:
    return processes.describe(call.session, call.actor, [task])[0]
