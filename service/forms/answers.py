"""Answers as marshmallow fields: each takes what a person or a program sends and gives back what JSON keeps.

Dates and instants stay ISO text (instants in local time with offset), so an accepted answer is a stored answer.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.clock import LOCAL
from service.forms.definitions import REFERENCES, Field
from service.forms.identity import id_problem, narrow, phone_problem

LONGEST = {"area": 4000}
LONGEST_TEXT = 200
MOST_ROWS = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{1,2})?")

Reader = Callable[[Any], Any]


class Answer(fields.Field[Any]):
    """An answer read by a plain function that raises `ValidationError` with an instruction."""

    def __init__(self, read: Reader, required: bool, missing: str, validators: Iterable[Callable[[Any], Any]] = ()) -> None:
        super().__init__(required=required, validate=list(validators), error_messages={"required": missing, "null": missing})
        self._read = read

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self._read(value)


def schema_of(parts: Iterable[Field]) -> type[Schema]:
    """The marshmallow schema for these fields; only the editable ones are asked for."""
    return Schema.from_dict({part.key: answer(part) for part in parts if part.editable})


def answer(field: Field) -> fields.Field[Any]:
    """The marshmallow field for one field of a form."""
    # A need that can be waived is judged once all the answers are known.
    required = field.required and field.waived_if is None
    missing = f"请{'选择' if field.options or field.kind in REFERENCES else '填写'}{field.label}"
    if field.kind == "rows":
        return _rows(field, required, missing)
    if field.kind == "object":
        return fields.Nested(
            schema_of(field.fields), required=required, error_messages={"required": missing, "type": f"{field.label}的格式不对"}
        )
    if field.kind in {"multi", "persons", "guardians", "files"}:
        return Answer(_each(_single(field), [value for value, _ in field.options]), required, missing)
    return Answer(_single(field), required, missing, _validators(field))


def _rows(field: Field, required: bool, missing: str) -> fields.Field[Any]:
    most = int(field.rules.get("max_items", MOST_ROWS))
    return fields.List(
        fields.Nested(schema_of(field.fields), error_messages={"type": "这一行的格式不对"}),
        required=required,
        error_messages={"required": missing, "invalid": f"{field.label}应是一张列表"},
        validate=validate.Length(max=most, error=f"{field.label}最多 {most} 行"),
    )


def _single(field: Field) -> Reader:
    readers: dict[str, Reader] = {
        "text": _text(LONGEST_TEXT),
        "sign": _text(LONGEST_TEXT),
        "outcome": _text(LONGEST_TEXT),
        "area": _text(LONGEST["area"]),
        "phone": _proven(phone_problem),
        "id_number": _proven(id_problem),
        "int": _whole,
        "number": _number,
        "date": _date,
        "datetime": _instant,
        "bool": _yes_no,
    }
    if field.options:
        return _option(field)
    return readers.get(field.kind, _identifier)


def _validators(field: Field) -> list[Callable[[Any], Any]]:
    checks = field.checks
    found: list[Callable[[Any], Any]] = []
    if "min" in checks or "max" in checks:
        low, high = checks.get("min"), checks.get("max")
        said = (
            f"应在 {low} 到 {high} 之间"
            if low is not None and high is not None
            else f"不能小于 {low}"
            if high is None
            else f"不能大于 {high}"
        )
        found.append(validate.Range(min=low, max=high, error=field.label + said))
    if "minLength" in checks or "maxLength" in checks:
        low, high = checks.get("minLength"), checks.get("maxLength")
        said = f"最多 {high} 个字" if low is None else f"至少写 {low} 个字"
        found.append(validate.Length(min=low, max=high, error=field.label + said))
    if "pattern" in checks:
        found.append(validate.Regexp(f"(?:{checks['pattern']})$", error=checks.get("patternErrorMessage", f"{field.label}的格式不对")))
    return found


def _text(longest: int) -> Reader:
    def read(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("请填写文字")
        text = _CONTROL.sub("", str(value)).replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise ValidationError(f"最多 {longest} 个字，现在 {len(text)} 个，请精简")
        return text

    return read


def _proven(problem: Callable[[str], str | None]) -> Reader:
    def read(value: Any) -> str:
        text = narrow(_text(LONGEST_TEXT)(value)).replace(" ", "").upper()
        said = problem(text)
        if said:
            raise ValidationError(said)
        return text

    return read


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValidationError("请填写整数")
    return int(number)


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValidationError("请填写数字")
    text = narrow(str(value)).replace(",", "").replace("，", "")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    raise ValidationError("请填写数字，最多两位小数")


def _date(value: Any) -> str:
    text = narrow(str(value)).replace("/", "-").replace(".", "-") if isinstance(value, str) else ""
    try:
        year, month, day = text.split("-")
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValidationError("请填写日期，例如 2026-03-16") from None


def _instant(value: Any) -> str:
    text = narrow(value) if isinstance(value, str) else ""
    try:
        instant = datetime.fromisoformat(text)
        if len(text) < len("2026-03-16T10:20"):
            raise ValueError(text)
        # A page sends wall-clock time; a program an offset. Both are kept as the county's local time.
        local = instant.replace(tzinfo=LOCAL) if instant.tzinfo is None else instant.astimezone(LOCAL)
    except (ValueError, OverflowError):
        raise ValidationError("请填写日期和时间，例如 2026-03-16 10:20") from None
    return local.replace(microsecond=0).isoformat()


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "是": True, "on": True, "1": True, "false": False, "否": False, "0": False}
    word = str(value).strip().lower()
    if word not in known:
        raise ValidationError("请选择是或否")
    return known[word]


def _option(field: Field) -> Reader:
    values = dict(field.options)
    by_label = {label: value for value, label in field.options}

    def read(value: Any) -> str:
        word = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if word in values:
            return word
        if word in by_label:
            return by_label[word]
        raise ValidationError(f"请从选项中选择{field.label}：{'、'.join(values.values())}"[:300])

    return read


def _identifier(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip() or len(str(value)) > LONGEST_TEXT:
        raise ValidationError("请从选项中选择")
    return str(value).strip()


def _each(read: Reader, order: list[str]) -> Reader:
    def read_all(value: Any) -> list[Any]:
        given = value if isinstance(value, list | tuple) else [value]
        if len(given) > MOST_ROWS:
            raise ValidationError(f"最多选 {MOST_ROWS} 项")
        found = dict.fromkeys(read(item) for item in given)
        # the order of the form where it has one: the same answer is the same text
        return [option for option in order if option in found] if order else list(found)

    return read_all
