"""Daily attendance workbooks as counties really send them, and the truth they were written from.

One workbook a school day, one sheet a school. Good rows are written in every style found in
practice; bad rows stand beside them, so the truth does not depend on how a reader treats them.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from service.calendars import Calendar
from service.seed.big import OnRoll

FALL_ILL = 0.005
STAY_AWAY = 0.003
"""Of all pupils on a school day: on leave, and beginning an unexcused absence (DOMAIN j.2)."""

LENGTHS = ((1, 85), (2, 11), (3, 2), (6, 1), (12, 1))
"""How many school days an absence lasts, and of a hundred how many do."""

PRESENT_WORDS = ("到校", "到校", "到校", "出勤", "√", "正常")
ABSENT_WORDS = ("缺勤", "未到校", "旷课", "缺 勤", "未到")
LEAVE_WORDS = ("请假", "病假", "事假")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
FLAWED = 0.03
"""Share of good rows written in an odd style."""

BAD = 0.001
"""Share of rows beside which a bad one of each kind stands."""


@dataclass
class Truth:
    """What the workbooks mean, by registry number; `bad` counts the rows to be refused by their reason."""

    days: list[date]
    absent: dict[date, set[str]] = field(default_factory=dict)
    leave: dict[date, set[str]] = field(default_factory=dict)
    rows: Counter[date] = field(default_factory=Counter)
    bad: dict[date, Counter[str]] = field(default_factory=dict)

    def spells(self) -> Iterator[tuple[str, list[date]]]:
        """Unbroken runs of unexcused absent school days, pupil by pupil; leave neither breaks nor lengthens one."""
        for registry_no in sorted(set().union(*self.absent.values())):
            run: list[date] = []
            for day in self.days:
                if registry_no in self.absent[day]:
                    run.append(day)
                elif run and registry_no not in self.leave[day]:
                    yield registry_no, run
                    run = []
            if run:
                yield registry_no, run


def month(calendar: Calendar, first: date) -> list[date]:
    """The school days of the month that a date lies in."""
    days = (first.replace(day=1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == first.month and calendar.is_school(day)]


def imagine(pupils: Sequence[OnRoll], days: Sequence[date], *, seed: int = 2026) -> Truth:
    """Decide who is absent and who on leave when."""
    chance = random.Random(seed)  # noqa: S311 - an invented month, the same one every time
    truth = Truth(list(days), {day: set() for day in days}, {day: set() for day in days})
    for pupil in pupils:
        number = 0
        while number < len(days):
            luck = chance.random()
            if luck < STAY_AWAY:
                length = chance.choices(*zip(*LENGTHS, strict=True))[0]
                for day in days[number : number + length]:
                    truth.absent[day].add(pupil.registry_no)
                number += length  # the day after is a day at school
            elif luck < STAY_AWAY + FALL_ILL:
                truth.leave[days[number]].add(pupil.registry_no)
            number += 1
    return truth


def write(folder: Path, pupils: Sequence[OnRoll], truth: Truth, *, seed: int = 2026) -> list[Path]:
    """Write a workbook for every day of a truth; completes its counts. The paths, oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_day(folder / f"到校情况_{day:%Y%m%d}.xlsx", pupils, truth, day, random.Random(f"{seed}/{day}")) for day in truth.days]  # noqa: S311


def _write_day(path: Path, pupils: Sequence[OnRoll], truth: Truth, day: date, chance: random.Random) -> Path:
    truth.bad[day] = Counter()
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        merged = book.add_format({"align": "center", "valign": "vcenter", "bold": True})
        for number, (school, theirs) in enumerate(groupby(pupils, key=lambda pupil: pupil.school)):
            sheet = book.add_worksheet(school[:31])
            line = _head(sheet, school, day, number % 3, merged)
            for row in _rows(list(theirs), truth, day, chance):
                for column, value in enumerate(row):
                    sheet.write(line, column, value)
                truth.rows[day] += 1
                line += 1
    return path


def _head(sheet: Any, school: str, day: date, style: int, merged: Any) -> int:
    """The top of a sheet in one of three styles; the number of its first data row."""
    sheet.merge_range(0, 0, 0, 5, f"{school}学生到校情况日报表", merged)
    if style == 0:
        sheet.merge_range(1, 0, 1, 5, f"填报日期：{day:%Y年%m月%d日}　填报人：教务处")
        sheet.write_row(2, 0, ["学籍号", "姓名", "班级", "日期", "到校情况", "备注"], merged)
        return 3
    if style == 1:
        for column, heading in enumerate(("学籍号", "姓名", "班级")):
            sheet.merge_range(1, column, 2, column, heading, merged)
        sheet.merge_range(1, 3, 1, 5, "当日情况", merged)
        sheet.write_row(2, 3, ["日期", "到校情况", "备注"], merged)
        return 3
    sheet.write_row(1, 0, ["学 籍 号", "学生姓名", "所在\n班级", "考勤日期", "出勤情况", "说明"], merged)
    return 2


def _rows(pupils: Sequence[OnRoll], truth: Truth, day: date, chance: random.Random) -> Iterator[list[Any]]:
    for pupil in pupils:
        row = _row(pupil, truth, day, chance)
        yield row
        for reason, wrong in _beside(row, day, chance):
            truth.bad[day][reason] += 1
            yield wrong


def _row(pupil: OnRoll, truth: Truth, day: date, chance: random.Random) -> list[Any]:
    if pupil.registry_no in truth.absent[day]:
        state = chance.choice(ABSENT_WORDS)
    else:
        state = chance.choice(LEAVE_WORDS if pupil.registry_no in truth.leave[day] else PRESENT_WORDS)
    number, name, when = pupil.registry_no, pupil.name, day
    if chance.random() < FLAWED:
        number = chance.choice((number.translate(WIDE), f" {number} ", number.lower(), f"{number[:7]} {number[7:]}", ""))
    if chance.random() < FLAWED:
        name = f"{name[0]}　{name[1:]}" if len(name) == 2 else f" {name}"
    return [number, name, pupil.klass, _written(when, chance), state, "家长已告知" if state in LEAVE_WORDS else ""]


def _written(day: date, chance: random.Random) -> Any:
    if chance.random() >= FLAWED:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a cell of a spreadsheet knows no time zone
    plain, spoken = f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日"
    styles = (plain, plain.translate(WIDE), plain.replace("-", "/"), plain.replace("-", "."), spoken)
    return chance.choice(styles)


def _beside(row: list[Any], day: date, chance: random.Random) -> Iterator[tuple[str, list[Any]]]:
    """Bad rows, each with the reason to refuse it; none says anything new about the pupil's day."""
    if chance.random() < BAD:
        yield "duplicate", list(row)
    if chance.random() < BAD:
        yield "bad_date", [*row[:3], chance.choice(("2026-02-30", "昨天", "13月5日", "")), *row[4:]]
    if chance.random() < BAD:
        yield "future_date", [*row[:3], f"{day.year + 5}-{day.month:02d}-{day.day:02d}", *row[4:]]
    if chance.random() < BAD:
        yield "not_a_school_day", [*row[:3], f"{_new_year(day):%Y-%m-%d}", *row[4:]]
    if chance.random() < BAD:
        yield "unknown_student", [f"G9900{chance.randrange(10**14):014d}", "查无此人", *row[2:]]
    if chance.random() < BAD:
        yield "unknown_state", [*row[:4], chance.choice(("？", "待核实", "")), ""]


def _new_year(day: date) -> date:
    """A day of the last New Year's holiday, on which no school teaches."""
    return date(day.year, 1, 1)
