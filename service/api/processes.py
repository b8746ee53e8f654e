"""The published diagrams, to read."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service import engine, processes
from service.access import ROLE_NAMES
from service.api import schemas
from service.api.door import Call, route


class Wanted(Schema):
    format = fields.String(load_default="json", validate=validate.OneOf(["json", "xml"]))


class ProcessHead(Schema):
    key = fields.String(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    stage = fields.String(required=True, allow_none=True)
    published_at = fields.AwareDateTime(required=True)
    note = fields.String(required=True, allow_none=True)


class ProcessList(Schema):
    items = fields.List(fields.Nested(ProcessHead), required=True)
    next = fields.String(required=True, allow_none=True)


class UserTask(Schema):
    """One step that a person does."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    role_name = fields.String(required=True)
    form_key = fields.String(required=True, allow_none=True)
    due_rule = fields.String(required=True, allow_none=True)
    outcomes = fields.List(fields.Nested(schemas.Named), required=True)


class Process(ProcessHead):
    digest = fields.String(required=True)
    calls = fields.List(fields.String(), required=True)
    tasks = fields.List(fields.Nested(UserTask), required=True)
    xml = fields.String(required=True)


@route("GET", "/processes", answer=ProcessList)
def library(call: Call) -> dict[str, Any]:
    """The live version of every diagram of the county."""
    return {"items": [_head(row) for row in processes.live_versions(call.session, call.actor.county_id)], "next": None}


@route("GET", "/processes/<key>", query=Wanted, answer=Process)
def show(call: Call, key: str) -> dict[str, Any] | Response:
    """The live version of a diagram."""
    return _shown(call, processes.find_version(call.session, call.actor.county_id, key))


@route("GET", "/processes/<key>/versions/<id:number>", query=Wanted, answer=Process)
def version(call: Call, key: str, number: int) -> dict[str, Any] | Response:
    """One version of a diagram, as data or as the BPMN file itself."""
    if number > 2**31 - 1:
        number = 0
    return _shown(call, processes.find_version(call.session, call.actor.county_id, key, number))


def _shown(call: Call, row: processes.ProcessVersion) -> dict[str, Any] | Response:
    if call.query["format"] == "xml":
        return Response(row.xml, mimetype="application/xml")
    diagram = engine.read(row.xml)
    return {
        **_head(row),
        "digest": row.digest.hex(),
        "calls": sorted(diagram.calls),
        "tasks": [_step(node) for node in diagram.nodes.values() if node.kind == "userTask"],
        "xml": row.xml.decode(),
    }


def _head(row: processes.ProcessVersion) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "version": row.version,
        "stage": engine.read(row.xml).properties.get("stage"),
        "published_at": row.published_at,
        "note": row.note,
    }


def _step(node: engine.Node) -> dict[str, Any]:
    role = node.roles[0] if node.roles else None
    return {
        "id": node.id,
        "name": node.name,
        "role": role,
        "role_name": ROLE_NAMES.get(role or "", role or ""),
        "form_key": node.form_key,
        "due_rule": node.due,
        "outcomes": [{"id": one.id, "name": one.name} for one in node.outcomes],
    }
