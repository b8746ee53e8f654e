"""What was sent, put into the one form everything after it expects: no blanks, rows as rows, nothing that is not asked."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from service.errors import Invalid
from service.forms.answers import MOST_ROWS
from service.forms.context import Context, Values
from service.forms.definitions import Field, Form

LARGEST = 200_000  # characters of JSON; the longest real form stays below a tenth


def known(form: Form, values: object) -> Mapping[str, Any]:
    """The values if they are an object of this form's keys and of a bearable size. Raises `Invalid`."""
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise Invalid("填写内容的格式不对，应是一个对象", {"values": ["应是一个对象"]})
    try:
        size = len(json.dumps(values, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        raise Invalid("填写内容的格式不对", {"values": ["只能是 JSON 内容"]}) from None
    if size > LARGEST:
        raise Invalid("填写内容太多，请精简后再提交", {"values": ["内容太多"]})
    unknown = [key for key in values if key not in form.fields]
    if unknown:
        raise Invalid("有本表没有的项目", {key: ["本表没有这一项"] for key in unknown})
    return values


def starting_values(form: Form, context: Context) -> Values:
    """What each editable field holds before anybody writes: what is known already, else the form's default."""
    start: Values = {}
    for field in form.fields.values():
        if field.editable:
            value = context.prefilled.get(field.key, field.default)
            if not _blank(value):
                start[field.key] = _only_asked(field, value)
            elif field.kind == "object" and any(part.default is not None for part in field.fields):
                start[field.key] = {part.key: part.default for part in field.fields if part.default is not None}
    return start


def _only_asked(field: Field, value: Any) -> Any:
    """What the service knows may be more than a row of this form asks for."""
    asked = {part.key for part in field.fields}
    if field.kind == "rows" and isinstance(value, list):
        return [{key: cell for key, cell in row.items() if key in asked} if isinstance(row, Mapping) else row for row in value]
    if field.kind == "object" and isinstance(value, Mapping):
        return {key: cell for key, cell in value.items() if key in asked}
    return value


def tidy(fields: Iterable[Field], values: Mapping[str, Any]) -> Values:
    """Only editable fields, blanks gone, lists as lists of rows; keys nobody asked for inside rows stay and are refused later."""
    tidied: Values = {}
    parts = {field.key: field for field in fields}
    for key, value in values.items():
        field = parts.get(key)
        if field is None:
            tidied[key] = value
        elif field.editable:
            clean = _tidy_one(field, value)
            if not _blank(clean):
                tidied[key] = clean
    for key, field in parts.items():
        if field.fixed and field.editable:
            tidied[key] = _fixed_rows(field, tidied.get(key, []))
    return tidied


def _tidy_one(field: Field, value: Any) -> Any:
    if field.kind == "rows":
        return _tidy_rows(field, value)
    if field.kind == "object" and isinstance(value, Mapping):
        return tidy(field.fields, value)
    if field.kind in {"person", "persons", "org", "guardian", "guardians", "file", "files"}:
        return _identifiers(field, value)
    return [item for item in value if not _blank(item)] if isinstance(value, list) else value


def _tidy_rows(field: Field, value: Any) -> Any:
    if field.fixed and isinstance(value, Mapping):
        value = [_as_row(field, item, cell) for item, cell in value.items()]
    if not isinstance(value, list):
        return value
    first = next((part.key for part in field.fields if part.editable), "")
    rows = [tidy(field.fields, row if isinstance(row, Mapping) else {first: row}) for row in value[: MOST_ROWS + 1]]
    # a row of a page nobody wrote in still carries its unticked boxes
    return [row for row in rows if any(cell is not False for cell in row.values())]


def _as_row(field: Field, item: str, cell: Any) -> Values:
    """A fixed list sent as {item: answer}: the answer is the row, or its first cell."""
    name, *others = [part.key for part in field.fields if part.editable]
    return {name: item, **cell} if isinstance(cell, Mapping) else {name: item, others[0]: cell}


def _fixed_rows(field: Field, rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    name = field.fields[0].key
    given = {str(row.get(name)): row for row in rows if isinstance(row, Mapping)}
    strangers = [row for item, row in given.items() if item not in field.fixed]
    return [{name: item, **given.get(item, {})} for item in field.fixed] + strangers


def _identifiers(field: Field, value: Any) -> Any:
    """References are ids; {id: …}, {name: …} or a one-element list where one is asked are taken as what they plainly mean."""
    given = value if isinstance(value, list) else [value]
    plain = [_plain(item) for item in given]
    plain = [item for item in plain if not _blank(item)]
    if field.kind in {"persons", "guardians", "files"}:
        return plain
    return plain[0] if len(plain) == 1 else plain


def _plain(item: Any) -> Any:
    if isinstance(item, Mapping):
        return next((item[key] for key in ("id", "person", "name") if not _blank(item.get(key))), None)
    return item


def _blank(value: Any) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip())
