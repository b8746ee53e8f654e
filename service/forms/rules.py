"""The small language of a form's own rules: when a field is needed, which outcome it means, between which dates it lies.

    required_if: result = 在途, 请假          latest: visit_time+14
    waived_if:   met = 无人 or result = nobody   agrees: 同意 = pass; 修改 = revise

Names are looked up among the answers first, then the facts of the case; `outcome` is the outcome chosen.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.clock import LOCAL

Lookup = Callable[[str], Any]

_TEST = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*(?:(?P<state>is empty|is given)|(?P<sign>!=|>=|<=|=|>|<|has)\s*(?P<values>\S.*))")
_JOINER = re.compile(r"(^|\s)(and|or)(\s|$)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_BOUND = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?P<days>[+-]\d+)?")


class RuleError(ValueError):
    """A rule that cannot be read."""


@dataclass(frozen=True)
class Test:
    name: str
    sign: str
    values: tuple[str, ...] = ()

    def holds(self, lookup: Lookup) -> bool:
        value = lookup(self.name)
        if self.sign == "is empty":
            return value in (None, "", [])
        if self.sign == "is given":
            return value not in (None, "", [])
        if self.sign == "has":
            return isinstance(value, list) and any(wanted in value for wanted in self.values)
        if self.sign in {"=", "!="}:
            return (_word(value) in self.values) is (self.sign == "=")
        return _compares(value, self.sign, self.values[0])


@dataclass(frozen=True)
class Condition:
    """Alternatives, each of tests that hold together."""

    alternatives: tuple[tuple[Test, ...], ...]

    def holds(self, lookup: Lookup) -> bool:
        return any(all(test.holds(lookup) for test in tests) for tests in self.alternatives)

    @property
    def names(self) -> set[str]:
        return {test.name for tests in self.alternatives for test in tests}


@dataclass(frozen=True)
class Bound:
    """A date named by a field, a fact, `today` or `now`, some days earlier or later."""

    name: str
    days: int

    def on(self, lookup: Lookup, today: date) -> date | None:
        start = today if self.name in {"today", "now"} else as_day(lookup(self.name))
        return None if start is None else start + timedelta(days=self.days)


def read_condition(text: str) -> Condition:
    """Raises `RuleError`."""
    return Condition(tuple(tuple(_read_test(test) for test in clause.split(" and ")) for clause in text.split(" or ")))


def read_bound(text: str) -> Bound:
    """Raises `RuleError`."""
    match = _BOUND.fullmatch(text.strip())
    if not match:
        raise RuleError(text)
    return Bound(match["name"], int(match["days"] or 0))


def read_agreement(text: str) -> dict[str, frozenset[str]]:
    """Which outcomes go with which answer; `same` is written by the loader as every option with itself. Raises `RuleError`."""
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    if not pairs or not all(sign and _words(outcomes) for _, sign, outcomes in pairs):
        raise RuleError(text)
    return {answer.strip(): frozenset(_words(outcomes)) for answer, _, outcomes in pairs}


def contradicts(agreement: Mapping[str, frozenset[str]], value: Any, outcome: str | None) -> bool:
    """Whether an answer and an outcome that both say the same thing say it differently.

    An outcome that no answer stands for (`agree` of a second person) contradicts nothing.
    """
    spoken_for: frozenset[str] = frozenset().union(*agreement.values())
    return outcome in spoken_for and _word(value) in agreement and outcome not in agreement[_word(value)]


def as_day(value: Any) -> date | None:
    """The local date of an ISO date, an ISO instant or a date; None for anything else."""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).date()
    if isinstance(value, date):
        return value
    try:
        text = str(value)
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).astimezone(LOCAL).date()
    except ValueError:
        return None


def _read_test(text: str) -> Test:
    match = _TEST.fullmatch(text.strip())
    if not match:
        raise RuleError(text)
    if match["state"]:
        return Test(match["name"], match["state"])
    values = _words(match["values"])
    compares = match["sign"][0] in "<>"
    if not values or any(_JOINER.search(value) for value in values) or (compares and not _NUMBER.fullmatch(values[0])):
        raise RuleError(text)
    return Test(match["name"], match["sign"], values)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _compares(value: Any, sign: str, limit: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    bound = float(limit)
    return {">": value > bound, ">=": value >= bound, "<": value < bound, "<=": value <= bound}[sign]
