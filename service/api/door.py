"""The way every request of the API goes: parse, stand the clock, sign in, one transaction, answer.

Routes declare what they take and give, in marshmallow schemas, and the published description is
made from the same declarations. A view gets a `Call` and returns plain values; it holds no rules.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from flask import Blueprint, Response, request
from marshmallow import EXCLUDE, Schema, ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from service import clock, people, processes
from service.access import Actor
from service.api import metrics, problems, values
from service.config import Settings
from service.db import Database
from service.db import dumps as canonical
from service.errors import Invalid, NotFound, ServiceError, Unavailable
from service.people import NotSignedIn, requests

LARGEST_JSON = 1024 * 1024
LARGEST_UPLOAD = 25 * 1024 * 1024
LONGEST_KEY = 200
TRIES = 3
LOST_RACES = {"40001", "40P01"}
"""SQLSTATEs of a transaction that lost a race and may simply be done again: serialization, deadlock."""

Transaction = Literal["read", "write", "none"]
View = Callable[..., Any]


@dataclass
class Call:
    """One request as a view sees it."""

    database: Database
    settings: Settings
    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    _session: Session | None = None
    _actor: Actor | None = None

    @property
    def session(self) -> Session:
        assert self._session is not None, "this route opens no transaction"
        return self._session

    @property
    def actor(self) -> Actor:
        assert self._actor is not None, "this route is public"
        return self._actor


@dataclass(frozen=True)
class Route:
    """A declared route. `public` ones need no sign-in; `sandbox` ones exist only there."""

    method: str
    path: str
    view: View
    tag: str
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    transaction: Transaction = "read"
    public: bool = False
    sandbox: bool = False
    upload: bool = False
    produces: str = "application/json"


ROUTES: list[Route] = []


def route(method: str, path: str, **declared: Any) -> Callable[[View], View]:
    """Declare a view; see `Route`. What changes something writes, unless it says otherwise."""
    declared.setdefault("transaction", "read" if method == "GET" else "write")

    def register(view: View) -> View:
        ROUTES.append(Route(method, path, view, tag=view.__module__.rpartition(".")[2], **declared))
        return view

    return register


def hang_route(blueprint: Blueprint, one: Route, database: Database, settings: Settings) -> None:
    """Put a declared route on the blueprint."""

    def answer(**arguments: Any) -> Response:
        began = time.perf_counter()
        response = _answered(one, Call(database, settings), arguments)
        metrics.note(one.method, one.path, response.status_code, time.perf_counter() - began)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    name = f"{one.tag}_{one.view.__name__}"
    blueprint.add_url_rule(one.path, name, answer, methods=[one.method])


def _answered(one: Route, call: Call, arguments: dict[str, Any]) -> Response:
    try:
        return _perform(one, call, arguments)
    except ServiceError as error:
        return problems.of_service(error)
    except HTTPException as error:
        return problems.of_http(error)
    except Exception as error:
        return problems.of_bug(error)


def _perform(one: Route, call: Call, arguments: dict[str, Any]) -> Response:
    token = _bearer() if not one.public else ""
    wrong = _parse(one, call)
    if one.transaction == "none":
        if wrong:
            raise wrong
        return _response(one, one.view(call, **arguments))
    for attempt in range(1, TRIES + 1):
        try:
            return _inside(one, call, arguments, token, wrong)
        except IntegrityError:  # two wrote the next row of one case's history at once: do it again
            if attempt == TRIES:
                raise
        except Unavailable as error:
            if attempt == TRIES or not _lost_race(error):
                raise
    raise AssertionError("unreachable")


def _inside(one: Route, call: Call, arguments: dict[str, Any], token: str, wrong: Invalid | None) -> Response:
    """Everything of a request that needs the database, in one transaction."""
    with _transaction(one, call) as session:
        call._session = session
        with clock.standing_at(processes.keep_up(call.database, session) if call.settings.sandbox else None):
            if not one.public:
                call._actor = _signed_in(session, token)
            if wrong:  # whoever is not signed in is told that first
                raise wrong
            key = request.headers.get("Idempotency-Key", "")
            if key and call._actor and one.transaction == "write":
                return _once(one, call, arguments, key)
            return _response(one, one.view(call, **arguments))


def _transaction(one: Route, call: Call) -> AbstractContextManager[Session]:
    return call.database.transaction() if one.transaction == "write" else call.database.reading()


def _once(one: Route, call: Call, arguments: dict[str, Any], key: str) -> Response:
    """A write that carries a key acts once; asked again, it is answered as before."""
    if len(key) > LONGEST_KEY:
        raise Invalid("请求编号太长", {"Idempotency-Key": [f"不能超过{LONGEST_KEY}个字符"]})
    assert call.actor.person_id is not None
    where = f"{request.method} {request.path}"
    body = call.body["file"] if one.upload else request.get_data()
    digest, before = requests.remember(
        call.session, county_id=call.actor.county_id, person_id=call.actor.person_id, route=where, key=key, body=body
    )
    status, given = (before.status, before.body) if before else (one.status, values.plain(one.view(call, **arguments)))
    if not before:
        requests.answer(call.session, digest, status, given)
    return Response(b"" if status == 204 else canonical(given), status, mimetype="application/json")


def _response(one: Route, given: Any) -> Response:
    return given if isinstance(given, Response) else _json(given, one.status)


def _json(given: Any, status: int) -> Response:
    return Response(b"" if status == 204 else values.dumps(given), status, mimetype="application/json")


# ---- who asks


def _bearer() -> str:
    """The token of the request. Raises `NotSignedIn` when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("请先登录")
    return token.strip()


