"""A filed form as a person reads it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from service.clock import LOCAL
from service.forms.context import Context
from service.forms.definitions import REFERENCES, Field, Form
from service.forms.rules import as_day


class Line(NamedTuple):
    """One answer: its label, what it says, its privacy class (P0–P3) and its key at the top of the answers."""

    label: str
    text: str
    privacy: str
    key: str


def readable(form: Form, values: Mapping[str, Any], context: Context) -> list[Line]:
    """The answers in the order of the page, identifiers as names, codes as words; what is empty is left out."""
    return [line for field in form.fields.values() if field.key in values for line in _lines(field, values[field.key], context, field)]


def _lines(field: Field, value: Any, context: Context, top: Field, label: str = "") -> Iterator[Line]:
    label = label + field.label
    if field.kind == "rows" and isinstance(value, list):
        for number, row in enumerate(value, 1):
            name = f"{label} {row.get(field.fields[0].key, number)}·" if field.fixed else f"{label} {number}·"
            yield from _parts(field, row, context, top, name)
    elif field.kind == "object" and isinstance(value, Mapping):
        yield from _parts(field, value, context, top, f"{label}·")
    elif value not in (None, "", []):
        yield Line(label, as_text(field, value, context), max(field.privacy, top.privacy), top.key)


def _parts(field: Field, values: Mapping[str, Any], context: Context, top: Field, label: str) -> Iterator[Line]:
    for part in field.fields:
        if part.key in values and not (field.fixed and part is field.fields[0]):
            yield from _lines(part, values[part.key], context, top, label)


def as_text(field: Field, value: Any, context: Context) -> str:
    """One answer in words."""
    if isinstance(value, list):
        return "、".join(as_text(field, item, context) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.kind in {"date", "datetime"}:
        return _moment(field, value)
    if field.kind in REFERENCES:
        return context.name_of(REFERENCES[field.kind], str(value)) or ("附件" if REFERENCES[field.kind] == "file" else str(value))
    named = dict(field.options) | dict(context.offered(field.kind) if field.kind in {"outcome", "guardian", "guardians"} else ())
    return named.get(str(value), str(value))


def _moment(field: Field, value: Any) -> str:
    day = as_day(value)
    if day is None:
        return str(value)
    text = f"{day.year}年{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"
    return text if field.kind == "date" else f"{text}{datetime.fromisoformat(str(value)).astimezone(LOCAL):%H:%M}"
