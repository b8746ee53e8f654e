"""What a form may know of its surroundings while it is filled in: a value handed over, never a query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Values = dict[str, Any]
Choice = tuple[str, str]  # identifier, name shown


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The numbers a county may set (DOMAIN c.2), with their defaults."""

    min_visitors: int = 2
    min_team: int = 2
    min_sources: int = 2
    max_promise_days: int = 14
    max_fine: int | None = None
    hearing_threshold: int | None = None
    min_days_before_closure: int = 90
    min_white_days: int = 30
    watch_days: int = 180


def _unknown(_identifier: str) -> bool:
    return False


def _nameless(_kind: str, _identifier: str) -> str | None:
    return None


def _every_day(_day: date) -> bool:
    return True


def weekdays(day: date, count: int) -> date:
    """`count` weekdays after `day`: what stands in where no calendar was handed over."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


@dataclass(frozen=True, kw_only=True)
class Context:
    """`prefilled` holds what the service already knows, keyed as the form; `facts` the flat facts of the case.

    `people`, `organisations` and `files` say whether an identifier exists for this actor; `choices`
    (keys person, org) are the ones worth offering; `name_of(kind, identifier)` names one for a reader.
    """

    today: date
    now: datetime
    outcome: str | None = None
    outcomes: Sequence[Choice] = ()
    prefilled: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    people: Callable[[str], bool] = _unknown
    organisations: Callable[[str], bool] = _unknown
    files: Callable[[str], bool] = _unknown
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    name_of: Callable[[str, str], str | None] = _nameless
    limits: Limits = field(default_factory=Limits)
    is_school_day: Callable[[date], bool] = _every_day
    working_day: Callable[[date, int], date] = weekdays

    def known(self, name: str) -> Any:
        """What the service prefilled under a name, else the fact of the case; None if neither."""
        prefilled = self.prefilled.get(name)
        return self.facts.get(name) if prefilled is None else prefilled

    def guardians(self) -> list[Mapping[str, Any]]:
        """The child's guardians as prefilled rows; a row may carry an `id`, else its name identifies it."""
        rows = self.prefilled.get("guardians") or []
        return [row for row in rows if isinstance(row, Mapping) and row.get("name")]

    def offered(self, kind: str) -> Sequence[Choice]:
        """The choices of a kind whose options only the surroundings know."""
        if kind == "outcome":
            return self.outcomes
        if kind in {"guardian", "guardians"}:
            return [(guardian_id(row), f"{row['name']}（{row.get('relation') or '监护人'}）") for row in self.guardians()]
        return self.choices.get({"persons": "person"}.get(kind, kind), ())


def guardian_id(row: Mapping[str, Any]) -> str:
    """What identifies a guardian in an answer."""
    return str(row.get("id") or row["name"])
