"""The calendar tables: terms and their exceptions per county and school, and which years are loaded."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.calendars.calendar import Calendar, Term
from service.calendars.state_council import PUBLISHED_YEARS, china_workdays
from service.db import Base, Id, remembered


class SchoolTerm(Base):
    """A term of a county's schools, or of one school that differs."""

    __tablename__ = "school_term"
    __table_args__ = (Index(None, "county_id", "school_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(30))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class SchoolDay(Base):
    """A day on which a county's schools, or one school, depart from the rule."""

    __tablename__ = "school_day"
    __table_args__ = (Index(None, "county_id", "school_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    day: Mapped[date]
    taught: Mapped[bool]


def calendar_of(session: Session, county_id: int, school_id: int | None) -> Calendar:
    """The calendar a pupil of this school lives by; a school without terms of its own follows the county."""
    return remembered(session, ("calendar", county_id, school_id), lambda: _load(session, county_id, school_id))


def _load(session: Session, county_id: int, school_id: int | None) -> Calendar:
    terms = session.scalars(select(SchoolTerm).where(SchoolTerm.county_id == county_id).order_by(SchoolTerm.starts_on)).all()
    own = [t for t in terms if t.school_id == school_id and school_id] or [t for t in terms if t.school_id is None]
    days = session.scalars(select(SchoolDay).where(SchoolDay.county_id == county_id)).all()
    exceptions = {d.day: d.taught for d in days if d.school_id is None} | {
        d.day: d.taught for d in days if school_id and d.school_id == school_id
    }
    return Calendar.build(
        remembered(session, "published years", lambda: {year: china_workdays(year) for year in PUBLISHED_YEARS}),
        [Term(t.starts_on, t.ends_on, t.name) for t in own],
        exceptions,
    )
