"""One student, one worry: the case, the attendance that starts and moves it, its statutory clocks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Id, Instant, Json

ACTIVE = text("closed_at IS NULL")


class Case(Base):
    """A student's case. At most one is active per student; the database sees to it."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("uq_case_file_active_student", "student_id", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        Index(None, "county_id", "status", "id"),
        Index(None, "school_id", "id"),
        Index(None, "township_id", "id"),
        Index(None, "student_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    root_id: Mapped[int | None] = mapped_column(Id)
    number: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(16))
    status_before: Mapped[str | None] = mapped_column(String(16))
    """The status to go back to from a passing one (return_claimed, hold, closing …)."""
    stage: Mapped[str] = mapped_column(String(14))
    episode_no: Mapped[int] = mapped_column(default=1)
    previous_case_id: Mapped[int | None] = mapped_column(Id)
    trigger_type: Mapped[str] = mapped_column(String(16))
    ladder: Mapped[str] = mapped_column(String(1))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    absent_since: Mapped[date | None]
    absent_school_days: Mapped[int] = mapped_column(default=0)
    suspected_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    order_served_on: Mapped[date | None]
    order_comply_by: Mapped[date | None]
    list: Mapped[str | None] = mapped_column(String(5))
    white_since: Mapped[date | None]
    closure_code: Mapped[str | None] = mapped_column(String(3))
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    watch_until: Mapped[date | None]
    class_id: Mapped[int | None] = mapped_column(Id)
    school_id: Mapped[int | None] = mapped_column(Id)
    village_id: Mapped[int | None] = mapped_column(Id)
    township_id: Mapped[int | None] = mapped_column(Id)
    household_township_id: Mapped[int | None] = mapped_column(Id)


class Attendance(Base):
    """A pupil's row on a school day's roll. Present rows are kept only where a case looks for them."""

    __tablename__ = "attendance"

    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    present: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[int | None] = mapped_column(Id)


class ClassRoll(Base):
    """That a class's roll was called on a day; a missing roll is not "all present"."""

    __tablename__ = "class_roll"

    class_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    absent: Mapped[int]
    enrolled: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[int | None] = mapped_column(Id)


class Leave(Base):
    """Approved leave (F04): these days are not absence."""

    __tablename__ = "leave"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]


class StatutoryClock(Base):
    """A period of the law running in a case (DOMAIN d.5); only the legal role may amend it."""

    __tablename__ = "statutory_clock"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    key: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))
    warnings: Mapped[Any] = mapped_column(Json)
    warned: Mapped[int] = mapped_column(default=0)
