"""Reading what counties really send: every style is understood or refused with a reason, nothing is guessed."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Invalid
from service.rosters import workbook

HEADINGS = ["学籍号", "姓名", "班级", "日期", "到校情况", "备注"]
ROW = ["G990101201205200011", "陈三", "801", "2026-03-09", "缺勤", ""]


def book(*rows: Sequence[Any], draw: Callable[[Any, Any], None] | None = None, sheets: Sequence[str] = ("801",)) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        for name in sheets:
            sheet = made.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
            if draw:
                draw(made, sheet)
    return content.getvalue()


def lines(content: bytes, mapping: dict[str, str] | None = None) -> list[workbook.Line]:
    return list(workbook.read(content, mapping))


def test_rows_are_numbered_as_the_spreadsheet_numbers_them() -> None:
    found = lines(book(["到校情况日报表"], [], HEADINGS, ROW, [], ROW))

    assert [line.number for line in found] == [4, 6]
    assert found[0].cells["registry_no"] == ROW[0]


def test_a_header_merged_over_two_rows_is_one_header() -> None:
    def draw(made: Any, sheet: Any) -> None:
        for column, heading in enumerate(HEADINGS[:3]):
            sheet.merge_range(1, column, 2, column, heading)
        sheet.merge_range(1, 3, 1, 5, "当日情况")
        sheet.write_row(2, 3, HEADINGS[3:])
        sheet.write_row(3, 0, ROW)

    found = lines(book(draw=draw))

    assert [(line.number, line.cells["name"], line.cells["state"]) for line in found] == [(4, "陈三", "缺勤")]


def test_a_first_pupil_present_is_no_second_header_row() -> None:
    found = lines(book(["姓名", "出勤"], ["陈三", "出勤"], ["刘一", "缺勤"]))

    assert [line.cells["name"] for line in found] == ["陈三", "刘一"]


def test_headings_may_have_blanks_and_line_breaks() -> None:
    assert len(lines(book(["学 籍 号", "学生姓名", "所在\n班级", "考勤日期", "出勤情况", "说明"], ROW))) == 1


def test_every_sheet_is_read_and_told_apart() -> None:
    assert [line.sheet for line in lines(book(HEADINGS, ROW, sheets=("801", "802")))] == ["801", "802"]


def test_a_countys_own_headings_are_understood_with_a_mapping() -> None:
    content = book(["证号", "娃娃", "今天"], ["G1", "陈三", "缺勤"])

    with pytest.raises(Invalid):
        lines(content)
    assert lines(content, {"registry_no": "证号", "name": "娃娃", "state": "今天"})[0].cells == {
        "registry_no": "G1",
        "name": "陈三",
        "state": "缺勤",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, ROW])

    assert lines(text.getvalue().encode(encoding))[0].cells["name"] == "陈三"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"PK\x03\x04 not a workbook", "姓名,班级\n陈三,801".encode(), b"\xff\xfe\x00\xd8"]
)
def test_what_is_no_roll_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        lines(content)
    assert refused.value.fields["file"]


def test_a_zip_bomb_is_refused_without_being_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package, package.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(workbook.LARGEST_UNPACKED // (1 << 20) + 1):
            part.write(bytes(1 << 20))

    with pytest.raises(Invalid) as refused:
        lines(content.getvalue())
    assert refused.value.code == "unsupported_type"


def test_a_zip_of_too_many_parts_and_too_large_a_file_are_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for number in range(workbook.MOST_PARTS + 1):
            package.writestr(f"part{number}", b"")

    with pytest.raises(Invalid):
        lines(content.getvalue())
    with pytest.raises(Invalid) as refused:
        lines(bytes(workbook.LARGEST_FILE + 1))
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 3, 9),
        datetime(2026, 3, 9, 8, 30),  # noqa: DTZ001 - a cell of a spreadsheet knows no time zone
        46090,
        46090.0,
        "46090",
        "2026-03-09",
        "2026/3/9",
        "2026.3.9",
        "2026年3月9日",
        "２０２６－０３－０９",
        " 2026-03-09 ",
        "20260309",
        "3月9日",
    ],
)
def test_a_day_is_a_day_however_it_is_written(value: object) -> None:
    assert workbook.as_day(value, 2026) == date(2026, 3, 9)


@pytest.mark.parametrize("value", ["", None, "昨天", "2026-02-30", "13月5日", "2026-03", "9/3/2026", "星期一"])
def test_what_is_no_day_is_none(value: object) -> None:
    assert workbook.as_day(value, 2026) is None


@pytest.mark.parametrize(
    ("value", "state"),
    [
        *((word, "present") for word in ("到校", "√", 1, 1.0)),
        *((word, "absent") for word in ("缺 勤", "×", "０")),
        *((word, "leave") for word in ("病假", "请假")),
        *((word, None) for word in ("？", "", None, "待核实")),
    ],
)
def test_words_for_being_there_or_not(value: object, state: str | None) -> None:
    assert workbook.as_state(value) == state


@given(st.text(max_size=40) | st.integers() | st.floats(allow_nan=True) | st.none() | st.booleans())
def test_no_cell_breaks_the_reader(value: object) -> None:
    workbook.as_text(value)
    workbook.as_day(value, 2026)
    assert workbook.as_state(value) in {"present", "absent", "leave", None}
