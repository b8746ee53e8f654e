"""The published description (OpenAPI 3.1), made from the declared routes and their schemas."""

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from service.api import problems
from service.api.door import Route

BASE = "/api/v1"
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
ID = {"type": "string", "pattern": "^[0-9]{1,18}$"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same body returns the first answer; with another body 422.",
}


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The whole description as plain JSON values."""
    spec = APISpec(
        title="控辍保学 API",
        version="1",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": "Case processes for keeping every child in compulsory school."},
        servers=[{"url": BASE}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=Problem)
    spec.components.response("Problem", {"description": "Refused", "content": {problems.MEDIA_TYPE: {"schema": Problem}}})
    for one in sorted(routes, key=lambda route: (route.path, route.method)):
        spec.path(path(one), operations={one.method.lower(): _operation(one)})
    description: dict[str, Any] = spec.to_dict()
    return description


def path(one: Route) -> str:
    """`/tasks/<id:task_id>` -> `/tasks/{task_id}`."""
    return _PARAMETER.sub(r"{\g<name>}", one.path)


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    module = kind.__module__.rpartition(".")[2]
    shared = module in {"schemas", "openapi", "marshmallow", "schema"}
    return kind.__name__ if shared else f"{module.capitalize()}{kind.__name__}"


def _operation(one: Route) -> dict[str, Any]:
    summary, _, more = (one.view.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{one.tag}_{one.view.__name__}",
        "tags": [one.tag],
        "summary": summary.strip(),
        "parameters": _parameters(one),
        "responses": {str(one.status): _answer(one), "default": "Problem"},
        "security": [] if one.public else [{"token": []}],
    }
    if more.strip():
        operation["description"] = more.strip()
    if one.upload:
        content = {"schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": content}}
    elif one.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": one.body}}}
    return operation


def _parameters(one: Route) -> list[Any]:
    found: list[Any] = [
        {"name": m["name"], "in": "path", "required": True, "schema": ID if m["kind"] == "id" else {"type": "string"}}
        for m in _PARAMETER.finditer(one.path)
    ]
    if one.query:
        found.append({"in": "query", "schema": one.query})
    if one.transaction == "write" and not one.public:
        found.append(KEY)
    return found


def _answer(one: Route) -> dict[str, Any]:
    said = {"description": "Done" if one.method != "GET" else "Found"}
    if one.answer:
        return {**said, "content": {"application/json": {"schema": one.answer}}}
    if one.status == 204:
        return said
    return {**said, "content": {one.produces: {"schema": {"type": "string"}}}}
