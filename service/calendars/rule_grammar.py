"""Reading a due rule (DOMAIN e.0): text to steps, or an `Invalid` that says where the text stops making sense.

A rule is a chain of steps joined by `+`; each starts from the date the step before it gave:

    D1 17:00 · SD+1@10:00 · WD+5 · CD+10,next_wd · MON+6 · MD(5,17:00)+1M · FIX(08-20)
    TERM_START+10WD · TERM_START-30 · TERM_END-5SD · FIELD(served_on)+CD+10,next_wd · FIELD(promised_on)@10:00
"""

import re
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Literal, NoReturn, cast

from service.calendars.calendar import Roll
from service.errors import Invalid

Unit = Literal["SD", "WD", "CD", "MON"]
Edge = Literal["TERM_START", "TERM_END"]


@dataclass(frozen=True, slots=True)
class AbsenceDay:
    """`D2`: the n-th day of the unexcused absence."""

    number: int


@dataclass(frozen=True, slots=True)
class Field:
    """`FIELD(served_on)`: a date kept in the case."""

    name: str


@dataclass(frozen=True, slots=True)
class Offset:
    """`WD+5`, `CD+10,next_wd`."""

    unit: Unit
    count: int
    roll: Roll


@dataclass(frozen=True, slots=True)
class MonthDay:
    """`MD(5,17:00)+1M`: day 5 of the month after."""

    day: int
    months: int
    roll: Roll


@dataclass(frozen=True, slots=True)
class Fixed:
    """`FIX(08-20)`: the next 20 August."""

    month: int
    day: int
    roll: Roll


@dataclass(frozen=True, slots=True)
class TermEdge:
    """`TERM_START+10WD`; `count` None is the edge itself."""

    edge: Edge
    count: int | None
    unit: Unit
    roll: Roll


Step = AbsenceDay | Field | Offset | MonthDay | Fixed | TermEdge


@dataclass(frozen=True, slots=True)
class Rule:
    """A due rule that has been read. `at` is None where the office's closing time counts."""

    text: str
    steps: tuple[Step, ...]
    at: time | None

    @property
    def fields(self) -> frozenset[str]:
        """The dates of the case that the rule needs."""
        return frozenset(step.name for step in self.steps if isinstance(step, Field))


LONGEST = 200

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_STEP = re.compile(
    rf"""
      D(?P<absence>[1-9])
    | FIELD\((?P<field>[A-Za-z_]\w*)\)
    | (?P<unit>SD|WD|CD|MON)(?P<count>[+-]\d{{1,3}})
    | MD\((?P<month_day>\d{{1,2}})(?:,(?P<inner>{_CLOCK}))?\)(?:\+(?P<months>\d{{1,2}})M)?
    | FIX\((?P<fixed>\d\d-\d\d)\)
    | (?P<edge>TERM_START|TERM_END)(?:(?P<edge_count>[+-]\d{{1,3}})(?P<edge_unit>WD|SD|CD)?)?
    """,
    re.VERBOSE | re.ASCII,
)
_ROLL = re.compile(r"[+, ](next_wd|prev_wd|none)(?![A-Za-z_0-9])")
_TIME = re.compile(rf"[@ ]({_CLOCK})")


@lru_cache(maxsize=4096)
def parse(text: str) -> Rule:
    """Read a rule. Raises `Invalid` with the place it could not read."""
    rest, steps, inner = _tidy(text), list[Step](), None
    while True:
        found = _STEP.match(rest)
        if not found:
            _refuse(text, rest)
        inner, rest = found["inner"] or inner, rest[found.end() :]
        rolled = _ROLL.match(rest) if _may_roll(found) else None
        rest = rest[rolled.end() :] if rolled else rest
        steps.append(_step(text, found, cast(Roll, rolled[1]) if rolled else None))
        if not rest.startswith("+"):
            break
        rest = rest[1:]
    trailing = None if inner else _TIME.fullmatch(rest)
    if rest and not trailing:
        _refuse(text, rest)
    if any(isinstance(step, AbsenceDay | Field) for step in steps[1:]):
        raise Invalid(f"到期规则“{text}”有误：D1–D9 和 FIELD(…) 只能写在最前面")
    at = trailing[1] if trailing else inner
    return Rule(text, tuple(steps), time.fromisoformat(at) if at else None)


def _tidy(text: str) -> str:
    if not text.strip():
        raise Invalid("到期规则不能为空")
    if len(text) > LONGEST:
        raise Invalid(f"到期规则不能超过{LONGEST}个字符")
    plain = text.strip().replace("−", "-").replace("，", ",")
    return re.sub(r"\s+", " ", re.sub(r"\s*([+,@(-])\s*|\s+(\))", r"\1\2", plain))


def _refuse(text: str, rest: str) -> NoReturn:
    raise Invalid(f"到期规则“{text}”有误：看不懂“{rest or '（结尾）'}”")


def _may_roll(found: re.Match[str]) -> bool:
    return found["unit"] not in ("SD", "WD") and not found["field"] and not found["absence"]


def _step(text: str, found: re.Match[str], roll: Roll | None) -> Step:
    if found["absence"]:
        return AbsenceDay(int(found["absence"]))
    if found["field"]:
        return Field(found["field"])
    if found["unit"]:
        unit = cast(Unit, found["unit"])
        return Offset(unit, int(found["count"]), roll or ("next_wd" if unit == "MON" else "none"))
    if found["month_day"]:
        return _month_day(text, int(found["month_day"]), int(found["months"] or 0), roll)
    if found["fixed"]:
        return _fixed(text, found["fixed"], roll)
    count = int(found["edge_count"]) if found["edge_count"] else None
    return TermEdge(cast(Edge, found["edge"]), count, cast(Unit, found["edge_unit"] or "CD"), roll or "none")


def _month_day(text: str, day: int, months: int, roll: Roll | None) -> MonthDay:
    if not 1 <= day <= 31:
        raise Invalid(f"到期规则“{text}”有误：每月没有第{day}日")
    return MonthDay(day, months, roll or "prev_wd")


def _fixed(text: str, month_and_day: str, roll: Roll | None) -> Fixed:
    try:
        day = date.fromisoformat(f"2000-{month_and_day}")  # a leap year, so that 02-29 can be named
    except ValueError:
        raise Invalid(f"到期规则“{text}”有误：没有“{month_and_day}”这一天") from None
    return Fixed(day.month, day.day, roll or "none")
