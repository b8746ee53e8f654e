"""Random answers of the right shape to any form, for properties."""

from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from service.clock import LOCAL
from service.forms import Field, Form
from tests.forms.county import FAMILY, PEOPLE, UNITS

WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=["C", "Z"]), min_size=1, max_size=30)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat)
MOMENTS = st.integers(1577836800 // 60, 1893456000 // 60).map(lambda minute: datetime.fromtimestamp(minute * 60, LOCAL).isoformat())
FILES = ["f1", "f2", "f3"]


def some_of(options: list[str]) -> st.SearchStrategy[list[str]]:
    """A selection, in the order of the page."""
    return st.sets(st.sampled_from(options), min_size=1).map(lambda chosen: [option for option in options if option in chosen])


def answer_to(field: Field) -> st.SearchStrategy[Any]:
    if field.kind == "rows":
        return fixed_rows(field) if field.fixed else st.lists(answers_to(field.fields).filter(bool), min_size=1, max_size=3)
    if field.kind == "object":
        return answers_to(field.fields).filter(bool)
    if field.kind == "bool":
        return st.just(True) if field.component["type"] == "checkbox" else st.booleans()
    if field.kind in {"int", "number"}:
        return st.integers(field.checks.get("min", 0), field.checks.get("max", 500))
    guardians = [str(row["id"]) for row in FAMILY]
    plain: dict[str, st.SearchStrategy[Any]] = {
        "text": WORDS,
        "sign": WORDS,
        "outcome": WORDS,
        "area": LINES,
        "phone": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        "date": DAYS,
        "datetime": MOMENTS,
        "person": st.sampled_from(list(PEOPLE)),
        "persons": some_of(list(PEOPLE)),
        "org": st.sampled_from(list(UNITS)),
        "guardian": st.sampled_from(guardians),
        "guardians": some_of(guardians),
        "file": st.sampled_from(FILES),
        "files": some_of(FILES),
        "code": st.sampled_from([value for value, _ in field.options] or [""]),
    }
    return some_of([value for value, _ in field.options]) if field.kind == "multi" else plain[field.kind]


def fixed_rows(field: Field) -> st.SearchStrategy[list[dict[str, Any]]]:
    name = field.fields[0].key
    return st.tuples(*(answers_to(field.fields[1:]).map(lambda cells, item=item: {name: item, **cells}) for item in field.fixed)).map(list)


def answers_to(fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.key: answer_to(field) for field in fields if field.editable})


def whole_answer(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    return answers_to(form.fields.values())


def meaning(fields: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The answers without what a page cannot tell from no answer: an unticked box, an empty field, a row of nothing."""
    said: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.key)
        if field.kind == "rows":
            rows = [meaning(field.fields, row) for row in value or []]
            value = [row for row in rows if set(row) - ({field.fields[0].key} if field.fixed else set())]
        elif field.kind == "object":
            value = meaning(field.fields, value or {})
        if value not in (None, "", [], {}) and not (value is False and field.component["type"] == "checkbox"):
            said[field.key] = value
    return said
