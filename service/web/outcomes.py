"""Which outcome a posted form means: chosen by itself, or told by the answer that is its evidence."""

from collections.abc import Mapping
from typing import Any

from service.forms import Field
from service.processes import Sheet


def deciding_field(sheet: Sheet) -> Field | None:
    """The question whose answer says the outcome, so that nobody is asked twice."""
    offered = {outcome.id for outcome in sheet.outcomes}
    if len(offered) < 2:
        return None
    for field in sheet.form.fields.values():
        if field.kind == "outcome":
            return field
        if field.editable and field.agrees and _tells(field, offered):
            return field
    return None


def outcome_of(sheet: Sheet, values: Mapping[str, Any], chosen: str | None) -> str | None:
    """The outcome: the only one, the one chosen, or the one an answer means."""
    if len(sheet.outcomes) == 1:
        return sheet.outcomes[0].id
    field = deciding_field(sheet)
    if field is None:
        return chosen or None
    answer = values.get(field.key)
    if field.kind == "outcome":
        return str(answer) if answer else None
    word = {True: "true", False: "false"}.get(answer, answer) if isinstance(answer, bool) else answer
    meant = field.agrees.get(str(word), frozenset()) & {outcome.id for outcome in sheet.outcomes}
    return next(iter(meant)) if len(meant) == 1 else None


def _tells(field: Field, offered: set[str]) -> bool:
    """Whether every answer means one outcome at most, and every outcome has its answer."""
    meanings = [meant & offered for meant in field.agrees.values()]
    return all(len(meant) <= 1 for meant in meanings) and set().union(*meanings) == offered
