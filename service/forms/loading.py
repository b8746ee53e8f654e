"""Forms from their folder: shared blocks put in, code lists written out, mistakes named in Chinese."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.errors import Invalid
from service.forms.context import Context
from service.forms.definitions import KINDS, LAYOUT, Field, Form, kind_of
from service.forms.rules import RuleError, read_agreement, read_bound, read_condition

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_FROM_OUTSIDE = frozenset({"person", "persons", "org", "guardian", "guardians", "outcome"})
_WITH_OPTIONS = frozenset({"code", "multi"})
_PRIVACY = frozenset({"P0", "P1", "P2", "P3"})
_READERS = {
    "required_if": read_condition,
    "waived_if": read_condition,
    "kept_if": read_condition,
    "earliest": read_bound,
    "latest": read_bound,
}

Json = dict[str, Any]


def load_folder(path: Path) -> dict[str, Form]:
    """Every `*.form` of a folder by its key. Raises `Invalid` naming every mistake of every form."""
    codes: dict[str, list[Json]] = json.loads((path / "blocks" / "codes.json").read_text("utf-8"))
    blocks = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((path / "blocks").glob("*.form"))}
    forms: dict[str, Form] = {}
    mistakes: dict[str, list[str]] = {}
    for file in sorted(path.glob("*.form")):
        try:
            forms[file.stem] = load(file.stem, json.loads(file.read_text("utf-8")), blocks, codes)
        except Invalid as error:
            mistakes[file.stem] = error.fields["schema"]
        except json.JSONDecodeError as error:
            mistakes[file.stem] = [f"第 {error.lineno} 行不是有效的 JSON"]
    if mistakes:
        raise Invalid("表单定义有误：" + "；".join(f"{key} {text}" for key, texts in mistakes.items() for text in texts), mistakes)
    return forms


def load(key: str, raw: Json, blocks: Mapping[str, Json], codes: Mapping[str, list[Json]]) -> Form:
    """One form from its parsed file. Raises `Invalid` with the mistakes under `schema`."""
    schema = _written_out(raw, blocks, codes)
    found = problems(key, schema)
    if found:
        raise Invalid(f"表单 {key} 定义有误", {"schema": found})
    text = json.dumps(schema, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Form(key, str(schema["title"]), str(schema.get("versionTag", "1")), digest, schema)


def schema_for(form: Form, context: Context) -> Json:
    """The schema a program fills in here and now: with the people, units and outcomes that may be chosen as options."""
    return {**form.schema, "components": _offered(form.schema["components"], context)}


def _offered(components: list[Json], context: Context) -> list[Json]:
    outcomes = [outcome for outcome, _ in context.outcomes]
    return [_offering(component, context) for component in components if not Field(component).idle_for(outcomes)]


def _offering(component: Json, context: Context) -> Json:
    kind = kind_of(component)
    if "waived_if" in component.get("properties", {}) and Field(component).waived_for(outcome for outcome, _ in context.outcomes):
        component = {**component, "validate": {**component.get("validate", {}), "required": False}}
    if kind in _FROM_OUTSIDE:
        return {**component, "values": [{"label": name, "value": value} for value, name in context.offered(kind)]}
    if component.get("properties", {}).get("agrees") == "same":
        offered = {outcome for outcome, _ in context.outcomes}
        narrowed = [option for option in component["values"] if option["value"] in offered]
        return {**component, "values": narrowed or component["values"]}
    if "components" in component:
        return {**component, "components": _offered(component["components"], context)}
    return component


def problems(key: str, schema: Json) -> list[str]:
    """What is wrong with a written-out schema; empty if nothing is."""
    found = [] if schema.get("id") == key else [f"id 应为 {key}"]
    if schema.get("type") != "default" or not isinstance(schema.get("components"), list):
        return [*found, "不是 form-js 表单"]
    if not schema.get("title"):
        found.append("缺少标题 title")
    return [*found, *_problems_of(schema["components"])]


def _written_out(raw: Json, blocks: Mapping[str, Json], codes: Mapping[str, list[Json]]) -> Json:
    own = set(_keys(raw.get("components", ())))

    def write(component: Json) -> Json:
        written = dict(component)
        rules = component.get("properties", {})
        if rules.get("include") in blocks:
            # what a form asks itself is not shown a second time in the block
            inner = blocks[rules["include"]]["components"]
            written["components"] = [_shown(part) for part in inner if (part.get("key") or part.get("path")) not in own]
        if rules.get("codes") in codes:
            written["values"] = codes[rules["codes"]]
        if "components" in written:
            written["components"] = [write(part) for part in written["components"]]
        return written

    return {**raw, "components": [write(component) for component in raw.get("components", ())]}


def _shown(component: Json) -> Json:
    return {**component, "readonly": True, "properties": {**component.get("properties", {}), "block": "true"}}


def _keys(components: Any) -> Iterator[str]:
    """The keys at the top of the answers: parts of rows and objects have names of their own."""
    for component in components:
        if component["type"] == "group" and not component.get("path"):
            yield from _keys(component.get("components", ()))
        elif component["type"] not in LAYOUT:
            yield str(component.get("key") or component.get("path"))


def _problems_of(components: list[Json]) -> list[str]:
    found = [f"键 {key} 重复" for key, times in Counter(_keys(components)).items() if times > 1]
    for component in components:
        if component["type"] in LAYOUT:
            continue
        if component["type"] == "group" and not component.get("path"):
            found += _problems_of_section(component)
        else:
            found += _problems_of_field(component)
    return found


def _problems_of_section(section: Json) -> list[str]:
    named = [] if section.get("label") else ["有一个分组没有标题 label"]
    parts = section.get("components")
    return named + (_problems_of(parts) if parts else [f"分组“{section.get('label')}”是空的，请检查引用的 include"])


def _problems_of_field(component: Json) -> list[str]:
    key = component.get("key") or component.get("path")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return [f"字段键“{key}”只能用小写字母、数字和下划线"]
    kind, rules = kind_of(component), component.get("properties", {})
    found = []
    if component["type"] not in KINDS.get(kind, ()):
        found.append(f"{key} 的类型 {component['type']} 不能用于 {kind}")
    if not (component.get("label") or component.get("dateLabel") or component.get("dateTimeLabel")):
        found.append(f"{key} 没有标签 label")
    if kind in _WITH_OPTIONS and not component.get("values"):
        found.append(f"{key} 没有选项 values")
    if kind in _FROM_OUTSIDE and not component.get("valuesKey"):
        found.append(f"{key} 的选项由系统给出，请写 valuesKey")
    if not all(isinstance(value, str) for value in rules.values()):
        found.append(f"{key} 的 properties 只能是文字")
    elif rules.get("privacy", "P0") not in _PRIVACY:
        found.append(f"{key} 的隐私级别 privacy 应为 P0 至 P3")
    else:
        found += _problems_of_rules(key, rules)
    if kind in {"rows", "object"}:
        found += [f"{key}.{text}" for text in _problems_of(component.get("components", []))]
    return found


def _problems_of_rules(key: str, rules: Mapping[str, str]) -> list[str]:
    found = []
    for name, read in _READERS.items():
        try:
            if name in rules:
                read(rules[name])
        except RuleError:
            found.append(f"{key} 的规则 {name} 读不懂：{rules[name]}")
    try:
        if rules.get("agrees", "same") != "same":
            read_agreement(rules["agrees"])
    except RuleError:
        found.append(f"{key} 的规则 agrees 读不懂：{rules['agrees']}")
    return found
