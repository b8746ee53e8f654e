"""Bulk imports: a preview that names every bad row, then the commit."""

from typing import Any

from marshmallow import Schema, fields, validate

from service import rosters
from service.api.door import Call, route
from service.errors import Invalid

FOLDER = "imports"
SHOWN = 500
"""Bad rows listed in an answer; all of them are counted."""


class BadRow(Schema):
    sheet = fields.String(required=True)
    row = fields.Integer(required=True, metadata={"description": "As the spreadsheet numbers it, from 1."})
    code = fields.String(required=True)
    message = fields.String(required=True)


class Preview(Schema):
    import_id = fields.String(required=True)
    rows = fields.Integer(required=True)
    good = fields.Integer(required=True)
    bad = fields.Integer(required=True)
    problems = fields.List(fields.Nested(BadRow), required=True)


class Committed(Schema):
    accepted = fields.Integer(required=True)
    started = fields.List(fields.String(), required=True)
    leave = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    problems = fields.List(fields.Nested(BadRow), required=True)


class Told(Schema):
    source = fields.String(required=True, validate=validate.OneOf(["attendance"], error="目前只能导入到校情况（attendance）"))
    purpose = fields.String(required=True, validate=validate.Length(min=2, max=200, error="请写明导入目的"))


@route("POST", "/imports", answer=Preview, status=201, upload=True)
def preview(call: Call) -> dict[str, Any]:
    """Read a workbook or csv of attendance; nothing is changed yet. Form fields: `source`, `purpose`, `file`."""
    told = Told().load({key: call.body.get(key, "") for key in ("source", "purpose")})
    if not call.body["file"]:
        raise Invalid("文件是空的", {"file": ["文件是空的"]})
    row, found = rosters.start(call.session, call.actor, call.body["file"], purpose=told["purpose"], folder=call.settings.data_dir / FOLDER)
    return {
        "import_id": str(row.id),
        "rows": found.rows,
        "good": len(found.good) + len(found.leave),
        "bad": len(found.problems),
        "problems": [vars(problem) for problem in found.problems[:SHOWN]],
    }


@route("POST", "/imports/<id:import_id>/commit", answer=Committed)
def commit(call: Call, import_id: int) -> dict[str, Any]:
    """Post the good rows of a previewed file; a second time is refused with `already_committed`."""
    return rosters.commit(call.session, call.actor, import_id, call.settings.data_dir / FOLDER)
