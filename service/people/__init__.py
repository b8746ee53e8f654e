"""Organisations, persons, roles, pupils and their guardians: who exists and who answers for whom."""

from service.people import requests
from service.people.accounts import NotSignedIn, Ticket, hash_password, sign_in, sign_out, whose
from service.people.directory import (
    Colleague,
    Holder,
    Staff,
    actor_for,
    colleague,
    colleagues_near,
    names_of,
    organisation_names,
    organisations_near,
    place_of,
    places_of,
    staff_around,
)
from service.people.models import Appointment, County, Enrolment, Guardian, Organisation, Person, SignIn, Student
from service.people.students import NewStudent, Pupil, add, blocks, count, find_for, pupil_on, search

__all__ = [
    "Appointment",
    "Colleague",
    "County",
    "Enrolment",
    "Guardian",
    "Holder",
    "NewStudent",
    "NotSignedIn",
    "Organisation",
    "Person",
    "Pupil",
    "SignIn",
    "Staff",
    "Student",
    "Ticket",
    "actor_for",
    "add",
    "blocks",
    "colleague",
    "colleagues_near",
    "count",
    "find_for",
    "hash_password",
    "names_of",
    "organisation_names",
    "organisations_near",
    "place_of",
    "places_of",
    "pupil_on",
    "requests",
    "search",
    "sign_in",
    "sign_out",
    "staff_around",
    "whose",
]
