"""Cases: the roll that starts them, what happens in them, their record and their papers."""

from typing import Any

from marshmallow import Schema, fields, validate

from service import cases, documents, history, processes
from service.api import schemas
from service.api.door import Call, route
from service.api.values import LONGEST_ID, Id, page, position


class AbsenceRow(Schema):
    student_id = fields.String(required=True)
    date = fields.Date(required=True)
    present = fields.Boolean(required=True)
    note = fields.String(load_default="", allow_none=True, validate=validate.Length(max=200))


class Absences(Schema):
    rows = fields.List(fields.Nested(AbsenceRow), required=True)


class RowProblem(Schema):
    row = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Posted(Schema):
    accepted = fields.Integer(required=True)
    started = fields.List(fields.String(), required=True)
    problems = fields.List(fields.Nested(RowProblem), required=True)


class NewCase(Schema):
    student_id = Id(required=True)
    trigger_type = fields.String(required=True)
    values = fields.Dict(load_default=dict)


class Search(schemas.Page):
    status = fields.String(load_default="")
    stage = fields.String(load_default="")
    organisation = Id(load_default=None)
    q = fields.String(load_default="", validate=validate.Length(max=40))


class CaseEvent(Schema):
    event = fields.String(required=True)
    values = fields.Dict(load_default=dict)


class HistoryEvent(Schema):
    """One event of the record, hash-chained to the one before."""

    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(schemas.Named, required=True, allow_none=True)
    on_behalf_of = fields.Nested(schemas.Named, required=True, allow_none=True)
    action = fields.String(required=True)
    node_id = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True)
    hash = fields.String(required=True)


class HistoryPage(Schema):
    items = fields.List(fields.Nested(HistoryEvent), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer()


class Whichever(Schema):
    process = fields.String(load_default=processes.MAIN)


class NodeState(Schema):
    state = fields.String(required=True, validate=validate.OneOf(["here", "done", "cancelled"]))
    entered_at = fields.AwareDateTime(required=True, allow_none=True)
    left_at = fields.AwareDateTime(required=True, allow_none=True)
    count = fields.Integer(required=True)


class CaseDiagram(Schema):
    xml = fields.String(required=True)
    version = fields.Integer(required=True)
    nodes = fields.Dict(keys=fields.String(), values=fields.Nested(NodeState), required=True)


@route("POST", "/absences", body=Absences, answer=Posted)
def post_absences(call: Call) -> dict[str, Any]:
    """Attendance: rows start cases and move those that run; a bad row holds up none of the others."""
    rows = [cases.Row(_number(row["student_id"]), row["date"], row["present"], row["note"] or "") for row in call.body["rows"]]
    posted = cases.post_absences(call.session, call.actor, rows)
    return {
        "accepted": posted.accepted,
        "started": [str(i) for i in posted.started],
        "problems": [{"row": one.row, "code": one.code, "message": one.message} for one in posted.problems],
    }


def _number(text: str) -> int:
    """A pupil's id; what cannot be one is nobody's, which the row then says."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


@route("POST", "/cases", body=NewCase, answer=schemas.Case, status=201)
def open_case(call: Call) -> dict[str, Any]:
    """Start a case by another trigger than the roll: a clue, a child not enrolled."""
    asked = call.body
    case = cases.start(call.session, call.actor, asked["student_id"], asked["trigger_type"], asked["values"])
    return full(call, case.id)


@route("GET", "/cases", query=Search, answer=schemas.CaseList)
def search(call: Call) -> dict[str, Any]:
    """Cases within one's sight, newest first."""
    asked, limit = call.query, call.query["limit"]
    wanted = cases.Wanted(
        status=asked["status"],
        stage=asked["stage"],
        organisation_id=asked["organisation"],
        q=asked["q"],
        after=position(asked["cursor"], int)[0] if asked["cursor"] else None,
        limit=limit + 1,
    )
    shown, following = page(cases.search(call.session, call.actor, wanted), limit, lambda case: (case.id,))
    answer = {"items": cases.brief(call.session, call.actor, shown), "next": following}
    return {**answer, "total": cases.count(call.session, call.actor, wanted)} if asked["count"] else answer


@route("GET", "/cases/<id:case_id>", answer=schemas.Case)
def show(call: Call, case_id: int) -> dict[str, Any]:
    """A case with the open tasks of all its instances, its clocks and papers."""
    cases.find_for(call.session, call.actor, case_id)
    return full(call, case_id)


@route("POST", "/cases/<id:case_id>/events", body=CaseEvent, answer=schemas.Case)
def register_event(call: Call, case_id: int) -> dict[str, Any]:
    """Tell the case what happened: a claimed return, a death, another guardian."""
    cases.register_event(call.session, call.actor, case_id, call.body["event"], call.body["values"])
    return full(call, case_id)


@route("GET", "/cases/<id:case_id>/history", query=schemas.Page, answer=HistoryPage)
def timeline(call: Call, case_id: int) -> dict[str, Any]:
    """Every event of the case, oldest first."""
    case = cases.find_for(call.session, call.actor, case_id)
    events = cases.timeline(call.session, case)
    seen = position(call.query["cursor"], int)[0] if call.query["cursor"] else 0
    following = [event for event in events if event["seq"] > seen]
    shown, more = page(following[: call.query["limit"] + 1], call.query["limit"], lambda event: (event["seq"],))
    return {"items": shown, "next": more, **({"total": len(events)} if call.query["count"] else {})}


@route("GET", "/cases/<id:case_id>/diagram", query=Whichever, answer=CaseDiagram)
def diagram(call: Call, case_id: int) -> dict[str, Any]:
    """The diagram this case runs on, and where it has been."""
    case = cases.find_for(call.session, call.actor, case_id)
    drawn, version = processes.diagram_of(call.session, case.root_id or 0, call.query["process"])
    states = processes.node_states(history.of(call.session, f"case:{case.id}"), drawn.nodes)
    return {"xml": drawn.xml.decode(), "version": version, "nodes": states}


def full(call: Call, case_id: int) -> dict[str, Any]:
    """A case as API.md describes it, for whoever has just acted in it or may see it."""
    call.session.flush()
    case = call.session.get_one(cases.Case, case_id)
    papers = [paper(document) for document in documents.of_case(call.session, case_id)]
    return {**cases.full(call.session, call.actor, case), "documents": papers}


def paper(document: documents.Document) -> dict[str, Any]:
    """A document as lists show it."""
    return {
        "id": str(document.id),
        "kind": document.kind,
        "title": document.title,
        "number": document.number,
        "issued_at": document.issued_at,
        "served_on": document.served_on,
    }
