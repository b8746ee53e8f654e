"""Every form in forms/ loads, takes a right answer, refuses a missing one, and survives its own page."""

from typing import Any

import pytest

from service.errors import Invalid
from service.forms import Form, accept, prefill, readable, render, schema_for, shape, values_from_form
from tests.forms.conftest import FOLDER
from tests.forms.county import context
from tests.forms.pages import parse, post
from tests.forms.samples import SAMPLES

EVERY = sorted(SAMPLES)


def said(form: Form, values: Any, **given: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        accept(form, values, context(**given))
    return refused.value.fields


def test_every_form_in_the_folder_has_a_sample(forms: dict[str, Form]) -> None:
    assert set(forms) == set(SAMPLES) == {file.stem for file in FOLDER.glob("*.form")}


@pytest.mark.parametrize("key", EVERY)
def test_a_right_answer_is_taken_and_taken_again_unchanged(forms: dict[str, Form], key: str) -> None:
    outcome, values = SAMPLES[key]
    once = accept(forms[key], values, context(outcome))

    assert accept(forms[key], once, context(outcome)) == once
    assert set(values) <= set(once)


@pytest.mark.parametrize("key", EVERY)
def test_each_starred_field_left_empty_is_named(forms: dict[str, Form], key: str) -> None:
    outcome, values = SAMPLES[key]
    implied = {"F00": {"result"}, "F01": {"rows"}, "F03": {"causes"}, "F07": {"reasons"}, "F07b": {"reasons"}}.get(key, set())
    starred = [field.key for field in forms[key].fields.values() if field.required and field.editable and not field.waived_for([outcome])]
    for name in set(starred) - implied:
        assert name in said(forms[key], {**values, name: None}, outcome=outcome) or forms[key].fields[name].fixed, name


@pytest.mark.parametrize("key", EVERY)
def test_a_page_posts_back_what_it_shows(forms: dict[str, Form], key: str) -> None:
    outcome, values = SAMPLES[key]
    here = context(outcome)
    filed = accept(forms[key], values, here)

    page = render(forms[key], {**prefill(forms[key], here), **filed}, {}, here)

    assert accept(forms[key], values_from_form(forms[key], post(page)), here) | unticked(forms[key]) == filed | unticked(forms[key])


def unticked(form: Form) -> dict[str, Any]:
    """A box that nobody ticked says no on a page and nothing in a program's answer."""
    boxes = [field.key for field in form.fields.values() if field.kind == "bool" and field.component["type"] == "checkbox"]
    lists = [field.key for field in form.fields.values() if any(part.component["type"] == "checkbox" for part in field.fields)]
    return dict.fromkeys(boxes + lists)


@pytest.mark.parametrize("key", EVERY)
def test_everything_to_fill_in_has_a_label_and_a_name_of_its_own(forms: dict[str, Form], key: str) -> None:
    page = parse(render(forms[key], {}, {}, context(SAMPLES[key][0])))

    ids = page.xpath(".//@id")
    assert len(ids) == len(set(ids))
    for control in page.xpath(".//input[not(@type='hidden')] | .//select | .//textarea"):
        labelled = control.get("aria-label") or page.xpath(f".//label[@for='{control.get('id')}']") or control.xpath("ancestor::label")
        assert labelled, control.get("name")
    for described in page.xpath(".//@aria-describedby"):
        assert set(described.split()) <= set(ids)
    assert not page.xpath(".//@style | .//script | .//@onclick")


@pytest.mark.parametrize("key", EVERY)
def test_a_filed_form_can_be_read(forms: dict[str, Form], key: str) -> None:
    outcome, values = SAMPLES[key]
    filed = accept(forms[key], values, context(outcome))

    lines = readable(forms[key], filed, context(outcome))

    assert {line.key for line in lines} <= set(filed)
    assert all(line.text and line.privacy in {"P0", "P1", "P2", "P3"} for line in lines)
    assert not any("wangmin" in line.text or "study_weary" in line.text for line in lines)


@pytest.mark.parametrize("key", EVERY)
def test_an_unknown_key_is_refused_and_a_draft_is_not_judged(forms: dict[str, Form], key: str) -> None:
    _, values = SAMPLES[key]

    assert said(forms[key], {**values, "nonsense": 1}) == {"nonsense": ["本表没有这一项"]}
    assert shape(forms[key], values) == values
    assert shape(forms[key], {}) == {}


def test_a_program_is_offered_the_people_units_and_outcomes_of_the_moment(forms: dict[str, Form]) -> None:
    schema = schema_for(forms["F11"], context("wait", outcomes=[("admonish", "批评教育"), ("wait", "暂缓")]))
    found = {part["key"]: part for section in schema["components"] for part in section["components"] if "key" in part}

    assert [option["value"] for option in found["decision"]["values"]] == ["admonish", "wait"]
    assert {"label": "王敏", "value": "wangmin"} in found["heard_by"]["values"]
    assert "values" not in next(
        part for section in forms["F11"].schema["components"] for part in section["components"] if part.get("key") == "heard_by"
    )


def test_a_star_waived_for_every_outcome_offered_is_not_shown_as_a_star(forms: dict[str, Form]) -> None:
    def starred(*outcomes: str) -> bool:
        schema = schema_for(forms["F07"], context(outcomes=[(outcome, outcome) for outcome in outcomes]))
        found = {part["key"]: part for section in schema["components"] for part in section["components"] if "key" in part}
        return bool(found["township_opinion"]["validate"]["required"])

    assert not starred("persuade", "returned")
    assert starred("agree", "return")


def test_the_registration_page_keeps_two_records(forms: dict[str, Form]) -> None:
    filed = accept(forms["F01"], SAMPLES["F01"][1], context("done"))

    kept = forms["F01"].records(filed)

    assert set(kept) == {"F01", "F05"}
    assert kept["F05"]["rows"][0] == {
        "student_name": "陈三",
        "absent_since": "2026-03-30",
        "contacts": 0,
        "visits": 0,
        "cause": "study_weary",
        "measures": "电话两次，家访一次",
    }
    assert kept["F05"]["total"] == 1 and "rows" not in kept["F01"]


def test_the_pupil_and_the_guardians_are_shown_and_never_stored(forms: dict[str, Form]) -> None:
    here = context("promised")
    filed = accept(forms["F03"], {**SAMPLES["F03"][1], "student_name": "别人", "guardians": [{"name": "别人"}]}, here)

    assert "student_name" not in filed and "guardians" not in filed
    assert prefill(forms["F03"], here)["student_name"] == "陈三"
    assert "别人" not in render(forms["F03"], prefill(forms["F03"], here), {}, here)
