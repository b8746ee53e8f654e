"""Reading what counties really send: xlsx and csv with merged headers, full-width digits, dates in every style. Pure.

A workbook is looked at before it is opened: a zip that would unpack to far more than it is, or
to too many parts, is refused (the bomb is not defused, it is not touched).
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from service.errors import Invalid

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 200_000
HEADER_WITHIN = 12
"""Rows from the top in which the header is looked for; above it stand titles and remarks."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "registry_no": ("学籍号", "全国学籍号", "学籍编号"),
    "name": ("姓名", "学生姓名", "学生"),
    "class": ("班级", "所在班级", "班别"),
    "day": ("日期", "考勤日期", "点名日期"),
    "state": ("到校情况", "考勤", "考勤情况", "出勤", "出勤情况", "是否到校"),
    "note": ("备注", "说明", "原因"),
}
"""What a column may be called; spaces and line breaks in a heading do not count."""

PRESENT = frozenset({"到校", "出勤", "在校", "是", "√", "✓", "1", "正常", "到"})
ABSENT = frozenset({"缺勤", "未到", "未到校", "旷课", "缺旷", "无故缺勤", "无故缺旷", "否", "×", "x", "0", "缺"})
LEAVE = frozenset({"请假", "病假", "事假", "丧假", "公假"})


@dataclass(frozen=True)
class Line:
    """One row of a sheet, by the meaning of its columns; nothing is judged yet."""

    sheet: str
    number: int
    """As the spreadsheet numbers it, from 1."""
    cells: Mapping[str, Any]


def read(content: bytes, mapping: Mapping[str, str] | None = None) -> Iterator[Line]:
    """The data rows of a workbook or csv file. `mapping` names columns ours by their own headings.

    Raises `Invalid` for a file that is neither, is unsafe, or has no header we understand.
    """
    if len(content) > LARGEST_FILE:
        raise Invalid("文件太大，请上传20MB以内的文件", {"file": ["不能超过20MB"]}, code="too_large")
    sheets = _sheets(content) if content[:2] == b"PK" else {"csv": (0, _csv(content))}
    found = False
    for name, (above, rows) in sheets.items():
        for line in _lines(name, above, rows, mapping or {}):
            found = True
            yield line
    if not found:
        raise Invalid("没有找到表头。表头应有“学籍号”或“姓名”，以及“到校情况”", {"file": ["没有找到可以识别的表头"]})


def as_text(value: Any) -> str:
    """A cell as plain text: half-width, no inner blanks, numbers without a stray .0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value)))


def as_day(value: Any, year: int) -> date | None:
    """A cell as a date: a date cell, an Excel serial, 2026-03-09, 2026年3月9日, 3月9日, 20260309; None when it is none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_text(value)
    if re.fullmatch(r"\d{5}", text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    patterns = (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", r"(\d{4})(\d{2})(\d{2})", r"(\d{1,2})月(\d{1,2})日?")
    for pattern in patterns:
        if match := re.fullmatch(pattern, text):
            parts = [int(part) for part in match.groups()]
            try:
                return date(*parts) if len(parts) == 3 else date(year, *parts)
            except ValueError:
                return None
    return None


def as_state(value: Any) -> str | None:
    """`present`, `absent` or `leave`; None for a word we do not know."""
    text = as_text(value).lower()
    for state, words in (("present", PRESENT), ("absent", ABSENT), ("leave", LEAVE)):
        if text in words or as_text(value) in words:
            return state
    return None


def _sheets(content: bytes) -> dict[str, tuple[int, Sequence[Sequence[Any]]]]:
    """The rows of each sheet from the first one written in, and how many empty ones are above it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Invalid("工作簿解开后过大，不能读取", {"file": ["工作簿解开后过大"]}, code="unsupported_type")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
        return {name: ((sheet.start or (0, 0))[0], sheet.to_python(nrows=MOST_ROWS)) for name, sheet in sheets.items()}
    except (zipfile.BadZipFile, CalamineError, OSError) as broken:
        raise Invalid("文件打不开，请另存为 xlsx 或 csv 后再传", {"file": ["文件打不开"]}, code="unsupported_type") from broken


def _csv(content: bytes) -> Sequence[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding))))[:MOST_ROWS]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Invalid("文件打不开，请另存为 xlsx 或 csv 后再传", {"file": ["文件打不开"]}, code="unsupported_type")


def _lines(sheet: str, above: int, rows: Sequence[Sequence[Any]], mapping: Mapping[str, str]) -> Iterator[Line]:
    header = _header(rows, mapping)
    if header is None:
        return
    start, columns = header
    for number, row in enumerate(rows[start:], start=above + start + 1):
        cells = {meaning: row[at] for meaning, at in columns.items() if at < len(row)}
        if any(as_text(value) for value in cells.values()):
            yield Line(sheet, number, cells)


def _header(rows: Sequence[Sequence[Any]], mapping: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """(index of the first data row, column of each meaning). A merged header lies over two rows: they are read together."""
    own = {as_text(heading): meaning for meaning, heading in mapping.items()}
    names = {**{word: meaning for meaning, words in HEADINGS.items() for word in words}, **own}
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        columns = _recognised(row, names)
        below = _recognised(rows[index + 1], names) if index + 1 < len(rows) and _only_headings(rows[index + 1], names) else {}
        if columns and below and not _enough(columns) and _enough({**below, **columns}):
            return index + 2, {**below, **columns}
        if _enough(columns):
            return index + 1 + bool(below), {**below, **columns}
    return None


def _only_headings(row: Sequence[Any], names: Mapping[str, str]) -> bool:
    """Whether a row belongs to the header; a pupil's row may say 出勤, too, but says more than that."""
    return all(as_text(value) in names for value in row if as_text(value))


def _recognised(row: Sequence[Any], names: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, value in enumerate(row):
        meaning = names.get(as_text(value))
        if meaning and meaning not in columns:
            columns[meaning] = at
    return columns


def _enough(columns: Mapping[str, int]) -> bool:
    return "state" in columns and ("registry_no" in columns or "name" in columns)
