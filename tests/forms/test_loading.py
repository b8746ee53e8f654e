"""A form an analyst has drawn wrong is named, with what is wrong, before anybody meets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.errors import Invalid
from service.forms import load, load_folder

NAME = {"type": "textfield", "key": "name", "label": "姓名"}


def schema(*components: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"type": "default", "id": "F99", "title": "试用表", "components": list(components), **changes}


def mistakes(raw: dict[str, Any]) -> str:
    with pytest.raises(Invalid) as refused:
        load("F99", raw, {}, {})
    return "；".join(refused.value.fields["schema"])


@pytest.mark.parametrize(
    ("component", "told"),
    [
        ({**NAME, "key": "Name"}, "只能用小写字母"),
        ({**NAME, "label": ""}, "没有标签"),
        ({**NAME, "properties": {"kind": "date"}}, "不能用于 date"),
        ({**NAME, "properties": {"kind": "magic"}}, "不能用于 magic"),
        ({**NAME, "properties": {"privacy": "P9"}}, "隐私级别"),
        ({**NAME, "properties": {"required_if": "result ~ x"}}, "required_if 读不懂"),
        ({**NAME, "properties": {"latest": "one day"}}, "latest 读不懂"),
        ({**NAME, "properties": {"agrees": "同意"}}, "agrees 读不懂"),
        ({**NAME, "properties": {"min_items": 2}}, "只能是文字"),
        ({"type": "radio", "key": "kind", "label": "类型"}, "没有选项"),
        ({"type": "select", "key": "who", "label": "谁", "properties": {"kind": "person"}}, "valuesKey"),
        ({"type": "iframe", "key": "page", "label": "网页"}, "不能用于 iframe"),
        ({"type": "group", "label": "学生", "properties": {"include": "nowhere"}, "components": []}, "是空的"),
        ({"type": "dynamiclist", "path": "rows", "label": "名单", "components": [{**NAME, "label": ""}]}, "rows.name"),
    ],
)
def test_a_mistake_in_a_field_is_named(component: dict[str, Any], told: str) -> None:
    assert told in mistakes(schema(component))


def test_two_fields_may_not_share_a_key_even_in_different_parts() -> None:
    assert "重复" in mistakes(schema(NAME, {**NAME, "label": "别名"}))
    assert "重复" in mistakes(schema({"type": "group", "label": "一", "components": [NAME, NAME]}))


def test_a_file_is_named_after_its_form(tmp_path: Path) -> None:
    assert "id 应为 F99" in mistakes(schema(NAME, id="F98"))
    assert "标题" in mistakes(schema(NAME, title=""))
    assert "form-js" in mistakes({"id": "F99"})


def test_every_mistake_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "codes.json").write_text("{}", "utf-8")
    (tmp_path / "F98.form").write_text("{", "utf-8")
    (tmp_path / "F99.form").write_text(json.dumps(schema({**NAME, "label": ""})), "utf-8")

    with pytest.raises(Invalid) as refused:
        load_folder(tmp_path)

    assert set(refused.value.fields) == {"F98", "F99"}


def test_the_digest_follows_every_word_and_the_version_only_the_tag() -> None:
    before = load("F99", schema(NAME), {}, {})
    after = load("F99", schema({**NAME, "label": "学生姓名"}), {}, {})

    assert before.digest != after.digest and before.version == after.version == "1"
    assert load("F99", schema(NAME, versionTag="2"), {}, {}).version == "2"


def test_a_block_and_a_code_list_are_written_out_and_give_way_to_the_forms_own_field() -> None:
    block = {"components": [NAME, {**NAME, "key": "age", "label": "年龄"}]}
    group = {"type": "group", "label": "学生", "properties": {"include": "student"}, "components": []}
    coded = {"type": "radio", "key": "why", "label": "原因", "properties": {"codes": "why"}}

    form = load("F99", schema(group, coded, NAME), {"student": block}, {"why": [{"label": "病", "value": "ill"}]})

    assert [(field.key, field.editable) for field in form.fields.values()] == [("why", True), ("name", True), ("age", False)]
    assert form.fields["why"].options == (("ill", "病"),)
