"""Work waiting for people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Id, Instant, Json

OPEN = text("state = 'open'")


def _while_open(name: str, *columns: str) -> Index:
    """An index that holds open tasks only: finished ones cost it nothing."""
    return Index(name, *columns, sqlite_where=OPEN, postgresql_where=OPEN)


class Task(Base):
    """One user task of an instance: who must do it by when, and what they answered.

    The area columns are those of `access.Place` at the time it was opened. `state` is `open`,
    `done`, `cancelled` (the process left it) or `superseded` (the process went on without it).
    """

    __tablename__ = "task"
    __table_args__ = (
        _while_open("ix_task_assignee", "assignee_id", "due_at"),
        _while_open("ix_task_unclaimed", "organisation_id", "role", "due_at"),
        _while_open("ix_task_class", "class_id", "due_at"),
        _while_open("ix_task_school", "school_id", "due_at"),
        _while_open("ix_task_village", "village_id", "due_at"),
        _while_open("ix_task_township", "township_id", "due_at"),
        _while_open("ix_task_household_township", "household_township_id", "due_at"),
        _while_open("ix_task_county", "county_id", "due_at"),
        _while_open("ix_task_alarm", "alarm_at"),
        Index("ix_task_root", "root_id"),
        Index("ix_task_completed_by", "completed_by", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    root_id: Mapped[int] = mapped_column(Id)
    instance_id: Mapped[int] = mapped_column(Id)
    case_id: Mapped[int | None] = mapped_column(Id)
    student_id: Mapped[int | None] = mapped_column(Id)
    bundle_id: Mapped[int] = mapped_column(Id)
    node_id: Mapped[str] = mapped_column(String(80))
    token: Mapped[bytes] = mapped_column(LargeBinary(16))
    state: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int]
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int | None] = mapped_column(Id)
    assignee_id: Mapped[int | None] = mapped_column(Id)
    unmanned: Mapped[bool]
    class_id: Mapped[int | None] = mapped_column(Id)
    school_id: Mapped[int | None] = mapped_column(Id)
    village_id: Mapped[int | None] = mapped_column(Id)
    township_id: Mapped[int | None] = mapped_column(Id)
    household_township_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    alarm_at: Mapped[datetime | None] = mapped_column(Instant)
    alarm: Mapped[str | None] = mapped_column(String(10))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by: Mapped[int | None] = mapped_column(Id)
    on_behalf_of: Mapped[int | None] = mapped_column(Id)
    outcome: Mapped[str | None] = mapped_column(String(40))
    values: Mapped[Any] = mapped_column(Json, nullable=True)
    """The answers once done; before that, the draft."""


class TaskShare(Base):
    """Somebody else a task concerns: a copy (抄送) to read, or a further candidate from an instant on."""

    __tablename__ = "task_share"
    __table_args__ = (Index("ix_task_share_person", "person_id", "kind"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(9))
    from_at: Mapped[datetime | None] = mapped_column(Instant)


class Delegation(Base):
    """A task lent by its holder to a colleague, in force through the day `until`."""

    __tablename__ = "task_delegation"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    helper_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
