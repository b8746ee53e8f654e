"""Papers of a case: notices that the service made, and evidence that people add."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service import cases, documents
from service.api import files, schemas
from service.api.cases import paper
from service.api.door import Call, route
from service.api.values import Id
from service.errors import NotFound
from service.forms import attachments

EVIDENCE = "evidence"


class Evidence(Schema):
    kind = fields.String(load_default=EVIDENCE)
    title = fields.String(load_default="证据材料", validate=validate.Length(1, 80))
    file_id = Id(load_default=None)


class Format(Schema):
    format = fields.String(load_default="", validate=validate.OneOf(["", "pdf", "docx"]))


@route("GET", "/cases/<id:case_id>/documents", answer=schemas.DocumentList)
def listed(call: Call, case_id: int) -> dict[str, Any]:
    """Notices and evidence of a case."""
    cases.find_for(call.session, call.actor, case_id)
    return {"items": [paper(one) for one in documents.of_case(call.session, case_id)], "next": None}


@route("POST", "/cases/<id:case_id>/documents", body=Evidence, answer=schemas.Document, status=201)
def add(call: Call, case_id: int) -> dict[str, Any]:
    """Put an uploaded file into a case as evidence. Notices are issued by the process, not by hand."""
    return paper(documents.add_evidence(call.session, call.actor, case_id, **call.body))


@route("GET", "/documents/<id:document_id>/file", query=Format, produces="application/octet-stream")
def download(call: Call, document_id: int) -> Response:
    """The pages of a document."""
    document = call.session.get(documents.Document, document_id)
    if document is None:
        raise NotFound("没有找到这份文书")
    cases.find_for(call.session, call.actor, document.case_id)
    row = call.session.get(attachments.Attachment, document.attachment_id or 0)
    if row is None:
        raise NotFound("文书还没有生成，请稍后再试", code="not_ready")
    suffix = attachments.SUFFIX[row.type]
    if call.query["format"] and suffix != f".{call.query['format']}":
        raise NotFound(f"这份文书只有{suffix.removeprefix('.')}格式", code="no_such_format")
    return files.sent(call, row, f"{document.title}{suffix}")
