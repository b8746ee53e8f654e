"""Importing a roll: every bad row is named, nobody reaches beyond their own pupils, the same file counts once."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from service import cases, rosters
from service.errors import Conflict, Forbidden, NotFound
from service.people import Student
from tests.cast import County
from tests.rosters.test_reading import HEADINGS, book

TODAY = "2026-03-09"


def numbers(county: County, *names: str) -> list[str]:
    with county.session() as session:
        known = dict(session.execute(select(Student.name, Student.registry_no)).all())
    return [str(known[name]) for name in names]


def roll(county: County, *rows: tuple[str, ...]) -> bytes:
    return book(HEADINGS, *rows)


def test_every_bad_row_is_named_and_the_good_ones_are_kept_apart(county: County) -> None:
    chen, liu, zhang = numbers(county, "陈三", "刘一", "张二")
    content = roll(
        county,
        (chen, "陈三", "801", TODAY, "缺勤"),
        (chen, "陈三", "801", TODAY, "缺勤"),
        (chen, "陈三", "801", TODAY, "到校"),
        (liu, "刘一", "801", "2026-02-30", "缺勤"),
        (liu, "刘一", "801", "2026-03-08", "缺勤"),
        (liu, "刘一", "801", "2026-03-10", "缺勤"),
        (liu, "刘一", "801", TODAY, "？"),
        ("G000", "查无此人", "801", TODAY, "缺勤"),
        ("", "刘一", "801", TODAY, "病假"),
        (zhang.translate(str.maketrans("0123456789", "０１２３４５６７８９")), "张二", "801", TODAY, "√"),
    )

    with county.session() as session:
        found = rosters.preview(session, county.actor("李静"), content)

    assert [(bad.row, bad.code) for bad in found.problems] == [
        (3, "duplicate"),
        (4, "contradiction"),
        (5, "bad_date"),
        (6, "not_a_school_day"),
        (7, "future_date"),
        (8, "unknown_state"),
        (9, "unknown_student"),
    ]
    assert [(row.student_id, row.present) for row in found.good] == [(county.students["陈三"], False), (county.students["张二"], True)]
    assert found.leave == [(county.students["刘一"], date(2026, 3, 9))]
    assert found.rows == 10


def test_a_school_imports_its_own_pupils_only(county: County) -> None:
    (zhao,) = numbers(county, "赵四")

    with county.session() as session:
        found = rosters.preview(session, county.actor("李静"), roll(county, (zhao, "赵四", "902", TODAY, "缺勤")))

    assert [bad.code for bad in found.problems] == ["unknown_student"]


def test_a_class_teacher_imports_nothing(county: County) -> None:
    with county.session() as session, pytest.raises(Forbidden):
        rosters.preview(session, county.actor("王敏"), roll(county))


def test_a_committed_file_starts_the_cases_and_is_committed_once(county: County, tmp_path: Path) -> None:
    chen, liu = numbers(county, "陈三", "刘一")
    content = roll(county, (chen, "陈三", "801", TODAY, "缺勤"), (liu, "刘一", "801", TODAY, "到校"))
    with county.session() as session:
        row, _ = rosters.start(session, county.actor("李静"), content, purpose="每日到校情况", folder=tmp_path)
    assert row.sha256 == hashlib.sha256(content).digest()
    with county.session() as session, pytest.raises(NotFound):
        rosters.commit(session, county.actor("高洁"), row.id, tmp_path)

    with county.session() as session:
        said = rosters.commit(session, county.actor("李静"), row.id, tmp_path)

    assert (said["accepted"], len(said["started"]), said["problems"]) == (2, 1, [])
    with county.session() as session, pytest.raises(Conflict):
        rosters.commit(session, county.actor("李静"), row.id, tmp_path)


def test_the_same_file_sent_twice_changes_nothing(county: County, tmp_path: Path) -> None:
    (chen,) = numbers(county, "陈三")
    content = roll(county, (chen, "陈三", "801", TODAY, "缺勤"))

    said = []
    for _ in range(2):
        with county.session() as session:
            row, _ = rosters.start(session, county.actor("李静"), content, purpose="每日到校情况", folder=tmp_path)
            said.append(rosters.commit(session, county.actor("李静"), row.id, tmp_path))

    assert [len(one["started"]) for one in said] == [1, 0]
    with county.session() as session:
        assert len(session.scalars(select(cases.Case)).all()) == 1
        assert len(session.scalars(select(cases.Attendance)).all()) == 1
