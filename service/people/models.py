"""Organisations, persons and their appointments; pupils, guardians and where pupils belong when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, Id, Instant, Json


class County(Base):
    """A tenant: one county with its own people, profile and diagrams."""

    __tablename__ = "county"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    root_id: Mapped[int | None] = mapped_column(Id)


class Organisation(Base):
    """A node of the county's tree: county, bureau, department, township, station, village, school, class."""

    __tablename__ = "organisation"
    __table_args__ = (Index(None, "county_id", "parent_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    grade: Mapped[int | None]
    """Of a class: 1 to 9."""


class Person(Base):
    """Someone who signs in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"), index=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(160))
    active: Mapped[bool] = mapped_column(default=True)


class Appointment(Base):
    """A role a person holds at an organisation; `rank` is the order of appointment."""

    __tablename__ = "appointment"
    __table_args__ = (Index(None, "organisation_id", "role"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(30))
    rank: Mapped[int] = mapped_column(default=0)
    until_on: Mapped[date | None]


class SignIn(Base):
    """A token of the API or a session of the web, kept only as its digest."""

    __tablename__ = "sign_in"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    csrf: Mapped[str] = mapped_column(String(44))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class Student(Base):
    """A pupil or school-age child. Villages carry the township: residence answers, household is copied."""

    __tablename__ = "student"
    __table_args__ = (
        Index(None, "county_id", "name"),
        Index(None, "county_id", "id_number_index"),
        Index(None, "county_id", "registry_no"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    name: Mapped[str] = mapped_column(String(40))
    gender: Mapped[str | None] = mapped_column(String(1))
    birth_date: Mapped[date]
    ethnicity: Mapped[str | None] = mapped_column(String(20))
    registry_no: Mapped[str | None] = mapped_column(String(30))
    id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    household_village_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    boarding: Mapped[bool] = mapped_column(default=False)
    focus_tags: Mapped[Any] = mapped_column(Json, default=list)


class Guardian(Base):
    """Who answers for a pupil, or takes care of them."""

    __tablename__ = "guardian"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(12))
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_legal: Mapped[bool] = mapped_column(default=True)
    caretaker: Mapped[bool] = mapped_column(default=False)
    at_home: Mapped[bool] = mapped_column(default=True)


class Enrolment(Base):
    """A pupil's place in a class from a day on, until (not including) another."""

    __tablename__ = "enrolment"
    __table_args__ = (Index(None, "student_id", "from_on"), Index(None, "class_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
