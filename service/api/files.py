"""Files that answers name."""

import io
from typing import Any

from flask import Response, send_file
from marshmallow import Schema, fields

from service.api.door import Call, route
from service.errors import NotFound
from service.forms import attachments

FOLDER = "files"
"""Where in `Settings.data_dir` uploads lie, outside everything the web serves."""


class Stored(Schema):
    id = fields.String(required=True)
    sha256 = fields.String(required=True)
    bytes = fields.Integer(required=True)
    type = fields.String(required=True)


@route("POST", "/files", answer=Stored, status=201, upload=True)
def upload(call: Call) -> dict[str, Any]:
    """Store a photo (jpg, png) or a PDF; answers name it by its id."""
    return stored(attachments.store(call.session, call.actor, call.body["file"], call.settings.data_dir / FOLDER))


@route("GET", "/files/<id:file_id>", produces="application/octet-stream")
def download(call: Call, file_id: int) -> Response:
    """A file one has uploaded oneself; what belongs to a case is under its documents."""
    row = call.session.get(attachments.Attachment, file_id)
    if row is None or row.stored_by != call.actor.person_id:
        raise NotFound("没有找到这个文件")
    return sent(call, row)


def stored(row: attachments.Attachment) -> dict[str, Any]:
    """What a caller keeps of a file."""
    return {"id": str(row.id), "sha256": row.sha256.hex(), "bytes": row.bytes, "type": row.type}


def sent(call: Call, row: attachments.Attachment, name: str | None = None) -> Response:
    """The file itself, never shown inside a page of ours."""
    path = call.settings.data_dir / FOLDER / row.name
    if not path.exists():
        raise NotFound("文件不在了，请联系系统管理员")
    return send_file(
        io.BytesIO(path.read_bytes()), row.type, as_attachment=True, download_name=name or row.name, etag=False, conditional=False
    )
