"""Fill in a form as a careful client would, knowing only its form-js schema and what the story says.

For every field: what the story says, else the outcome's evidence and the prefilled value, else the
usual answer of `answers.py`, else, where the field is required, something plausible of its type.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from PIL import Image

Values = dict[str, Any]
LAYOUT = frozenset({"text", "html", "image", "separator", "spacer", "button", "table", "iframe", "expression", "documentPreview"})
MANY = frozenset({"checklist", "taglist"})
CHOICES = MANY | {"select", "radio"}
WELCOME = ("合格", "同意", "已排除", "通过", "是", "yes", "true", "稳定", "直接", "入户", "home", "已就绪")


class Who(tuple[str, ...]):
    """People by name; they travel as ids."""


def who(*names: str) -> Who:
    return Who(names)


@dataclass(frozen=True)
class Paper:
    """A file that has to be uploaded first; it travels as its id."""

    name: str = "凭证.png"


@dataclass
class Pen:
    """Who writes, when, and how names and files become ids."""

    me: str
    now: datetime
    identify: Callable[[str], str]
    upload: Callable[[str, bytes, str], str]
    organisation: str | None = None
    everything: bool = False
    """Tick every box of a list: papers that must be complete (court application, closure)."""


@dataclass
class Filling:
    pen: Pen
    told: Values
    bound: Values
    usual: Values
    used: set[str] = field(default_factory=set)

    def fill(self, components: list[Mapping[str, Any]], prefilled: Values) -> Values:
        values: Values = {}
        for part in components:
            kind = part.get("type", "")
            if kind == "group" and not part.get("path"):
                values |= self.fill(part.get("components", []), prefilled)
            elif kind in ("group", "dynamiclist"):
                self._nested(part, prefilled, values)
            elif kind not in LAYOUT and part.get("key"):
                self._leaf(part, prefilled, values)
        return values

    def _nested(self, part: Mapping[str, Any], prefilled: Values, values: Values) -> None:
        key = part.get("path") or part.get("key") or ""
        before = prefilled.get(key)
        if part["type"] == "group":
            inner = self._inner(key)
            if found := inner.fill(part.get("components", []), before if isinstance(before, dict) else {}):
                values[key] = found
            self.used |= inner.used
            return
        usual = self.usual.get(key) if isinstance(self.usual.get(key), list) else None
        rows: Any = self._said(key, before)
        if rows is None and (_required(part) or usual):
            rows = usual or [{}]
        elif rows is before and usual:
            rows = _answered(before, usual)
        if rows:
            values[key] = [self._row(part, row if isinstance(row, dict) else {}) for row in rows]

    def _inner(self, key: str) -> "Filling":
        own = {name: pool[key] if isinstance(pool.get(key), dict) else pool for name, pool in self._pools()}
        if key in self.told:
            self.used.add(key)
        return Filling(self.pen, own["told"], own["bound"], own["usual"])

    def _row(self, part: Mapping[str, Any], row: Values) -> Values:
        return Filling(self.pen, dict(row), {}, {}).fill(part.get("components", []), {})

    def _leaf(self, part: Mapping[str, Any], prefilled: Values, values: Values) -> None:
        key, before = part["key"], prefilled.get(part["key"])
        fixed = part.get("disabled") or part.get("readonly")
        if fixed and key not in self.told:
            return
        answer = self._said(key, before, part)
        if answer is None:
            answer = self._usual(part, prefilled)
        if answer is not None:
            values[key] = self._travel(part, answer, prefilled)

    def _said(self, key: str, before: object, part: Mapping[str, Any] | None = None) -> Any:
        if key in self.told:
            self.used.add(key)
            return self.told[key]
        if key in self.bound:
            return self.bound[key]
        untouched = before is False and part is not None and part.get("type") == "checkbox"
        return None if untouched or before in (None, "", [], {}) else before

    def _usual(self, part: Mapping[str, Any], prefilled: Values) -> Any:
        answer = self.usual.get(part["key"])
        if known := _options(part, prefilled):
            answer = _offered(answer, {*known, *known.values()})
        if answer is None and _required(part) and not part.get("conditional"):
            answer = self._plausible(part, prefilled)
        return answer

    def _plausible(self, part: Mapping[str, Any], prefilled: Values) -> Any:
        kind, key = part["type"], str(part["key"])
        options = _options(part, prefilled)
        if outside := self._from_outside(part, options, prefilled):
            return outside
        match kind:
            case "number":
                return part.get("validate", {}).get("min", 1)
            case "checkbox":
                return True
            case "datetime":
                return self.pen.now
            case "filepicker":
                return Paper()
            case _ if options:
                wanted = [value for value in options if value in WELCOME or options[value] in WELCOME]
                first = wanted[0] if wanted else next(iter(options))
                return (list(options) if self.pen.everything else [first]) if kind in MANY else first
            case _ if kind in CHOICES:
                return who(self.pen.me)
        return "13800001234" if "phone" in key or "number" in key else "经核对，情况属实。"

    def _from_outside(self, part: Mapping[str, Any], options: Mapping[Any, str], prefilled: Values) -> Any:
        """People, organisations and guardians, which the form only names as a kind."""
        match part.get("properties", {}).get("kind"):
            case "person" | "persons" if not options or self.pen.identify(self.pen.me) in options:
                return who(self.pen.me)
            case "org" if not options or self.pen.organisation in options:
                return self.pen.organisation
            case "guardian" | "guardians" if not options:
                rows = prefilled.get("guardians") or []
                return next((row.get("id") or row.get("name") for row in rows), None)
        return None

    def _travel(self, part: Mapping[str, Any], answer: Any, prefilled: Values) -> Any:
        many = part["type"] in MANY or bool(part.get("multiple"))
        match answer:
            case Who():
                ids = [self.pen.identify(name) for name in answer]
                return ids if many else ids[0] if part["type"] in CHOICES else "、".join(answer)
            case Paper():
                if part["type"] not in ("filepicker", "file"):
                    return answer.name
                name = self.pen.upload(answer.name, picture(), "image/png")
                return [name] if many else name
            case datetime():
                return answer.date().isoformat() if _is_date(part) else answer.isoformat()
            case date():
                return answer.isoformat()
            case bool() if part["type"] in ("select", "radio") and answer not in _options(part, prefilled):
                words = ("true", "yes", "是") if answer else ("false", "no", "否")
                return next((value for value, label in _options(part, prefilled).items() if {str(value), label} & {*words}), answer)
            case bool() if part["type"] in ("textfield", "textarea"):
                return "已确认" if answer else "未确认"
        options = _options(part, prefilled)
        by_label = {label: value for value, label in options.items()}
        listed = answer if isinstance(answer, list) else [answer]
        known = [value if value in options else by_label.get(value, value) if isinstance(value, str) else value for value in listed]
        known = [self.pen.identify(value[0]) if isinstance(value, Who) else value for value in known]
        return known if many or isinstance(answer, list) else known[0]

    def _pools(self) -> Iterator[tuple[str, Values]]:
        yield from (("told", self.told), ("bound", self.bound), ("usual", self.usual))


def fill(detail: Mapping[str, Any], pen: Pen, *, told: Values, bound: Values, usual: Values) -> Values:
    """The answers for a task as `GET /tasks/{id}` shows it. A story's key may name alternatives: `amount|fine`."""
    schema, prefilled = detail["form"]["schema"], detail.get("values") or {}
    names = list(keys(schema.get("components", [])))
    work = Filling(pen, {_choose(key, names): value for key, value in told.items()}, bound, usual)
    values = work.fill(schema.get("components", []), prefilled)
    unknown = work.told.keys() - work.used
    assert not unknown, f"form {detail.get('form_key')} has no field {sorted(unknown)}; it has {names}"
    return values


