"""导入 without script: read a workbook, see every bad row, confirm, see what came of it."""

import io
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from service import cases, people, rosters
from tests.rosters.test_reading import HEADINGS, book
from tests.web.browsing import Page, Visitor

if TYPE_CHECKING:
    from flask import Flask

TODAY = "2026-04-20"


@pytest.fixture
def officer(quiet: "Flask") -> Visitor:
    """Li Jing, the school's officer, signed in."""
    return Visitor(quiet).sign_in("lijing")


def numbers(app: "Flask") -> dict[str, str]:
    with app.extensions["desk"].database.reading() as session:
        return {name: str(number) for name, number in session.execute(select(people.Student.name, people.Student.registry_no))}


def monday(app: "Flask") -> bytes:
    """张二 away, 刘一 there, 陈三 on leave; a pupil nobody knows, a day that never was, a line twice, another school's pupil."""
    known = numbers(app)
    return book(
        HEADINGS,
        (known["张二"], "张二", "801", TODAY, "缺勤"),
        (known["刘一"], "刘一", "801", TODAY, "到校"),
        (known["陈三"], "陈三", "801", TODAY, "病假"),
        ("G000", "查无此人", "801", TODAY, "缺勤"),
        (known["刘一"], "刘一", "801", "2026-02-30", "缺勤"),
        (known["张二"], "张二", "801", TODAY, "缺勤"),
        (known["赵四"], "赵四", "902", TODAY, "缺勤"),
    )


def send(visitor: Visitor, content: bytes, purpose: str = "补登考勤", name: str = "考勤.xlsx") -> Page:
    return visitor.post("/imports", {"purpose": purpose, "file": (io.BytesIO(content), name)})


def told(page: Page) -> str:
    return re.sub(r"\s+", "", page.said)


def stored(app: "Flask") -> tuple[int, int, int]:
    """Cases, rows of the roll, leaves."""
    with app.extensions["desk"].database.reading() as session:
        cases_, rows, leaves = (session.scalar(select(func.count()).select_from(t)) for t in (cases.Case, cases.Attendance, cases.Leave))
        return cases_ or 0, rows or 0, leaves or 0


def test_reading_a_file_shows_what_it_holds_and_changes_nothing(officer: Visitor) -> None:
    before = stored(officer.app)
    shown = send(officer, monday(officer.app))

    assert shown.status == 200
    assert "读到7行：到校情况2行、请假1行可以导入，4行有问题" in told(shown)
    rows = re.findall(r'行号" class="r"><span>(\d+)</span></td><td data-l="原因"><span>([^<]+)', shown.text)
    assert [int(number) for number, _ in rows] == [5, 6, 7, 8]
    assert [reason[:4] for _, reason in rows] == ["没有找到", "日期认不", "与前面一", "没有找到"]
    assert 'data-l="工作表"><span>801</span>' in shown.text
    assert stored(officer.app) == before


def test_confirming_posts_the_good_rows_and_starts_the_case(officer: Visitor) -> None:
    before = stored(officer.app)
    shown = send(officer, monday(officer.app))
    done = officer.post(f"{shown.path}/commitment", {})

    assert "记入到校情况2行，请假1行；新立案1件；没有采用4行" in told(done)
    assert tuple(now - then for now, then in zip(stored(officer.app), before, strict=True)) == (1, 1, 1), "a presence is what a roll says"
    assert "联系监护人问明原因：张二" in Visitor(officer.app).sign_in("wangmin").get("/tasks").said


def test_pressing_twice_imports_once(officer: Visitor) -> None:
    shown = send(officer, monday(officer.app))
    first = officer.post(f"{shown.path}/commitment", {})
    after = stored(officer.app)
    second = officer.post(f"{shown.path}/commitment", {})

    assert second.status == 200
    assert told(second) == told(first)
    assert stored(officer.app) == after
    assert "已导入" in officer.get("/imports").said


@pytest.mark.parametrize(
    ("content", "purpose", "says"),
    [
        (b"", "补登考勤", "请选择要导入的表格文件"),
        (b"PK\x03\x04 nothing", "补登考勤", "文件"),
        ("甲,乙\n1,2\n".encode(), "补登考勤", "没有找到可以识别的表头"),
        (b"x", "", "请写明导入目的"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_purpose_is_kept(officer: Visitor, content: bytes, purpose: str, says: str) -> None:
    refused = send(officer, content, purpose)

    assert refused.status == 422
    assert says in refused.said
    kept = next(c["value"] for c in refused.read.controls if c.get("name") == "purpose")
    assert kept == purpose
    with officer.app.extensions["desk"].database.reading() as session:
        assert session.scalars(select(rosters.RosterImport)).all() == []


def test_a_file_without_one_good_row_cannot_be_confirmed(officer: Visitor) -> None:
    shown = send(officer, book(HEADINGS, ("G000", "查无此人", "801", TODAY, "缺勤")))

    assert "没有可以导入的行" in shown.said
    assert "确认导入" not in [c.get("value") for c in shown.read.controls]
    assert "/commitment" not in shown.text


def test_a_csv_as_an_office_saves_it_is_read(officer: Visitor) -> None:
    number = numbers(officer.app)["张二"]
    content = f"学籍号,姓名,班级,日期,到校情况\n{number},张二,801,4月20日,旷课\n".encode("gb18030")

    shown = send(officer, content, name="考勤.csv")

    assert "读到1行：到校情况1行" in told(shown)


def test_an_import_is_its_makers_own(officer: Visitor) -> None:
    path = send(officer, monday(officer.app)).path
    county = Visitor(officer.app).sign_in("gaojie")

    assert county.get(path).status == 404
    assert county.post(f"{path}/commitment", {}).status == 404
    assert "我的导入" not in county.get("/imports").said


@pytest.mark.parametrize(("who", "may"), [("lijing", True), ("gaojie", True), ("fanlin", True), ("wangmin", False), ("majian", False)])
def test_the_menu_offers_imports_to_those_who_may(quiet: "Flask", who: str, may: bool) -> None:
    visitor = Visitor(quiet).sign_in(who)

    assert ("/imports" in [href for href, _ in visitor.get("/tasks").read.links]) is may
    assert visitor.get("/imports").status == (200 if may else 403)
    if not may:
        assert send(visitor, monday(quiet)).status == 403
