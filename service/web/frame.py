"""What every page stands in: who asks, what time it is, one transaction, the headers that keep a browser strict."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, people, tasks
from service.access import ROLE_NAMES, Actor
from service.config import Settings
from service.db import Database
from service.errors import Forbidden, NotFound
from service.people import NotSignedIn
from service.processes import sandbox
from service.web import wire, words

COOKIE = "sitting"
OPEN = {"web.static", "web.sign_in", "web.session"}
"""Endpoints that need no sign-in; everything else does (a test looks)."""

STATIC = Path(__file__).parent / "static"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

pages = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")


@dataclass(frozen=True)
class Desk:
    """What the pages work with."""

    database: Database
    settings: Settings


class BadToken(Forbidden):
    """A form came back without the token of its sitting: an old page, or another site."""

    code = "bad_token"


def desk() -> Desk:
    """The desk of the application that answers this request."""
    found: Desk = current_app.extensions["desk"]
    return found


def me() -> Actor:
    """Who asks."""
    actor: Actor = g.actor
    return actor


@contextmanager
def reading() -> Iterator[Session]:
    """A look at the database for this request."""
    with desk().database.reading() as session:
        yield session


@contextmanager
def transaction() -> Iterator[Session]:
    """The one transaction of a request that changes something."""
    with desk().database.transaction() as session:
        yield session


@pages.before_request
def receive() -> ResponseReturnValue | None:
    """Stand the sandbox's clock, find out who asks, refuse forms that are not ours."""
    g.actor, g.csrf, g.counts, g.post, g.county = None, "", {}, "", ""
    if request.endpoint == "web.static":
        return None
    g.stack = ExitStack()
    with reading() as session:
        if desk().settings.sandbox:
            g.stack.enter_context(clock.standing_at(sandbox.keep_up(desk().database, session)))
        _recognise(session)
    if g.actor is None and request.endpoint not in OPEN:
        raise NotSignedIn("请先登录")
    if request.method == "POST" and request.endpoint not in OPEN and not wire.matches(request.form.get("csrf", ""), g.csrf):
        raise BadToken("这一页已经过期，请返回上一页刷新后再提交")
    return None


@pages.teardown_request
def leave(_error: BaseException | None) -> None:
    """Let the clock run again."""
    if stack := g.pop("stack", None):
        stack.close()


def _recognise(session: Session) -> None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return
    try:
        g.actor, g.csrf = people.whose(session, token, "web", real_now=datetime.now(UTC))
    except (NotSignedIn, NotFound):
        return
    if request.method == "GET":
        g.counts = {view: tasks.count(session, g.actor, view) for view in ("mine", "claimable", "copies")}
        g.counts["late"] = tasks.count(session, g.actor, "team", tasks.Filters(overdue=True)) if words.supervises(g.actor) else 0
    g.county = session.scalar(select(people.County.name).where(people.County.id == g.actor.county_id)) or ""
    g.post = post_of(session, g.actor)


def post_of(session: Session, actor: Actor) -> str:
    """Somebody's first post in words: 石桥中学 801 班班主任."""
    if not actor.memberships:
        return ""
    first = actor.memberships[0]
    place = session.get(people.Organisation, first.organisation_id)
    if place is None:
        return ROLE_NAMES.get(first.role, first.role)
    if place.kind == "class":
        school = session.get(people.Organisation, place.parent_id)
        return f"{school.name if school else ''} {place.name} 班{ROLE_NAMES[first.role]}"
    return f"{place.name}{ROLE_NAMES.get(first.role, first.role)}"


@pages.app_context_processor
def around() -> dict[str, Any]:
    """What the frame of every page shows."""
    return {
        "me": g.get("actor"),
        "csrf": wire.masked(g.get("csrf", "")),
        "counts": g.get("counts", {}),
        "post": g.get("post", ""),
        "county": g.get("county", ""),
        "large": request.cookies.get("large") == "1",
        "now": clock.now(),
        "sandbox": desk().settings.sandbox,
        "supervises": g.get("actor") is not None and words.supervises(g.actor),
        "calls_roll": g.get("actor") is not None and words.calls_roll(g.actor),
        "imports": g.get("actor") is not None and words.imports(g.actor),
        "asset": asset,
        "here": request.full_path.rstrip("?"),
    }


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it for ever."""
    return url_for("web.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def strict(response: Response) -> Response:
    """The headers of every page: nothing from elsewhere, nothing kept on a shared computer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if desk().settings.environment == "production":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "web.static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return wire.compressed(response)


for _name, _filter in words.FILTERS.items():
    pages.add_app_template_filter(_filter, f"zh_{_name}")
