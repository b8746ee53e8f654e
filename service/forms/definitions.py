"""What a form is: a form-js schema read into fields this service understands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.forms.context import Choice, Values
from service.forms.rules import Bound, Condition, read_agreement, read_bound, read_condition

Component = Mapping[str, Any]

# kind -> the form-js component types that may carry it; the first one is what a bare component of that type means
KINDS: dict[str, frozenset[str]] = {
    "text": frozenset({"textfield"}),
    "phone": frozenset({"textfield"}),
    "id_number": frozenset({"textfield"}),
    "sign": frozenset({"textfield"}),
    "area": frozenset({"textarea"}),
    "int": frozenset({"number"}),
    "number": frozenset({"number"}),
    "date": frozenset({"datetime"}),
    "datetime": frozenset({"datetime"}),
    "bool": frozenset({"checkbox", "radio"}),
    "code": frozenset({"radio", "select"}),
    "outcome": frozenset({"select", "radio"}),
    "multi": frozenset({"checklist", "taglist"}),
    "person": frozenset({"select"}),
    "persons": frozenset({"checklist", "taglist"}),
    "org": frozenset({"select"}),
    "guardian": frozenset({"select"}),
    "guardians": frozenset({"checklist", "taglist"}),
    "file": frozenset({"filepicker"}),
    "files": frozenset({"filepicker"}),
    "rows": frozenset({"dynamiclist"}),
    "object": frozenset({"group"}),
}
LISTS = frozenset({"multi", "persons", "guardians", "files", "rows"})
REFERENCES = {"person": "person", "persons": "person", "org": "org", "file": "file", "files": "file"}
LAYOUT = frozenset({"text", "html", "separator", "spacer", "button"})
_BY_TYPE = {
    "textfield": "text",
    "textarea": "area",
    "checkbox": "bool",
    "radio": "code",
    "select": "code",
    "checklist": "multi",
    "taglist": "multi",
    "dynamiclist": "rows",
    "group": "object",
}


def kind_of(component: Component) -> str:
    """The kind of answer a component asks for."""
    named = component.get("properties", {}).get("kind")
    if named:
        return str(named)
    if component["type"] == "number":
        return "number" if component.get("decimalDigits") else "int"
    if component["type"] == "datetime":
        return str(component.get("subtype", "date"))
    if component["type"] == "filepicker":
        return "files" if component.get("multiple") else "file"
    return _BY_TYPE.get(component["type"], str(component["type"]))


@dataclass(frozen=True)
class Field:
    """One thing a form asks for, shows or works out; `fields` are the parts of a row or an object."""

    component: Component
    fields: tuple["Field", ...] = ()

    @cached_property
    def key(self) -> str:
        return str(self.component.get("key") or self.component.get("path"))

    @cached_property
    def kind(self) -> str:
        return kind_of(self.component)

    @cached_property
    def label(self) -> str:
        return str(self.component.get("label") or self.component.get("dateLabel") or self.component.get("dateTimeLabel") or self.key)

    @cached_property
    def hint(self) -> str:
        return str(self.component.get("description") or "")

    @cached_property
    def checks(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.component.get("validate", {})
        return found

    @cached_property
    def rules(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.component.get("properties", {})
        return found

    @cached_property
    def required(self) -> bool:
        return bool(self.checks.get("required"))

    @cached_property
    def automatic(self) -> bool:
        """Worked out by the service; what is sent for it is ignored."""
        return "auto" in self.rules

    @cached_property
    def shown_only(self) -> bool:
        """Known already and kept elsewhere (the pupil, the guardians); shown, never stored with the answers."""
        return "block" in self.rules

    @cached_property
    def editable(self) -> bool:
        return not (self.automatic or self.shown_only)

    @cached_property
    def privacy(self) -> str:
        return self.rules.get("privacy", "P0")

    @cached_property
    def default(self) -> Any:
        return self.component.get("defaultValue")

    @cached_property
    def options(self) -> tuple[Choice, ...]:
        """Options the schema itself lists, as (value, label); a yes/no question has none."""
        if self.kind == "bool":
            return ()
        return tuple((str(option["value"]), str(option["label"])) for option in self.component.get("values", ()))

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """The items of a list that has exactly one row for each."""
        return tuple(item for item in self.rules.get("fixed", "").split(",") if item)

    @cached_property
    def required_if(self) -> Condition | None:
        return read_condition(self.rules["required_if"]) if "required_if" in self.rules else None

    @cached_property
    def waived_if(self) -> Condition | None:
        return read_condition(self.rules["waived_if"]) if "waived_if" in self.rules else None

    @cached_property
    def kept_if(self) -> Condition | None:
        """When an answer means something; otherwise it is not kept."""
        return read_condition(self.rules["kept_if"]) if "kept_if" in self.rules else None

    @cached_property
    def earliest(self) -> Bound | None:
        return read_bound(self.rules["earliest"]) if "earliest" in self.rules else None

    @cached_property
    def latest(self) -> Bound | None:
        return read_bound(self.rules["latest"]) if "latest" in self.rules else None

    @cached_property
    def agrees(self) -> dict[str, frozenset[str]]:
        if self.rules.get("agrees") == "same":
            return {value: frozenset({value}) for value, _ in self.options}
        return read_agreement(self.rules["agrees"]) if "agrees" in self.rules else {}

    def waived_for(self, outcomes: Iterable[str]) -> bool:
        """Whether none of these outcomes needs this field: the township's opinion where only the school can decide."""
        offered = list(outcomes)
        return bool(offered) and all(_settled(self.waived_if, outcome) is True for outcome in offered)

    def idle_for(self, outcomes: Iterable[str]) -> bool:
        """Whether with none of these outcomes the answer would be kept: the approvers' opinions on an application."""
        offered = list(outcomes)
        return bool(offered) and all(_settled(self.kept_if, outcome) is False for outcome in offered)


@dataclass(frozen=True)
class Section:
    """A titled part of the page."""

    title: str
    fields: tuple[Field, ...]
    record: str | None = None


@dataclass(frozen=True)
class Form:
    """One form key. `digest` changes with every word of the schema, `version` when the county says so."""

    key: str
    title: str
    version: str
    digest: str
    schema: Mapping[str, Any]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(_sections(self.schema["components"], self.title))

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {field.key: field for section in self.sections for field in section.fields}

    def records(self, values: Values) -> dict[str, Values]:
        """The accepted answers by the form each belongs to: one page may keep two records (F01 with F05)."""
        split: dict[str, Values] = {}
        for section in self.sections:
            part = {field.key: values[field.key] for field in section.fields if field.key in values}
            split.setdefault(section.record or self.key, {}).update(part)
        return {key: part for key, part in split.items() if part or key == self.key}


def _settled(condition: Condition | None, outcome: str) -> bool | None:
    """What a condition comes to by the outcome alone; None if it asks for more."""
    if condition is None or condition.names != {"outcome"}:
        return None
    return condition.holds({"outcome": outcome}.get)


def _sections(components: list[Component], title: str) -> Iterator[Section]:
    loose = tuple(_fields(part for part in components if not _is_section(part)))
    if loose:
        yield Section(title, loose)
    for part in components:
        if _is_section(part):
            yield Section(str(part.get("label", title)), tuple(_fields(part["components"])), part.get("properties", {}).get("record"))


def _is_section(component: Component) -> bool:
    return component["type"] == "group" and not component.get("path")


def _fields(components: Any) -> Iterator[Field]:
    for component in components:
        if component["type"] not in LAYOUT:
            yield Field(component, tuple(_fields(component.get("components", ()))))
