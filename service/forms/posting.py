"""A posted page turned back into the values a program would send."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from service.forms.answers import MOST_ROWS
from service.forms.context import Values
from service.forms.definitions import LISTS, Field, Form

ADD = "_add"  # the name of the buttons that ask for one more row; their value is the list


class Posted(Protocol):
    """What every multi-dict of a web framework offers."""

    def getlist(self, key: str) -> list[str]: ...


def values_from_form(form: Form, posted: Posted, uploaded: Mapping[str, Sequence[str]] | None = None) -> Values:
    """Every editable field of the page; one left empty is None, so that it does not fall back to what was prefilled.

    `uploaded` holds the ids of files that came with this post, by the name of their input.
    """
    reader = _Reader(posted, uploaded or {})
    return {key: reader.value(field, key) for key, field in form.fields.items() if field.editable}


def rows_asked(form: Form, posted: Posted) -> dict[str, int]:
    """How many rows each list of the page shall show next: as many as before, one more where the button was pressed."""
    more = posted.getlist(ADD)
    lists = {key for key, field in form.fields.items() if field.kind == "rows" and field.editable}
    return {key: _rows_posted(posted, key) + (key in more) for key in sorted(lists)}


class _Reader:
    def __init__(self, posted: Posted, uploaded: Mapping[str, Sequence[str]]) -> None:
        self._posted = posted
        self._uploaded = uploaded

    def value(self, field: Field, name: str) -> Any:
        if field.kind == "rows":
            rows = [self._parts(field, f"{name}-{index}") for index in range(_rows_posted(self._posted, name))]
            return [row for row in rows if field.fixed or any(_written(cell) for cell in row.values())]
        if field.kind == "object":
            return self._parts(field, name)
        if field.kind == "datetime":
            return self._moment(name)
        given = [text for text in self._posted.getlist(name) if text.strip()]
        if field.kind in {"file", "files"}:
            given += self._uploaded.get(name, ())
        if field.kind in LISTS:
            return given
        if field.kind == "bool":
            return _yes_no(field, given)
        return given[-1] if given else None

    def _parts(self, field: Field, name: str) -> Values:
        cells = {part.key: self.value(part, f"{name}-{part.key}") for part in field.fields if part.editable}
        return {key: cell for key, cell in cells.items() if cell not in (None, "", [])}

    def _moment(self, name: str) -> str | None:
        day = "".join(self._posted.getlist(f"{name}-date")).strip()
        time = "".join(self._posted.getlist(f"{name}-time")).strip()
        return f"{day}T{time}" if time else day or None


def _yes_no(field: Field, given: list[str]) -> bool | None:
    """A question is answered or not; a box is ticked or not."""
    if field.component["type"] == "checkbox":
        return bool(given)
    return given[-1] == "true" if given else None


def _written(cell: Any) -> bool:
    return cell not in (None, "", [], False)


def _rows_posted(posted: Posted, name: str) -> int:
    count = "".join(posted.getlist(f"{name}-rows")[-1:])
    return min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 4 else 0
