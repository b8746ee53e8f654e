"""The JSON API: a door for other systems, exactly as API.md promises it."""

from flask import Blueprint, Flask, Response
from werkzeug.routing import Map, Rule

from service.api import (
    audit,
    cases,
    documents,
    files,
    health,
    imports,
    openapi,
    problems,
    processes,
    profiles,
    sandbox,
    students,
    tasks,
    tokens,
)
from service.api.door import ROUTES, Call, Route, hang_route, route
from service.api.values import IdConverter, dumps
from service.config import Settings
from service.db import Database

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SUBJECTS = (audit, cases, documents, files, health, imports, processes, profiles, sandbox, students, tasks, tokens)
"""The modules whose routes are hung; importing them declares these."""


@route("GET", "/openapi.json", public=True, transaction="none")
def published(call: Call) -> Response:
    """This description."""
    return Response(dumps(openapi.describe(routes(call.settings))), mimetype="application/json")


def routes(settings: Settings) -> list[Route]:
    """The routes of an installation: those of the sandbox exist only there."""
    return [one for one in ROUTES if settings.sandbox or not one.sandbox]


def hang(app: Flask, database: Database, settings: Settings) -> None:
    """Hang the API at /api/v1."""
    app.url_map.converters["id"] = IdConverter
    blueprint = Blueprint("api", __name__, url_prefix=openapi.BASE)
    hung = routes(settings)
    for one in hung:
        hang_route(blueprint, one, database, settings)
    _hang_refusals(blueprint, hung)
    app.register_blueprint(blueprint)


def _hang_refusals(blueprint: Blueprint, hung: list[Route]) -> None:
    """Answer what is no route with a problem too: 405 where another method would do, else 404."""
    known = Map([Rule(one.path, methods=[one.method]) for one in hung], converters={"id": IdConverter})

    def refuse(rest: str = "") -> Response:
        allowed = sorted(known.bind("").allowed_methods(f"/{rest}"))
        if allowed:
            return problems.problem(405, "method_not_allowed", headers={"Allow": ", ".join(allowed)})
        return problems.problem(404, "not_found", "没有这个地址")

    blueprint.add_url_rule("/", "no_route_root", refuse, methods=METHODS)
    blueprint.add_url_rule("/<path:rest>", "no_route", refuse, methods=METHODS)


__all__ = ["hang", "routes"]
