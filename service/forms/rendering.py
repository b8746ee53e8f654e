"""A form as an accessible page: plain HTML that works without script and on an old phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.clock import LOCAL
from service.forms.context import Choice, Context
from service.forms.definitions import LAYOUT, REFERENCES, Field, Form
from service.forms.reading import as_text, readable

MOST_PICKS = 12  # beyond this many people a list of boxes is slower than a list to choose from
_templates = Environment(
    loader=PackageLoader("service.forms"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

Errors = Mapping[str, Sequence[str]]


@dataclass
class Control:
    """One field ready to be drawn. `path` is its name among the errors, `name` its name in the post."""

    field: Field
    path: str
    value: Any
    error: str = ""
    options: Sequence[Choice] = ()
    parts: Sequence["Control"] = ()
    rows: Sequence[tuple[str, Sequence["Control"]]] = ()
    text: str = ""
    waived: bool = False
    extra: Mapping[str, str] = having(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def mark(self) -> str:
        if self.field.required_if is not None:
            return "按情况必填"
        return "必填" if self.field.required and not self.waived else "选填"

    @property
    def described_by(self) -> str:
        return " ".join(part for part, there in ((f"{self.id}-h", self.field.hint), (f"{self.id}-e", self.error)) if there)

    def chosen(self, option: str) -> bool:
        given = self.value if isinstance(self.value, list) else [self.value]
        return option in [str(item) for item in given if item is not None]


def render(form: Form, values: Mapping[str, Any], errors: Errors, context: Context, rows: Mapping[str, int] | None = None) -> Markup:
    """The fields of a form (not the surrounding `<form>`), filled with `values`, each error beside its field.

    `rows` asks for at least so many rows of a list (see `posting.rows_asked`).
    """
    outcomes = [outcome for outcome, _ in context.outcomes]
    page = _Page(errors, context, rows or {})
    known, asked = [], []
    for section in form.sections:
        if all(part.shown_only for part in section.fields):
            known.append((section, readable(form, {part.key: values[part.key] for part in section.fields if part.key in values}, context)))
        else:
            controls = [page.control(part, part.key, values.get(part.key)) for part in section.fields if not part.idle_for(outcomes)]
            asked.append((section, controls, _texts(form, section.title)))
    return Markup(_templates.get_template("form.html").render(known=known, sections=asked))  # noqa: S704 - autoescaped by the template


def summary(form: Form, errors: Errors) -> Markup:
    """What is still to be done, each line a link to its field; empty where nothing is wrong."""
    lines = [(_target(form, name), _instruction(form, name, said)) for name, texts in errors.items() for said in texts]
    return Markup(_templates.get_template("summary.html").render(lines=lines))  # noqa: S704 - autoescaped by the template


def _target(form: Form, name: str) -> str:
    return f"#f-{name.replace('.', '-')}" if name.split(".")[0] in form.fields else "#main"


def _instruction(form: Form, name: str, said: str) -> str:
    key, *rest = name.split(".")
    known = form.fields.get(key)
    if known is None:
        return said
    part = next((part for part in known.fields if rest and part.key == rest[-1]), known)
    place = f"{known.label}第 {int(rest[0]) + 1} 行：" if len(rest) > 1 and rest[0].isdigit() else ""
    return place + (said if part.label in said else f"{part.label}：{said}")


def _texts(form: Form, title: str) -> list[str]:
    """Plain words the county put into a section."""
    section: Mapping[str, Any] = next((part for part in form.schema["components"] if part.get("label") == title), {})
    return [str(part["text"]) for part in section.get("components", ()) if part["type"] in LAYOUT and part.get("text")]


class _Page:
    def __init__(self, errors: Errors, context: Context, rows: Mapping[str, int]) -> None:
        self._errors = errors
        self._context = context
        self._rows = rows

    def control(self, part: Field, path: str, value: Any) -> Control:
        error = "；".join(self._errors.get(path, ()))
        control = Control(part, path, value, error, options=self._options(part, value))
        control.waived = part.waived_for(outcome for outcome, _ in self._context.outcomes)
        if not part.editable:
            control.text = as_text(part, value, self._context) if value not in (None, "", [], {}) and not part.fields else ""
            control.rows = self._filed_rows(part, value) if part.kind == "rows" else ()
        elif part.kind == "rows":
            control.rows = self._row_controls(part, path, value if isinstance(value, list) else [])
        if part.kind == "object":
            inner = value if isinstance(value, Mapping) else {}
            control.parts = [self.control(piece, f"{path}.{piece.key}", inner.get(piece.key)) for piece in part.fields]
            control.text = "；".join(
                f"{piece.label} {as_text(piece, inner[piece.key], self._context)}" for piece in part.fields if piece.key in inner
            )
        if part.kind == "datetime":
            control.extra = _moment(value)
        return control

    def _options(self, part: Field, value: Any) -> Sequence[Choice]:
        if part.kind == "bool":
            return [("true", "是"), ("false", "否")]
        if part.options:
            offered = {outcome for outcome, _ in self._context.outcomes}
            # where the answer is the outcome, only what may be chosen here is offered
            narrowed = [choice for choice in part.options if choice[0] in offered] if part.rules.get("agrees") == "same" else []
            return narrowed or part.options
        offered_here = list(self._context.offered(part.kind))
        given = [str(item) for item in (value if isinstance(value, list) else [value]) if item]
        kind = REFERENCES.get(part.kind, part.kind)
        return offered_here + [(item, self._context.name_of(kind, item) or item) for item in given if item not in dict(offered_here)]

    def _row_controls(self, part: Field, path: str, value: list[Any]) -> list[tuple[str, list[Control]]]:
        least = int(part.rules.get("min_items", "1"))
        count = len(value) if part.fixed else max(len(value), least, self._rows.get(part.key, 0))
        rows = [row if isinstance(row, Mapping) else {} for row in value] + [{}] * (count - len(value))
        if part.fixed:
            by_item = {str(row.get(part.fields[0].key)): row for row in rows}
            rows = [{part.fields[0].key: item, **by_item.get(item, {})} for item in part.fixed]
        titles = part.fixed or tuple(f"第 {number} 行" for number in range(1, len(rows) + 1))
        return [
            (title, [self.control(piece, f"{path}.{index}.{piece.key}", row.get(piece.key)) for piece in part.fields])
            for index, (title, row) in enumerate(zip(titles, rows, strict=True))
        ]

    def _filed_rows(self, part: Field, value: Any) -> list[tuple[str, list[Control]]]:
        rows = value if isinstance(value, list) else []
        return [("，".join(as_text(piece, row[piece.key], self._context) for piece in part.fields if piece.key in row), []) for row in rows]


def _moment(value: Any) -> dict[str, str]:
    """The two inputs of an instant; what could not be read stays as it was typed."""
    day, _, time = str(value or "").partition("T")
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return {"date": day, "time": time}
    if instant.tzinfo is not None:
        instant = instant.astimezone(LOCAL)
    if instant.second:  # an instant a program sent keeps its seconds
        return {"date": f"{instant:%Y-%m-%d}", "time": f"{instant:%H:%M:%S}"}
    return {"date": f"{instant:%Y-%m-%d}", "time": f"{instant:%H:%M}"} if time else {"date": day, "time": ""}
