"""What follows from the answers already given and need not be asked twice."""

from collections.abc import Callable
from typing import Any

from service.forms.context import Context, Values
from service.forms.definitions import Form


def completed(form: Form, values: Values, context: Context) -> Values:
    """The answers with what they imply; nothing that was answered is changed."""
    for imply in (_result, _main_cause, *_OF_FORM.get(form.key, ())):
        values = {**imply(form, values, context), **values}
    return values


def _result(form: Form, _values: Values, context: Context) -> Values:
    """F00 repeats the outcome in words; whoever chose the outcome has answered it."""
    return {key: context.outcome for key, field in form.fields.items() if field.kind == "outcome" and context.outcome}


def _main_cause(form: Form, values: Values, _context: Context) -> Values:
    """One cause is the main cause, and a main cause is a cause."""
    causes = next((key for key in ("causes", "reasons") if key in form.fields), None)
    if causes is None or "primary" not in form.fields:
        return {}
    if isinstance(values.get("primary"), str):
        return {causes: [values["primary"]]}
    given = values.get(causes)
    return {"primary": given[0]} if isinstance(given, list) and len(given) == 1 else {}


def _report_row(_form: Form, values: Values, context: Context) -> Values:
    """The three-day report has a row for this pupil; the registration on the same page says all of it."""
    row: dict[str, Any] = {
        "student_name": context.prefilled.get("student_name"),
        "absent_since": values.get("absent_since"),
        "contacts": context.known("contacts_done") or 0,
        "visits": context.known("visits") or 0,
        "cause": values.get("primary"),
        "measures": values.get("measures"),
    }
    return {"rows": [{key: cell for key, cell in row.items() if cell is not None}]}


_OF_FORM: dict[str, tuple[Callable[[Form, Values, Context], Values], ...]] = {"F01": (_report_row,)}