def _signed_in(session: Session, token: str) -> Actor:
    try:
        actor, _ = people.whose(session, token, "api", real_now=datetime.now(UTC))
    except NotFound as gone:  # the account was closed after the sign-in
        raise NotSignedIn("请先登录") from gone
    return actor


# ---- what they ask


def _parse(one: Route, call: Call) -> Invalid | None:
    """Fill in the call's body and query; what is wrong with them, to be said once it is known who asks."""
    try:
        if one.query:
            call.query = one.query().load(request.args.to_dict(), unknown=EXCLUDE)
        if one.upload:
            call.body = _uploaded()
        elif one.body:
            call.body = one.body().load(_sent())
        _refuse_nul(call.query)
    except ValidationError as error:
        return problems.invalid(error)
    except Invalid as error:
        return error
    return None


def _sent() -> Any:
    request.max_content_length = LARGEST_JSON
    content = request.get_data()
    if not content:
        return {}
    if request.mimetype != "application/json":
        raise Invalid("请用 application/json 格式提交", code="unsupported_type")
    try:
        sent = orjson.loads(content)
    except ValueError as wrong:
        raise Invalid("提交的内容不是有效的 JSON", {"body": ["不是有效的 JSON"]}) from wrong
    _refuse_nul(sent)
    return sent


def _refuse_nul(sent: Any) -> None:
    """PostgreSQL cannot keep U+0000, and nobody types it."""
    found = [sent]
    while found:
        value = found.pop()
        if isinstance(value, dict):
            found += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            found += value
        elif isinstance(value, str) and "\x00" in value:
            raise Invalid("内容里有不能保存的字符", {"body": ["有不能保存的字符"]})


def _uploaded() -> dict[str, Any]:
    request.max_content_length = LARGEST_UPLOAD
    if request.mimetype != "multipart/form-data":
        raise Invalid("请用 multipart/form-data 格式上传", code="unsupported_type")
    sent = request.files.get("file")
    if sent is None:
        raise Invalid("请选择要上传的文件", {"file": ["必填"]})
    return {"file": sent.read(), **request.form.to_dict()}


def _lost_race(error: Unavailable) -> bool:
    cause = error.__cause__
    return isinstance(cause, OperationalError) and getattr(cause.orig, "sqlstate", None) in LOST_RACES
