"""Dates, times and spans as the county writes them; what a role's menu holds. Pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from service import clock
from service.access import SUPERVISORS, Actor
from service.processes import LIGHT_NAMES
from service.rosters import IMPORTERS

WEEKDAYS = "一二三四五六日"
LIGHT_CLASS = {"normal": "", "soon": "soon", "overdue": "late", "seriously_overdue": "grave"}


def long_day(day: date) -> str:
    """2026年3月1日（周日）"""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def short_day(day: date) -> str:
    """3月1日, with its year where that is not this one."""
    year = "" if day.year == clock.today().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def near_day(day: date | datetime) -> str:
    """今天, 明天, 昨天, else the date; of an instant, its local day."""
    day = clock.local_date(day) if isinstance(day, datetime) else day
    names = {0: "今天", 1: "明天", -1: "昨天"}
    return names.get((day - clock.today()).days) or short_day(day)


def hour(instant: datetime) -> str:
    """17:30, local."""
    return f"{instant.astimezone(clock.LOCAL):%H:%M}"


def moment(instant: datetime) -> str:
    """2026年3月1日（周日）17:30"""
    return f"{long_day(clock.local_date(instant))}{hour(instant)}"


def short_moment(instant: datetime) -> str:
    """3月1日 17:30"""
    return f"{short_day(clock.local_date(instant))} {hour(instant)}"


def near_moment(instant: datetime) -> str:
    """今天 17:30"""
    return f"{near_day(clock.local_date(instant))} {hour(instant)}"


def span(length: timedelta) -> str:
    """20 分钟, 3 小时 20 分, 5 天: as exact as somebody wants to know."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{max(minutes, 1)} 分钟"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} 小时 {rest} 分" if rest and hours < 6 else f"{hours} 小时"
    return f"{minutes // (24 * 60)} 天"


def left(due: datetime) -> str:
    """还剩 3 小时 / 已超 1 天"""
    rest = due - clock.now()
    return f"还剩 {span(rest)}" if rest >= timedelta() else f"已超 {span(-rest)}"


def days_left(days: int) -> str:
    """还剩 42 天 / 今天到期 / 已过 3 天"""
    return f"还剩 {days} 天" if days > 0 else "今天到期" if days == 0 else f"已过 {-days} 天"


def place(name: str) -> str:
    """A class is known by its number only."""
    return f"{name} 班" if name.isdigit() else name


def age(born: date) -> int:
    """Full years today."""
    today = clock.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def supervises(actor: Actor) -> bool:
    """Whether the menu has 督办."""
    return actor.holds(*SUPERVISORS)


def calls_roll(actor: Actor) -> bool:
    """Whether the menu has 点名."""
    return actor.holds("class_teacher", "school_kcbx_officer")


def imports(actor: Actor) -> bool:
    """Whether the menu has 导入."""
    return actor.holds(*IMPORTERS)


FILTERS: dict[str, Callable[..., Any]] = {
    "long_day": long_day,
    "short_day": short_day,
    "near_day": near_day,
    "hour": hour,
    "moment": moment,
    "short_moment": short_moment,
    "near_moment": near_moment,
    "span": span,
    "left": left,
    "days_left": days_left,
    "age": age,
    "place": place,
    "light_name": LIGHT_NAMES.__getitem__,
    "light_class": LIGHT_CLASS.__getitem__,
}
"""For templates, each under `zh_` and its name."""
