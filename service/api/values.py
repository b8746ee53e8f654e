"""How values travel: JSON with local times, opaque ids and cursors."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from marshmallow import ValidationError, fields
from werkzeug.routing import BaseConverter

from service.clock import LOCAL
from service.errors import Invalid

LONGEST_ID = 18
"""Digits; one more may not fit a database's integer."""


class IdConverter(BaseConverter):
    """An id in a path: digits, else there is no such address."""

    regex = f"[0-9]{{1,{LONGEST_ID}}}"

    def to_python(self, value: str) -> int:
        return int(value)


class Id(fields.Field[int]):
    """An id in a body or query: opaque to callers, a number to us."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        if (
            isinstance(value, bool)
            or not isinstance(value, str | int)
            or not text.isascii()
            or not text.isdigit()
            or len(text) > LONGEST_ID
        ):
            raise ValidationError("编号不对")
        return int(text)


def dumps(value: Any) -> bytes:
    """JSON bytes: instants with the county's offset, dates as they are."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)


def plain(value: Any) -> Any:
    """The same as a JSON value, for keeping."""
    return orjson.loads(dumps(value))


def cursor(*position: object) -> str:
    """Where a page ended, for the next request."""
    return base64.urlsafe_b64encode(orjson.dumps([_exact(part) for part in position])).decode().rstrip("=")


def position(text: str, *kinds: type) -> list[Any]:
    """What a cursor says, checked. Raises `Invalid`."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError
        return [_read(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise Invalid("翻页标记不对，请从第一页开始", {"cursor": ["翻页标记不对"]}) from wrong


def page(rows: Sequence[Any], limit: int, end: Any) -> tuple[list[Any], str | None]:
    """The first `limit` of one row more than asked for, and the cursor after them where more follow."""
    shown = list(rows[:limit])
    return shown, cursor(*end(shown[-1])) if len(rows) > limit else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not travel")


def _exact(part: object) -> Any:
    return part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part


def _read(part: Any, kind: type) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(part)
        if instant.tzinfo is None:
            raise ValueError
        return instant
    if type(part) is not kind or (isinstance(part, int) and not 0 <= part < 10**LONGEST_ID):
        raise ValueError
    return part
