"""What holds for any answer to any form."""

from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from service.errors import Invalid
from service.forms import accept, load_folder, prefill, render, shape, summary, values_from_form
from tests.forms.answering import answer_to, meaning, whole_answer
from tests.forms.conftest import FOLDER
from tests.forms.county import context
from tests.forms.pages import parse, post
from tests.forms.samples import SAMPLES

FORMS = load_folder(FOLDER)
UNHURRIED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
KEYS = st.sampled_from(sorted(FORMS))


@UNHURRIED
@given(KEYS, st.data())
def test_what_a_page_shows_is_what_it_posts(key: str, data: st.DataObject) -> None:
    form, here = FORMS[key], context()
    values = data.draw(whole_answer(form))

    posted = values_from_form(form, post(render(form, {**prefill(form, here), **values}, {}, here)))

    editable = [field for field in form.fields.values() if field.editable]
    expected = meaning(editable, {**{key: value for key, value in prefill(form, here).items() if form.fields[key].editable}, **values})
    assert as_minutes(meaning(editable, posted)) == as_minutes(expected)


def as_minutes(value: Any) -> Any:
    """A page speaks of local wall-clock minutes, a program may add the offset: the same instant."""
    if isinstance(value, dict):
        return {key: as_minutes(cell) for key, cell in value.items()}
    if isinstance(value, list):
        return [as_minutes(item) for item in value]
    return value.removesuffix(":00+08:00") if isinstance(value, str) and value.endswith(":00+08:00") else str(value)


@UNHURRIED
@given(KEYS, st.data())
def test_what_was_accepted_is_accepted_again_unchanged(key: str, data: st.DataObject) -> None:
    outcome, sample = SAMPLES[key]
    form, here = FORMS[key], context(outcome)
    changed = data.draw(st.sampled_from([field for field in form.fields.values() if field.editable]))
    values = {**sample, changed.key: data.draw(answer_to(changed))}
    try:
        once = accept(form, values, here)
    except Invalid as error:
        event("refused")
        assert error.fields and set(summary_targets(key, error)) == {f"#f-{name.replace('.', '-')}" for name in error.fields}
        return
    event("accepted")
    assert accept(form, once, here) == once


def summary_targets(key: str, error: Invalid) -> list[str]:
    return [str(target) for target in parse(summary(FORMS[key], error.fields)).xpath(".//a/@href")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@UNHURRIED
@given(KEYS, st.data())
def test_nonsense_is_refused_with_words_and_never_crashes(key: str, data: st.DataObject) -> None:
    form = FORMS[key]
    names = st.sampled_from(list(form.fields))
    values = data.draw(ANYTHING | st.dictionaries(names, ANYTHING, max_size=6))
    for door in (lambda: accept(form, values, context("done")), lambda: shape(form, values)):
        try:
            door()
        except Invalid as error:
            assert error.fields and all(texts for texts in error.fields.values())


@UNHURRIED
@given(KEYS, st.data())
def test_a_draft_of_any_shape_can_be_shown_again(key: str, data: st.DataObject) -> None:
    form = FORMS[key]
    values = data.draw(st.dictionaries(st.sampled_from(list(form.fields)), ANYTHING, max_size=6))
    try:
        draft = shape(form, values)
    except Invalid:
        return
    render(form, draft, {}, context())
