"""Filling in a form as a careful clerk would: what was said, what the outcome demands, what is known already, then the usual."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service import clock, forms
from service.forms import Field

FILE = object()
"""Stands for a file that has to be uploaded first."""


@dataclass(frozen=True)
class Pen:
    """Who writes, when, and how a file becomes an id."""

    me: str
    name: str
    organisation: str
    now: datetime
    outcome: str
    upload: Callable[[], str]


def fill(form: forms.Form, context: forms.Context, pen: Pen, *, told: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Answers for every field that needs one; a prefilled value is left to the form."""
    values: dict[str, Any] = {}
    for key, field in form.fields.items():
        if field.editable:
            said = _said(field, pen, told, usual)
            if said is None and field.required and not _answered(context.prefilled.get(key)) and not _waived(field, context, values, pen):
                said = _plausible(field, context, pen)
            if said is not None:
                values[key] = _travelling(said, field, pen)
    return values


def _said(field: Field, pen: Pen, told: Mapping[str, Any], usual: Mapping[str, Any]) -> Any:
    """What the story says, else what agrees with the outcome, else (where nothing is prefilled) the usual words."""
    key = field.key
    if key in told:
        return told[key]
    if key in usual and _agrees(field, usual[key], pen):
        return usual[key]
    if field.kind == "outcome":
        return pen.outcome
    agreed = [option for option, outcomes in field.agrees.items() if pen.outcome in outcomes]
    if agreed:
        return agreed[0] == "true" if field.kind == "bool" else agreed[0]
    return None


def _agrees(field: Field, value: Any, pen: Pen) -> bool:
    """Whether an answer says the same as the outcome; a field that knows nothing of this outcome never disagrees."""
    known = {outcome for outcomes in field.agrees.values() for outcome in outcomes}
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return pen.outcome not in known or pen.outcome in field.agrees.get(said, frozenset())


def _answered(value: Any) -> bool:
    return value not in (None, "", [])


def _waived(field: Field, context: forms.Context, values: Mapping[str, Any], pen: Pen) -> bool:
    known = {**context.facts, **context.prefilled, **values, "outcome": pen.outcome}
    return bool((field.waived_if and field.waived_if.holds(known.get)) or (field.kept_if and not field.kept_if.holds(known.get)))


def _plausible(field: Field, context: forms.Context, pen: Pen) -> Any:
    """Something of the field's kind."""
    offered = [identifier for identifier, _ in (field.options or context.offered(field.kind))]
    match field.kind:
        case "int" | "number":
            return field.checks.get("min", 1)
        case "bool":
            return True
        case "date":
            return context.today.isoformat()
        case "datetime":
            return _local(pen.now - timedelta(minutes=20))
        case "person":
            return pen.me
        case "persons":
            return [pen.me]
        case "org":
            return pen.organisation
        case "file" | "files":
            return FILE
        case "sign":
            return pen.name
        case "phone":
            return "13800001234"
        case "rows":
            return [{part.key: _travelling(_plausible(part, context, pen), part, pen) for part in field.fields if part.required}]
        case "multi" | "guardians":
            return offered[:1]
        case "code" | "guardian":
            return offered[0] if offered else None
    return "已核对，情况属实"


def _travelling(value: Any, field: Field, pen: Pen) -> Any:
    if value is FILE:
        stored = pen.upload()
        return [stored] if field.kind == "files" else stored
    return _local(value) if isinstance(value, datetime) else value


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.LOCAL).isoformat(timespec="minutes")
