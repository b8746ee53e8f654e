"""What people type and programs send, read as what it plainly means or refused with what to do."""

from typing import Any

import pytest
from marshmallow import ValidationError

from service.errors import Invalid
from service.forms import Form, accept, shape
from service.forms.answers import answer
from service.forms.definitions import Field
from tests.forms.county import context
from tests.forms.samples import SAMPLES

COMPONENTS: dict[str, dict[str, Any]] = {
    "text": {"type": "textfield", "key": "x", "label": "项目"},
    "phone": {"type": "textfield", "key": "x", "label": "项目", "properties": {"kind": "phone"}},
    "id_number": {"type": "textfield", "key": "x", "label": "项目", "properties": {"kind": "id_number"}},
    "int": {"type": "number", "key": "x", "label": "项目", "decimalDigits": 0, "validate": {"min": 3, "max": 30}},
    "number": {"type": "number", "key": "x", "label": "项目", "decimalDigits": 2},
    "date": {"type": "datetime", "subtype": "date", "key": "x", "dateLabel": "项目"},
    "datetime": {"type": "datetime", "subtype": "datetime", "key": "x", "dateLabel": "项目"},
    "bool": {"type": "checkbox", "key": "x", "label": "项目"},
    "code": {"type": "radio", "key": "x", "label": "项目", "values": [{"label": "厌学", "value": "study_weary"}]},
    "multi": {"type": "checklist", "key": "x", "label": "项目", "values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]},
    "files": {"type": "filepicker", "key": "x", "label": "项目", "multiple": True},
    "long": {"type": "textarea", "key": "x", "label": "项目", "validate": {"minLength": 4, "maxLength": 6}},
    "pattern": {
        "type": "textfield",
        "key": "x",
        "label": "项目",
        "validate": {"pattern": "[A-Z]+", "patternErrorMessage": "只能是大写字母"},
    },
}


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("text", " 上村\x00三组 ", "上村三组"),
        ("text", 12, "12"),
        ("phone", "１３８ ８７２０ ６１７１", "13887206171"),
        ("phone", "0877-2012345", "0877-2012345"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("int", "１０", 10),
        ("int", 10.0, 10),
        ("number", "98.50", 98.5),
        ("number", "1,000", 1000),
        ("date", "２０２６／４／８", "2026-04-08"),
        ("date", "2026.4.8", "2026-04-08"),
        ("datetime", "2026-04-08T10:20", "2026-04-08T10:20:00+08:00"),
        ("datetime", "2026-04-08 10:20", "2026-04-08T10:20:00+08:00"),
        ("datetime", "2026-04-08T02:20:00.5Z", "2026-04-08T10:20:00+08:00"),
        ("bool", "是", True),
        ("bool", "false", False),
        ("code", "厌学", "study_weary"),
        ("multi", ["乙", "a", "b"], ["a", "b"]),
        ("multi", "乙", ["b"]),
        ("files", "f1", ["f1"]),
        ("pattern", "ABC", "ABC"),
    ],
)
def test_an_answer_is_kept_as_one_plain_value(kind: str, sent: Any, kept: Any) -> None:
    read = answer(Field(COMPONENTS[kind])).deserialize(sent)

    assert read == kept and type(read) is type(kept)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("text", "字" * 201),
        ("text", ["a"]),
        ("text", True),
        ("phone", "138872061"),
        ("id_number", "110105194912310021"),
        ("int", "3.5"),
        ("int", 2),
        ("int", 31),
        ("int", True),
        ("int", "1e9"),
        ("int", float("nan")),
        ("number", "9" * 12),
        ("date", "2026-02-30"),
        ("date", "20260408"),
        ("date", 20260408),
        ("datetime", "2026-04-08"),
        ("datetime", "0001-01-01T00:00:00+14:00"),
        ("bool", "maybe"),
        ("code", "other"),
        ("code", None),
        ("multi", ["c"]),
        ("multi", ["a"] * 61),
        ("long", "三个字"),
        ("long", "一二三四五六七"),
        ("pattern", "abc"),
        ("pattern", "ABC1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_chinese(kind: str, sent: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        answer(Field(COMPONENTS[kind])).deserialize(sent)

    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in refused.value.messages)


@pytest.mark.parametrize("sent", [None, [], "text", 3, {1: 2}, {"place": object()}, {"place": "字" * 200_001}])
def test_what_is_no_answer_at_all_is_refused(forms: dict[str, Form], sent: Any) -> None:
    for door in (lambda: accept(forms["F03"], sent, context("promised")), lambda: shape(forms["F03"], sent)):
        with pytest.raises(Invalid):
            door()


def test_a_key_nobody_asked_for_inside_a_row_is_refused(forms: dict[str, Form]) -> None:
    row = {**SAMPLES["F02"][1]["attempts"][0], "secret": 1}
    with pytest.raises(Invalid) as refused:
        accept(forms["F02"], {**SAMPLES["F02"][1], "attempts": [row]}, context("leave"))

    assert refused.value.fields == {"attempts.0.secret": ["本表没有这一项"]}


def test_a_list_has_an_end(forms: dict[str, Form]) -> None:
    rows = SAMPLES["F02"][1]["attempts"] * 61
    with pytest.raises(Invalid) as refused:
        accept(forms["F02"], {**SAMPLES["F02"][1], "attempts": rows}, context("leave"))

    assert "最多" in refused.value.fields["attempts"][0]


def test_people_given_as_objects_or_guardians_by_name_are_the_people_they_name(forms: dict[str, Form]) -> None:
    order = accept(forms["F13"], {**SAMPLES["F13"][1], "respondent": {"name": "陈山", "relation": "父"}}, context("signed"))
    visit = accept(forms["F52"], {"visitors": [{"id": "wangmin"}, {"id": "tianyong"}], "leader": ["wangmin"]}, context("assign"))

    assert order["respondent"] == "g1"
    assert visit == {"visitors": ["wangmin", "tianyong"], "leader": "wangmin"}
