"""Published diagrams and what runs on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Id, Instant, Json


class ProcessVersion(Base):
    """One published version of a diagram; never changed. `key` may name a variant (`SP40_admonition@ladder_a`)."""

    __tablename__ = "process_version"
    __table_args__ = (Index(None, "county_id", "key", "version", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[int | None] = mapped_column(Id)
    note: Mapped[str | None] = mapped_column(String(200))


class FormVersion(Base):
    """One published version of a form definition."""

    __tablename__ = "form_version"
    __table_args__ = (Index(None, "county_id", "key", "version", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    key: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    schema: Mapped[Any] = mapped_column(Json)


class BundleVersion(Base):
    """What a case runs on, frozen whole: every diagram it may call, the forms they name, the profile."""

    __tablename__ = "bundle"
    __table_args__ = (Index(None, "county_id", "digest", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile_version.id"))
    diagrams: Mapped[Any] = mapped_column(Json)
    """{called id: process_version id}"""
    forms: Mapped[Any] = mapped_column(Json)
    """{form key: form_version id}"""


class Instance(Base):
    """A running diagram. The root of a case carries the facts that all its companions share.

    `state` is the engine's frozen run, emptied when it ends. Whoever moves anything of a case
    holds the root's row and raises its `revision`.
    """

    __tablename__ = "instance"
    __table_args__ = (
        Index("ix_instance_due", "next_due", sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_instance_root", "root_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    root_id: Mapped[int | None] = mapped_column(Id)
    case_id: Mapped[int | None] = mapped_column(Id)
    student_id: Mapped[int | None] = mapped_column(Id)
    process_key: Mapped[str] = mapped_column(String(80))
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id"))
    status: Mapped[str] = mapped_column(String(9))
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    facts: Mapped[Any] = mapped_column(Json, nullable=True)
    revision: Mapped[int]
    next_due: Mapped[datetime | None] = mapped_column(Instant)
    undo_task_id: Mapped[int | None] = mapped_column(Id)
    undo_state: Mapped[bytes | None] = mapped_column(LargeBinary)
    undo_facts: Mapped[Any] = mapped_column(Json, nullable=True)
    undo_revision: Mapped[int | None]
    """The step that the last completed task made can be taken back while the root is at this revision."""
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class HeldMessage(Base):
    """A message that came before anything waited for it; offered after every step (PATTERNS: hold)."""

    __tablename__ = "held_message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    root_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    values: Mapped[Any] = mapped_column(Json, nullable=True)
    at: Mapped[datetime] = mapped_column(Instant)
