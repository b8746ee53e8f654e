"""Answers to a form, taken or refused as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from service.errors import Invalid
from service.forms import automatic, checks, conditions, deriving, tidying
from service.forms.answers import schema_of
from service.forms.context import Context, Values
from service.forms.definitions import LISTS, Field, Form

_schemas: dict[str, Schema] = {}


def accept(form: Form, values: object, context: Context) -> Values:
    """The answers as they are to be kept: JSON-ready, trimmed, with what the form works out itself.

    A key left out takes its prefilled value, a key sent empty is empty. Raises `Invalid` with what to do,
    in Chinese, under each field's name (rows as `rows.0.part`), all fields at once.
    """
    sent = tidying.known(form, values)
    asked = tidying.tidy(form.fields.values(), {**tidying.starting_values(form, context), **sent})
    answers, wrong = _read(form, deriving.completed(form, conditions.identified(form, asked, context), context))
    answers = conditions.meaningful(form, answers, context)
    answers |= automatic.worked_out(form, answers, context)
    for name, said in [*conditions.broken(form, answers, context), *checks.broken(form, answers, context)]:
        # what could not be read, or already has its instruction, needs no second one
        if not any(name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.") for other in wrong):
            wrong[name] = [said]
    if wrong:
        raise Invalid(f"还有 {len(wrong)} 处需要补填或改正", wrong)
    return {key: answers[key] for key in form.fields if key in answers}


def shape(form: Form, values: object) -> Values:
    """A draft as it may be kept: this form's editable keys, lists as lists; nothing else is asked. Raises `Invalid`."""
    sent = tidying.known(form, values)
    wrong = {key: ["格式不对"] for key, value in sent.items() if not _has_shape(form.fields[key], value)}
    if wrong:
        raise Invalid("草稿的格式不对", wrong)
    return {key: value for key, value in sent.items() if form.fields[key].editable}


def prefill(form: Form, context: Context) -> Values:
    """What the form shows before anybody writes: the pupil, what is known already, what it works out, its fixed rows."""
    start = tidying.tidy(form.fields.values(), tidying.starting_values(form, context))
    shown = {key: context.prefilled[key] for key, field in form.fields.items() if field.shown_only and key in context.prefilled}
    known = {**shown, **start, **automatic.worked_out(form, start, context)}
    return {key: known[key] for key in form.fields if key in known}


def _has_shape(field: Field, value: Any) -> bool:
    if value is None:
        return True
    if field.kind in {"rows", "object"}:
        return isinstance(value, list | Mapping)
    return field.kind in LISTS or not isinstance(value, Mapping)


def _read(form: Form, asked: Values) -> tuple[Values, dict[str, list[str]]]:
    schema = _schemas.get(form.digest)
    if schema is None:
        schema = _schemas[form.digest] = schema_of(form.fields.values())()
    try:
        loaded: Values = schema.load(asked)
    except ValidationError as error:
        readable = error.valid_data if isinstance(error.valid_data, dict) else {}
        return readable, dict(_flat(error.messages_dict))
    return loaded, {}


def _flat(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, found in messages.items():
        if key == "_schema":  # the thing itself is wrong, not a part of it
            yield prefix.rstrip("."), [str(text) for text in found]
        elif isinstance(found, Mapping):
            yield from _flat(found, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", ["本表没有这一项" if text == "Unknown field." else str(text) for text in found]
