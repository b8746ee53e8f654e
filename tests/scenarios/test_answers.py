"""What the stories write by default is a good answer to the forms of this repository, outcome by outcome."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from service import forms
from tests.scenarios import answers, dates, filling

NOW = dates.at(date(2026, 3, 18), "15:00")
FOLDER = Path(__file__).parents[2] / "forms"
PEOPLE = ("王敏", "田勇", "何芳", "吴磊", "郑华", "林涛", "马健", "李静", "孙丽", "陈刚", "高洁", "周涛")
GUARDIAN = {"name": "陈山", "relation": "父", "phone": "13800001234", "is_legal_guardian": True}
KNOWN = {
    "student_name": "陈三",
    "gender": "男",
    "birth_date": "2012-02-14",
    "school": "org-school",
    "grade": 8,
    "class": "801",
    "guardians": [GUARDIAN],
    "absent_since": "2026-03-16",
    "doc_no": "测〔2026〕1号",
}
STEPS = """
F00 王敏 done · F01 李静 done · F02 王敏 leave refuses no_answer present_error · F03 王敏 refused_guardian refused_pupil
F04 王敏 approved · F05 陈刚 signed · F05a 何芳 ack · F06 孙丽 marked done · F07a 田勇 done · F07 李静 persuade
F07b 高洁 confirmed not_yet
F08 李静 opened · F08 何芳 done · F09 何芳 promised refused_guardian · F10 李静 done · F11 罗军 admonish enforce more_support
F12 吴磊 refused promised · F13 吴磊 done · F14 吴磊 served · F15 田勇 no · F16 吴磊 filed · F17 吴磊 enough · F18 吴磊 done
F19 郑华 partly rejected · F20 林涛 pass · F21 马健 penalty · F22 吴磊 done · F23 林涛 applied · F25 林涛 accepted allow measures
F26 王敏 confirmed not_confirmed · F27a 王敏 done · F27b 李静 done · F27c 王敏 agree · F27 陈刚 approved · F27d 周涛 done
F29 王敏 stable · F30 李静 stay_red · F30b 何芳 done · F31 李静 done · F31 陈刚 pass
F31 高洁 approve · F47 吴磊 closed instalments · F52 周涛 assign
"""


def _cases() -> list[tuple[str, str, str]]:
    lines = [entry.split() for entry in STEPS.replace("\n", "·").split("·") if entry.strip()]
    return [(form, me, outcome) for form, me, *outcomes in lines for outcome in outcomes]


@pytest.fixture(scope="module")
def all_forms() -> dict[str, forms.Form]:
    return forms.load_folder(FOLDER)


@pytest.mark.parametrize(("key", "me", "outcome"), _cases())
def test_the_usual_answers_are_accepted(all_forms: dict[str, forms.Form], key: str, me: str, outcome: str) -> None:
    form, context = all_forms[key], _context(outcome)
    prefilled = forms.prefill(form, context)
    detail: dict[str, Any] = {"form": {"schema": forms.schema_for(form, context)}, "form_key": key, "values": prefilled}
    scene = answers.Scene(key, "SP10_T01", outcome, me, "郑华" if me == "吴磊" else "田勇" if me != "田勇" else "王敏", NOW)
    pen = filling.Pen(me, NOW, lambda name: f"id-{name}", lambda *_: "file-1", organisation="org-school", everything=key in ("F23", "F31"))

    values = filling.fill(detail, pen, told={}, bound=answers.bound(scene), usual=answers.usual(scene))

    assert forms.accept(form, values, context)


def _context(outcome: str) -> forms.Context:
    people = tuple((f"id-{name}", name) for name in PEOPLE)
    return forms.Context(
        today=NOW.date(),
        now=datetime.fromisoformat(NOW.isoformat()),
        outcome=outcome,
        outcomes=((outcome, outcome),),
        prefilled=KNOWN,
        facts={"absent_since": "2026-03-16", "returned_on": "2025-12-01", "window_last_day": "2026-06-01"},
        people=lambda identifier: identifier.startswith("id-"),
        organisations=lambda identifier: identifier.startswith("org-"),
        files=lambda identifier: identifier == "file-1",
        choices={"person": people, "org": (("org-school", "石桥中学"), ("org-town", "石桥镇"))},
        is_school_day=dates.is_school,
        working_day=dates.working,
    )
