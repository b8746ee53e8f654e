"""What a form works out by itself. Each takes the answers so far and the surroundings, and says None when it cannot know."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from service.clock import LOCAL
from service.forms.context import Context, Values
from service.forms.definitions import Form
from service.forms.rules import as_day

Working = Callable[[Values, Context], Any]


def worked_out(form: Form, values: Values, context: Context) -> Values:
    """The automatic fields of a form, those that can be known."""
    found = {field.key: _value(field.key, field.rules["auto"], values, context) for field in form.fields.values() if field.automatic}
    return {key: value for key, value in found.items() if value is not None}


def _value(key: str, source: str, values: Values, context: Context) -> Any:
    """`auto` names a working below, else something known: what the service prefilled, then the fact of the case."""
    if source in WORKINGS:
        return WORKINGS[source](values, context)
    return next((known for known in (context.prefilled.get(key), context.known(source)) if known is not None), None)


def _leave_days(values: Values, _context: Context) -> int | None:
    first, last = as_day(values.get("from")), as_day(values.get("to"))
    return None if first is None or last is None or last < first else (last - first).days + 1


def _row_count(values: Values, _context: Context) -> int:
    return len(values.get("rows", []))


def _effective_on(values: Values, context: Context) -> str | None:
    """The day service counts from: a public notice when its time is over, everything else when handed over; a failed try has none."""
    if context.outcome == "returned":
        return None
    day = as_day(values.get("announce_to") if values.get("method") == "公告" else values.get("served_at"))
    return None if day is None else day.isoformat()


def _ninety_days(values: Values, context: Context) -> str | None:
    filed = as_day(values.get("filed_on")) or as_day(context.facts.get("filed_on"))
    return None if filed is None else (filed + timedelta(days=90)).isoformat()


def _statement_by(_values: Values, context: Context) -> str:
    return context.working_day(context.today, 5).isoformat()


def _hearing_eligible(values: Values, context: Context) -> bool:
    threshold = context.limits.hearing_threshold
    return threshold is not None and values.get("amount", 0) >= threshold


def _not_aggravated(values: Values, context: Context) -> bool:
    """行政处罚法第四十五条: defending oneself may not make the penalty heavier."""
    before = announced_fine(context)
    return before is None or values.get("proposed_amount", before) <= before


def announced_fine(context: Context) -> int | float | None:
    """What the prior notice said (`penalty_proposed`), else what the case knows as its fine (`penalty_amount`)."""
    said = context.facts.get("penalty_proposed")
    return said if said is not None else context.facts.get("penalty_amount")


def _court_window(_values: Values, context: Context) -> dict[str, str] | None:
    """When the remedies have run out and the last day to apply: six months from service, then three more (行政强制法第五十三条)."""
    expiry = as_day(context.known("remedy_expiry"))
    served = as_day(context.known("served_on"))
    expiry = expiry or (months_after(served, 6) if served else None)
    if expiry is None:
        return None
    last = as_day(context.known("last_day")) or months_after(expiry, 3)
    return {"remedy_expiry": expiry.isoformat(), "last_day": last.isoformat()}


def _list_before(_values: Values, context: Context) -> str | None:
    return {"red": "红", "white": "白"}.get(str(context.facts.get("list")))


def days_since_return(_values: Values, context: Context) -> int | None:
    return _days_since("days_since_return", "returned_on", context)


def white_days(_values: Values, context: Context) -> int | None:
    return _days_since("white_days", "white_since", context)


def _days_since(counted: str, start: str, context: Context) -> int | None:
    known = context.known(counted)
    if known is not None:
        return int(known)
    day = as_day(context.known(start))
    return None if day is None else (context.today - day).days


def _watch_until(values: Values, context: Context) -> str:
    closed = as_day(values.get("closed_on")) or context.today
    return (closed + timedelta(days=context.limits.watch_days)).isoformat()


def months_after(day: date, months: int) -> date:
    """The same day number some months later, or the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _now(_values: Values, context: Context) -> str:
    return context.now.astimezone(LOCAL).replace(microsecond=0).isoformat()


WORKINGS: dict[str, Working] = {
    "leave_days": _leave_days,
    "row_count": _row_count,
    "effective_on": _effective_on,
    "ninety_days": _ninety_days,
    "statement_by": _statement_by,
    "hearing_eligible": _hearing_eligible,
    "not_aggravated": _not_aggravated,
    "court_window": _court_window,
    "list_before": _list_before,
    "days_since_return": days_since_return,
    "white_days": white_days,
    "watch_until": _watch_until,
    "now": _now,
}
