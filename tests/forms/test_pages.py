"""A form on a page: errors where they belong, rows without script, nothing typed becomes markup."""

from typing import Any

import pytest

from service.errors import Invalid
from service.forms import Form, accept, possible_outcomes, readable, render, rows_asked, schema_for, summary, values_from_form
from tests.forms.county import context
from tests.forms.pages import Post, parse, post
from tests.forms.samples import SAMPLES


def test_an_error_stands_beside_its_field_and_the_summary_leads_there(forms: dict[str, Form]) -> None:
    values = {**SAMPLES["F03"][1], "visitors": ["wangmin"], "promised_on": "2026-05-09", "duty_told": False}
    with pytest.raises(Invalid) as refused:
        accept(forms["F03"], values, context("promised"))

    page = parse(render(forms["F03"], values, refused.value.fields, context("promised")))
    links = parse(summary(forms["F03"], refused.value.fields)).xpath(".//a")

    assert {link.get("href")[1:] for link in links} <= set(page.xpath(".//@id"))
    promised = page.get_element_by_id("f-promised_on")
    assert promised.get("aria-invalid") == "true" and promised.get("value") == "2026-05-09"
    assert "14 天" in page.get_element_by_id("f-promised_on-e").text_content()
    assert "f-promised_on-e" in promised.get("aria-describedby")


def test_an_error_in_a_row_is_told_with_its_row(forms: dict[str, Form]) -> None:
    assert "联系记录第 2 行：联系时间不能晚于现在" in summary(forms["F02"], {"attempts.1.time": ["联系时间不能晚于现在"]})
    assert summary(forms["F02"], {}) == ""


def test_one_more_row_is_asked_for_without_script(forms: dict[str, Form]) -> None:
    form, here = forms["F02"], context("leave")
    first = render(form, SAMPLES["F02"][1], {}, here)
    pressed = Post([*post(first).pairs, ("_add", "attempts")])

    again = render(form, values_from_form(form, pressed), {}, here, rows=rows_asked(form, pressed))

    assert rows_asked(form, post(first)) == {"attempts": 1}
    assert len(parse(again).xpath(".//fieldset[@id='f-attempts']//div[@class='inset']")) == 2
    assert values_from_form(form, post(again))["attempts"] == values_from_form(form, post(first))["attempts"]


def test_a_row_left_empty_is_gone(forms: dict[str, Form]) -> None:
    page = post(render(forms["F02"], SAMPLES["F02"][1], {}, context("leave")))
    emptied = Post([(name, "" if name.startswith("attempts-0-") and not name.endswith("rows") else value) for name, value in page.pairs])

    assert values_from_form(forms["F02"], Post([pair for pair in emptied.pairs if pair[0] != "attempts-0-reached"]))["attempts"] == []


def test_a_page_cannot_ask_for_a_million_rows(forms: dict[str, Form]) -> None:
    for count in ("1000000", "-1", "²", "x", "999"):
        assert rows_asked(forms["F02"], Post([("attempts-rows", count)]))["attempts"] <= 60


def test_what_was_typed_never_becomes_markup(forms: dict[str, Form]) -> None:
    nasty = "</textarea><script>alert(1)</script>\"'"
    values: dict[str, Any] = {**SAMPLES["F03"][1], "place": nasty, "guardian_view": nasty}
    page = render(forms["F03"], values, {"place": [nasty]}, context("promised"))

    assert "<script" not in page
    assert values_from_form(forms["F03"], post(page))["guardian_view"] == nasty
    assert "<script" not in summary(forms["F03"], {"place": [nasty], "nowhere": [nasty]})


def test_uploaded_files_join_those_already_there(forms: dict[str, Form]) -> None:
    page = post(render(forms["F03"], SAMPLES["F03"][1], {}, context("promised")))

    assert values_from_form(forms["F03"], page, {"photos": ["f3"]})["photos"] == ["f1", "f2", "f3"]
    assert values_from_form(forms["F06"], Post([]), {"serial": ["f1"]})["serial"] == "f1"


