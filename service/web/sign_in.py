"""登录 and 退出."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import people
from service.access import ROLE_NAMES
from service.web import wire, words
from service.web.frame import COOKIE, BadToken, desk, pages, reading, transaction
from service.web.roles_in_english import IN_ENGLISH

GATE = "gate"
"""The cookie whose value the sign-in form repeats: there is no sitting yet that could hold a token."""

TRAINING_PASSWORD = "training"  # noqa: S105 - the sandbox tells it to everybody


@dataclass(frozen=True)
class Part:
    """A role somebody may play with one press in the sandbox."""

    username: str
    name: str
    role: str
    role_name: str
    english: str
    place: str


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form, and in the sandbox a button per role."""
    return _form(lost="lost" in request.args)


@pages.post("/session")
def session() -> ResponseReturnValue:
    """Begin a sitting."""
    if not wire.matches(request.form.get("csrf", ""), request.cookies.get(GATE, "")):
        raise BadToken("登录页已经过期，请刷新后再登录")
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    if desk().settings.sandbox and (part := request.form.get("part")):
        username, password = part, TRAINING_PASSWORD
    try:
        with transaction() as database_session:
            ticket = people.sign_in(database_session, username, password, "web", real_now=datetime.now(UTC))
    except people.NotSignedIn as wrong:
        return _form(username=username, problem=f"{wrong.message}，请核对后再试"), 401
    response = redirect(_within(request.form.get("back", "")), 303)
    production = desk().settings.environment == "production"
    response.set_cookie(COOKIE, ticket.token, httponly=True, samesite="Lax", secure=production)
    response.delete_cookie(GATE)
    return response


@pages.post("/session/end")
def session_end() -> ResponseReturnValue:
    """End the sitting; its token is worthless from now on."""
    with transaction() as database_session:
        people.sign_out(database_session, request.cookies.get(COOKIE, ""))
    response = redirect(url_for(".sign_in"), 303)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _form(*, username: str = "", problem: str = "", lost: bool = False) -> Response:
    gate = request.cookies.get(GATE) or secrets.token_urlsafe(24)
    counties: list[tuple[str, list[Part]]] = []
    if desk().settings.sandbox:
        with reading() as database_session:
            counties = _parts(database_session)
    back = request.values.get("back", "")
    response = make_response(
        render_template("sign_in.html", username=username, problem=problem, lost=lost, counties=counties, csrf=wire.masked(gate), back=back)
    )
    production = desk().settings.environment == "production"
    response.set_cookie(GATE, gate, httponly=True, samesite="Lax", secure=production)
    return response


def _within(back: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    parts = urlsplit(back)
    safe = back.startswith("/") and not back.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return back if safe else url_for(".inbox")


def _parts(database_session: Session) -> list[tuple[str, list[Part]]]:
    """For each county one person per role, in the order of the table of roles."""
    rows = database_session.execute(
        select(people.County.name, people.Person.username, people.Person.name, people.Appointment.role, people.Organisation)
        .join(people.Person, people.Person.id == people.Appointment.person_id)
        .join(people.Organisation, people.Organisation.id == people.Appointment.organisation_id)
        .join(people.County, people.County.id == people.Appointment.county_id)
        .where(people.Person.active)
        .order_by(people.County.id, people.Appointment.rank, people.Appointment.id)
    ).all()
    first: dict[tuple[str, str], Part] = {}
    for county, username, name, role, organisation in rows:
        if role in IN_ENGLISH:
            part = Part(username, name, role, ROLE_NAMES[role], IN_ENGLISH[role], _place(organisation))
            first[county, role] = _known(first.get((county, role)), part)
    counties = dict.fromkeys(county for county, _ in first)
    order = list(IN_ENGLISH)
    return [(c, sorted((p for (county, _), p in first.items() if county == c), key=lambda p: order.index(p.role))) for c in counties]


def _known(before: Part | None, now: Part) -> Part:
    """The first appointed plays the role, except that the teacher of the walk-through is Wang Min where she exists."""
    return now if before is None or (now.role == "class_teacher" and now.username == "wangmin") else before


def _place(organisation: people.Organisation) -> str:
    return words.place(organisation.name)
