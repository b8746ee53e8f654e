"""Refusals as RFC 9457 problem details: a Chinese title for a person, a stable English code for a program."""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Response, request
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from service.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError, Unavailable
from service.people import NotSignedIn

log = logging.getLogger("kcbx.api")

MEDIA_TYPE = "application/problem+json"
STATUS: tuple[tuple[type[ServiceError], int], ...] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
)
STATUS_OF_CODE = {"too_large": 413, "unsupported_type": 415}
TITLES = {
    400: "请求无法理解",
    401: "请先登录",
    403: "您不能这样做",
    404: "没有找到",
    405: "这个地址不支持这种操作",
    409: "现在不能这样做",
    413: "内容太大",
    415: "不支持这种内容格式",
    422: "填写的内容有误",
    429: "请求太频繁，请稍后再试",
    500: "系统出错了，请稍后再试",
    503: "系统暂时不可用，请稍后再试",
}
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type", 500: "internal_error"}
WORDS = (
    ("Missing data", "必填"),
    ("Field may not be null", "不能为空"),
    ("Unknown field", "没有这一项"),
    ("Not a valid string", "应为文字"),
    ("Not a valid integer", "应为整数"),
    ("Not a valid boolean", "应为 true 或 false"),
    ("Not a valid date.", "应为日期，格式为 2026-03-16"),
    ("Not a valid datetime", "应为带时区的时间，格式为 2026-03-16T17:00:00+08:00"),
    ("Not a valid list", "应为列表"),
    ("Invalid input type", "格式不对"),
    ("Must be one of", "请从规定的选项中选择"),
    ("Must be greater", "数值太小或太大"),
    ("Length must be", "长度不符合要求"),
    ("Shorter than", "太短"),
    ("Longer than", "太长"),
)
"""How the schema library says it, and how we do."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def problem(
    status: int, code: str, detail: str | None = None, *, errors: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """One refusal. `detail` and `errors` never name a pupil: they reach logs of other systems."""
    body = {
        "type": f"urn:kcbx:problem:{code}",
        "title": TITLES.get(status, TITLES[500]),
        "status": status,
        "detail": detail or TITLES.get(status, TITLES[500]),
        "code": code,
        **({"errors": errors} if errors else {}),
    }
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def of_service(error: ServiceError) -> Response:
    """A situation that the service names."""
    status = STATUS_OF_CODE.get(error.code) or next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    if isinstance(error, Unavailable):  # the message of the database may hold what somebody typed; its kind does not
        origin = getattr(error.__cause__, "orig", None)
        log.warning("unavailable: %s %s", type(origin or error.__cause__).__name__, getattr(origin, "sqlstate", "") or "")
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(status)
    return problem(status, error.code, error.message, errors=error.fields, headers=headers)


def of_http(error: HTTPException) -> Response:
    """What the web library refuses by itself: too large, a broken body."""
    status = error.code or 500
    return problem(status, CODES.get(status, "bad_request"))


def of_bug(error: Exception) -> Response:
    """Anything else. The log gets the place, never the message: it may hold what somebody typed."""
    frames = "".join(traceback.format_tb(error.__traceback__)[-8:])
    rule = request.url_rule.rule if request.url_rule else "?"
    cause = type(error.__cause__).__name__ if isinstance(error, SQLAlchemyError) and error.__cause__ else ""
    log.error("%s %s in %s %s\n%s", type(error).__name__, cause, request.method, rule, frames)
    return problem(500, CODES[500])


def invalid(error: ValidationError) -> Invalid:
    """What a schema found, per field and in Chinese."""
    return Invalid("填写的内容有误，请按提示改正", dict(_flat(error.messages_dict)))


def _flat(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, found in messages.items():
        if isinstance(found, Mapping):
            yield from _flat(found, f"{prefix}{key}.")
        else:
            name = prefix.rstrip(".") or "body" if key == "_schema" else f"{prefix}{key}"
            yield name, [_said(str(text)) for text in found]


def _said(text: str) -> str:
    if _CHINESE.search(text):
        return text
    return next((chinese for english, chinese in WORDS if text.startswith(english)), "格式不对")
