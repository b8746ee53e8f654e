"""The facts of a case, flat scalars: as dates for due rules, and from answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.engine import Scalar


class DateFacts(dict[str, date]):
    """The facts that are dates, read on demand: due rules name fields, facts are flat scalars."""

    def __init__(self, facts: Mapping[str, Scalar]) -> None:
        super().__init__()
        self._facts = facts

    def get(self, key: str, default: Any = None) -> Any:
        return as_date(self._facts.get(key)) or default

    def __getitem__(self, key: str) -> date:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found  # type: ignore[no-any-return]


def as_date(value: Scalar) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and len(value) >= 10 else None


def flat(value: Any) -> Scalar:
    if isinstance(value, list):
        return ",".join(str(v) for v in value) if all(isinstance(v, str | int) for v in value) else len(value)
    return value if isinstance(value, str | int | float | bool) or value is None else None