def keys(components: list[Mapping[str, Any]]) -> Iterator[str]:
    for part in components:
        if name := part.get("key") or part.get("path"):
            yield name
        yield from keys(part.get("components", []))


def picture() -> bytes:
    """A small PNG, as a phone would send it."""
    sheet = io.BytesIO()
    Image.new("RGB", (16, 16), (240, 240, 240)).save(sheet, "PNG")
    return sheet.getvalue()


def _answered(rows: Any, usual: list[Any]) -> Any:
    """Rows that the form fixes, with the usual answers where they are still empty."""
    if len(rows) != len(usual):
        return rows
    return [{**mine, **_filled(row)} for mine, row in zip(usual, rows, strict=True)]


def _filled(row: Values) -> Values:
    return {key: value for key, value in row.items() if value not in (None, "", False, [])}


def _offered(answer: Any, known: set[Any]) -> Any:
    """The answer where it is among the options; of a list what is among them. People are resolved later."""
    if isinstance(answer, Who) or answer is None or isinstance(answer, bool):
        return answer
    if isinstance(answer, list):
        return [value for value in answer if value in known] or None
    return answer if answer in known else None


def _choose(key: str, names: list[str]) -> str:
    asked = key.split("|")
    return next((name for name in asked if name in names), next((n for word in asked for n in names if word in n), asked[0]))


def _required(part: Mapping[str, Any]) -> bool:
    return bool(part.get("validate", {}).get("required"))


def _is_date(part: Mapping[str, Any]) -> bool:
    if part["type"] == "datetime":
        return bool(part.get("subtype", "date") == "date")
    return not str(part["key"]).endswith(("time", "_at"))


def _options(part: Mapping[str, Any], prefilled: Values) -> dict[Any, str]:
    rows = part.get("values") or prefilled.get(part.get("valuesKey", "")) or []
    return {
        row["value"]: str(row.get("label", row["value"])) if isinstance(row, dict) else str(row) for row in rows if isinstance(row, dict)
    }