def test_numbers_telephones_and_dates_bring_their_own_keyboard(forms: dict[str, Form]) -> None:
    slip = parse(render(forms["F04"], {}, {}, context("approved")))
    notice = parse(render(forms["F18"], {}, {}, context("done")))

    assert slip.get_element_by_id("f-contact").get("inputmode") == "tel"
    assert slip.get_element_by_id("f-from").get("type") == "date"
    assert notice.get_element_by_id("f-amount").get("inputmode") == "numeric"
    assert slip.xpath(".//input[@type='file' and @capture='environment']")


def test_only_the_outcomes_of_the_moment_are_offered_where_the_answer_is_the_outcome(forms: dict[str, Form]) -> None:
    page = parse(render(forms["F11"], {}, {}, context(outcomes=[("admonish", "批评教育"), ("wait", "暂缓")])))

    assert page.xpath(".//input[@name='decision']/@value") == ["admonish", "wait"]


def test_an_applicant_is_not_asked_for_the_approvers_opinions(forms: dict[str, Form]) -> None:
    def asked(*outcomes: str) -> bool:
        here = context(outcomes=[(outcome, outcome) for outcome in outcomes])
        shown = "f-principal" in parse(render(forms["F31"], {}, {}, here)).xpath(".//@id")
        offered = [
            part["key"] for section in schema_for(forms["F31"], here)["components"] for part in section["components"] if "key" in part
        ]
        assert shown == ("principal" in offered)
        return shown

    assert not asked("done")
    assert asked("pass", "return")


def test_answers_that_mean_one_outcome_have_chosen_it(forms: dict[str, Form]) -> None:
    offered = ["leave", "sick", "coming_back", "refuses", "no_answer"]

    assert possible_outcomes(forms["F02"], {"result": "在途"}, offered) == ["coming_back"]
    assert possible_outcomes(forms["F02"], {"result": "请假"}, offered) == ["leave", "sick"]
    assert possible_outcomes(forms["F02"], {}, offered) == offered


def test_half_a_moment_is_shown_as_it_was_typed(forms: dict[str, Form]) -> None:
    for half in ({"visit_time-time": "10:20"}, {"visit_time-date": "2026-04-08"}):
        values = values_from_form(forms["F03"], Post(list(half.items())))
        page = post(render(forms["F03"], values, {}, context()))
        assert {name: value for name, value in page.pairs if name.startswith("visit_time") and value} == half


def test_many_people_are_chosen_from_lists(forms: dict[str, Form]) -> None:
    crowd = [(f"p{number}", f"教师{number}") for number in range(40)]
    here = context("assign", choices={"person": crowd})
    page = render(forms["F52"], {"visitors": ["p3", "p7"], "leader": "p3"}, {}, here)

    assert values_from_form(forms["F52"], post(page))["visitors"] == ["p3", "p7"]
    assert len(parse(page).xpath(".//select[@name='visitors']")) == 3


def test_a_filed_visit_reads_like_a_record(forms: dict[str, Form]) -> None:
    here = context("promised")
    lines = {line.label: line for line in readable(forms["F03"], accept(forms["F03"], SAMPLES["F03"][1], here), here)}

    assert lines["家访时间"].text == "2026年4月8日（周三）10:20"
    assert lines["家访人员"].text == "王敏、田勇"
    assert lines["主要原因"].text == "厌学" and lines["主要原因"].privacy == "P3"
    assert lines["向监护人讲明法定义务"].text == "是"


def test_a_row_is_at_least_as_private_as_its_list(forms: dict[str, Form]) -> None:
    here = context("leave")
    lines = readable(forms["F02"], accept(forms["F02"], SAMPLES["F02"][1], here), here)

    assert next(line for line in lines if line.label == "联系记录 1·联系方式").privacy == "P2"
