"""Files that answers name: stored outside the web root under random names, their content hashed.

Types are told by content, not by name. Photographs lose their EXIF (place, device) before
they are kept. Source: DOMAIN g.0 (attachments).
"""

import hashlib
import io
import secrets
from datetime import datetime
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.access import Actor
from service.db import Base, Id, Instant
from service.errors import Invalid

LARGEST = 20 * 1024 * 1024
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", _DOCX: ".docx"}


class Attachment(Base):
    """A stored file. `name` is random: nothing about a child stands in a path."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"), index=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    bytes: Mapped[int]
    type: Mapped[str] = mapped_column(String(90))
    stored_by: Mapped[int | None] = mapped_column(Id)
    stored_at: Mapped[datetime] = mapped_column(Instant)


def store(session: Session, actor: Actor, content: bytes, folder: Path) -> Attachment:
    """Keep an uploaded photo or PDF. Raises `Invalid` for anything else, or when it is too large."""
    if len(content) > LARGEST:
        raise Invalid("文件太大，请上传20MB以内的文件", {"file": ["不能超过20MB"]}, code="too_large")
    kind = _kind(content)
    return keep(session, actor, _without_exif(content, kind), kind, folder)


def keep(session: Session, actor: Actor, content: bytes, kind: str, folder: Path) -> Attachment:
    """Keep a file whose type is known already (one that the service made)."""
    name = secrets.token_hex(16) + SUFFIX[kind]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    row = Attachment(
        county_id=actor.county_id,
        name=name,
        sha256=hashlib.sha256(content).digest(),
        bytes=len(content),
        type=kind,
        stored_by=actor.person_id,
        stored_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def exists(session: Session, county_id: int, identifier: str) -> bool:
    """Whether answers of this county may name this file."""
    return (
        identifier.isdigit()
        and session.scalar(select(Attachment.id).where(Attachment.id == int(identifier), Attachment.county_id == county_id)) is not None
    )


def _kind(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    raise Invalid("只能上传 jpg、png 图片或 pdf 文件", {"file": ["只能上传 jpg、png 图片或 pdf 文件"]}, code="unsupported_type")


def _without_exif(content: bytes, kind: str) -> bytes:
    if kind == "application/pdf":
        return content
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            clean = io.BytesIO()
            bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
            if picture.mode == "P" and (palette := picture.getpalette()):
                bare.putpalette(palette)
            bare.save(clean, "JPEG" if kind == "image/jpeg" else "PNG", quality=90)
            return clean.getvalue()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as broken:
        raise Invalid("图片打不开，请重新拍照或选择", {"file": ["图片打不开，请重新拍照或选择"]}, code="unsupported_type") from broken
