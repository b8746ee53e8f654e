"""The rules every form shares: what is needed when, which outcome an answer means, between which dates, of how many, of whom."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from service.forms.context import Context, Values, guardian_id
from service.forms.definitions import REFERENCES, Field, Form
from service.forms.rules import Bound, Lookup, as_day, contradicts

Problem = tuple[str, str]  # name of the field (rows as rows.0.part), what to do about it

_DATES_OF_FACTS = {
    "absent_since": "缺勤起始日",
    "suspected_on": "疑似辍学认定日",
    "comply_by": "改正期限",
    "served_on": "送达日",
    "filed_on": "立案日",
    "returned_on": "返校日",
}
_OF_PEOPLE = frozenset({"person", "persons", "guardians"})


def lookup_in(values: Mapping[str, Any], context: Context, row: Mapping[str, Any] | None = None) -> Lookup:
    """Names in a rule: the row's own, the form's, the outcome, the facts of the case, what is prefilled."""

    def look(name: str) -> Any:
        if name == "outcome":
            return context.outcome
        for place in (row or {}, values, context.facts, context.prefilled):
            if place.get(name) is not None:
                return place[name]
        return None

    return look


def broken(form: Form, values: Values, context: Context) -> Iterator[Problem]:
    """Every shared rule these answers break. The answers have been read: types are right, but any may be missing."""
    yield from _broken_in(form, form.fields.values(), values, context, lookup_in(values, context), "")


def meaningful(form: Form, values: Values, context: Context) -> Values:
    """The answers without those that say nothing here: a promised day where nothing was promised."""
    look = lookup_in(values, context)
    conditions = ((key, form.fields[key].kept_if) for key in values if key in form.fields)
    idle = {key for key, condition in conditions if condition is not None and not condition.holds(look)}
    return {key: value for key, value in values.items() if key not in idle}


def _broken_in(form: Form, fields: Any, values: Mapping[str, Any], context: Context, look: Lookup, prefix: str) -> Iterator[Problem]:
    for field in fields:
        if not field.editable:
            continue
        name, value = prefix + field.key, values.get(field.key)
        if value is None:
            if _needed(field, look):
                yield name, f"请{'选择' if field.options or field.kind in REFERENCES else '填写'}{field.label}"
            continue
        other = field.kind == "outcome" and context.outcome is not None and value != context.outcome
        if other or contradicts(field.agrees, value, context.outcome):
            yield name, f"{field.label}与所选的办理结果“{_outcome_name(context)}”不一致，请改其中一项"
        yield from ((name, said) for said in _out_of_bounds(form, field, value, context, look))
        yield from ((name, said) for said in _too_few(field, value, context))
        yield from ((name, said) for said in _strangers(field, value, context))
        if field.kind == "rows":
            for index, row in enumerate(value):
                yield from _broken_in(form, field.fields, row, context, lookup_in(values, context, row), f"{name}.{index}.")
        elif field.kind == "object":
            yield from _broken_in(form, field.fields, value, context, lookup_in(values, context, value), f"{name}.")


def _needed(field: Field, look: Lookup) -> bool:
    if field.required_if is not None and field.required_if.holds(look):
        return True
    return field.required and field.waived_if is not None and not field.waived_if.holds(look)


def _outcome_name(context: Context) -> str:
    return dict(context.outcomes).get(context.outcome or "", context.outcome or "")


def _out_of_bounds(form: Form, field: Field, value: Any, context: Context, look: Lookup) -> Iterator[str]:
    day = as_day(value) if field.kind in {"date", "datetime"} else None
    if day is None:
        return
    if field.latest is not None:
        limit = field.latest.on(look, context.today)
        if limit is not None and (day > limit or _still_to_come(field.latest, value, context)):
            yield _too_late(form, field, limit)
    if field.earliest is not None:
        limit = field.earliest.on(look, context.today)
        if limit is not None and day < limit:
            yield f"{field.label}不能早于{_called(form, field.earliest)}（{spoken(limit)}）"


def _still_to_come(bound: Bound, value: str, context: Context) -> bool:
    return bound.name == "now" and len(value) > len("2026-03-16") and datetime.fromisoformat(value) > context.now


def _too_late(form: Form, field: Field, limit: date) -> str:
    bound = field.latest
    assert bound is not None
    if bound.name == "now":
        return f"{field.label}不能晚于现在"
    if bound.days > 0:
        return f"{field.label}要在{_called(form, bound)}之后 {bound.days} 天以内，最晚 {spoken(limit)}"
    return f"{field.label}不能晚于{_called(form, bound)}（{spoken(limit)}）"


def _called(form: Form, bound: Bound) -> str:
    if bound.name in {"today", "now"}:
        return "今天"
    known = form.fields.get(bound.name)
    return known.label if known else _DATES_OF_FACTS.get(bound.name, bound.name)


def spoken(day: date) -> str:
    """A date as the county says it: 5月26日（周二）."""
    return f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"


def _too_few(field: Field, value: Any, context: Context) -> Iterator[str]:
    least = getattr(context.limits, field.rules.get("limit", ""), None) or int(field.rules.get("min_items", "0"))
    if isinstance(value, list) and len(value) < least:
        about = field.fields[0].kind if field.kind == "rows" else field.kind
        unit = "人" if about in _OF_PEOPLE else "项"
        yield f"{field.label}至少 {least} {unit}，请再补 {least - len(value)} {unit}"


def _strangers(field: Field, value: Any, context: Context) -> Iterator[str]:
    exists = {"person": context.people, "org": context.organisations, "file": context.files}.get(REFERENCES.get(field.kind, ""))
    given = value if isinstance(value, list) else [value]
    if exists is not None and not all(exists(str(item)) for item in given):
        yield {"person": "查不到所选人员，请重新选择", "org": "查不到所选单位，请重新选择"}.get(
            REFERENCES[field.kind], "附件没有上传成功，请重新上传"
        )
    if field.kind in {"guardian", "guardians"} and not set(given) <= {guardian_id(row) for row in context.guardians()}:
        yield "请从学生的监护人中选择；文书对监护人作出，不能选学生"


def possible_outcomes(form: Form, values: Mapping[str, Any], outcomes: Iterable[str]) -> list[str]:
    """Those outcomes that no answer contradicts; where one is left, the answers have chosen it."""
    spoken = [field for field in form.fields.values() if field.agrees and values.get(field.key) is not None]
    return [outcome for outcome in outcomes if not any(contradicts(field.agrees, values[field.key], outcome) for field in spoken)]


def identified(form: Form, values: Values, context: Context) -> Values:
    """Guardians and outcomes named by name become the identifier they have."""
    by_name = {str(row["name"]): guardian_id(row) for row in context.guardians()}
    outcomes = {name: outcome for outcome, name in context.outcomes}
    named = dict(values)
    for field in form.fields.values():
        value = values.get(field.key)
        if field.kind == "outcome" and isinstance(value, str):
            named[field.key] = outcomes.get(value, value)
        elif field.kind == "guardian" and isinstance(value, str):
            named[field.key] = by_name.get(value, value)
        elif field.kind == "guardians" and isinstance(value, list):
            named[field.key] = [by_name.get(item, item) for item in value]
    return named
