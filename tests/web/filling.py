"""Filling in any form of the county in a browser: each control by its kind, as a person's hand would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

A_PHOTO = "a photo"
"""Stands for a file that is chosen from the device."""

CONTROLS = """() => [...(window.sheet || document).querySelectorAll('main form [name]')].map(one => ({
    name: one.name, value: one.value, kind: one.tagName == 'INPUT' || one.tagName == 'BUTTON' ? one.type : one.tagName.toLowerCase()}))"""

FETCH = """async path => {
    window.sheet = new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html');
}"""

SET_AND_SEND = """async ({given, photos, photo, more}) => {
    for (const [name, values] of given) {
        [...window.sheet.querySelectorAll('main form [name="' + name + '"]')].forEach((one, at) => {
            if (one.type == 'radio' || one.type == 'checkbox') one.checked = values.includes(one.value);
            else if (one.type != 'hidden' && values[at] !== undefined) one.value = values[at];
        });
    }
    const form = [...window.sheet.forms].find(one => one.getAttribute('action').endsWith('/completion'));
    const sent = new FormData(form);
    for (const name of photos) sent.append(name, new File([new Uint8Array(photo)], '照片.png', {type: 'image/png'}));
    if (more) sent.append('_add', more);
    const answer = await fetch(form.getAttribute('action'), {method: 'POST', body: sent});
    window.sheet = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return {url: answer.url, refused: [...window.sheet.querySelectorAll('.summary')].map(one => one.textContent)};
}"""


@dataclass(frozen=True)
class Photo:
    """What the camera of a phone gives."""

    content: bytes

    def chosen(self) -> dict[str, Any]:
        return {"name": "照片.png", "mimeType": "image/png", "buffer": self.content}


class Hand:
    """Writes answers into the form of a page, control by control. An answer the page has no place for is an error."""

    def __init__(self, page: "Page", photo: Photo) -> None:
        self._page, self._photo = page, photo
        self._controls: dict[str, list[dict[str, str]]] = {}

    def fill(self, values: Mapping[str, Any], outcome: str) -> None:
        """All answers, and the outcome where the page asks for it apart."""
        for key, value in values.items():
            if _is_rows(value):
                self._make_room(key, len(value))
        self._look()
        for key, value in values.items():
            self._write(key, value)
        if "outcome" in self._controls and "outcome" not in values:
            self._write("outcome", outcome)

    def submit(self) -> None:
        """Press the button; what the page has to say against it is told."""
        self._page.locator(".bar-do .btn.main").click()
        if refused := self._page.locator(".summary").all_inner_texts():
            raise AssertionError(f"{self._page.title()} was refused: {' '.join(refused)}")
        assert "note=completed" in self._page.url, self._page.url

    def _look(self) -> None:
        self._controls = {}
        for control in self._page.evaluate(CONTROLS):
            self._controls.setdefault(control["name"], []).append(control)

    def _make_room(self, key: str, wanted: int) -> None:
        count = self._page.locator(f'[name="{key}-rows"]')
        while int(count.input_value()) < wanted:
            self._page.locator(f'button[name="_add"][value="{key}"]').click()

    def _write(self, name: str, value: Any) -> None:
        if _is_rows(value):
            for number, row in enumerate(value):
                at = self._row_of(name, number, row)
                for key, cell in row.items():
                    self._write(f"{name}-{at}-{key}", cell)
        elif isinstance(value, Mapping):
            for key, part in value.items():
                self._write(f"{name}-{key}", part)
        elif f"{name}-date" in self._controls:
            day, _, time = str(value).partition("T")
            self._put(f"{name}-date", self._controls[f"{name}-date"], day)
            self._put(f"{name}-time", self._controls[f"{name}-time"], time[:5])
        else:
            assert name in self._controls, f"{self._page.title()} has no place for {name} = {value!r}"
            self._put(name, self._controls[name], value)

    def _row_of(self, name: str, number: int, row: Mapping[str, Any]) -> int:
        """Where a row stands: rows that are printed already are found by their title."""
        for key, cell in row.items():
            for at in range(len(self._controls)):
                printed = self._controls.get(f"{name}-{at}-{key}")
                if not printed or printed[0]["kind"] != "hidden":
                    break
                if printed[0]["value"] == str(cell):
                    return at
        return number

    def _put(self, name: str, controls: Sequence[Mapping[str, str]], value: Any) -> None:
        kind = controls[-1]["kind"]
        several = [_text(one) for one in (value if isinstance(value, list) else [value])]
        if kind == "file":
            self._page.locator(f'input[type="file"][name="{name}"]').last.set_input_files(self._photo.chosen())
        elif kind == "radio":
            self._page.check(f'[name="{name}"][value="{several[0]}"]')
        elif kind == "checkbox":
            for control in controls:
                self._page.locator(f'[name="{name}"][value="{control["value"]}"]').set_checked(control["value"] in several)
        elif kind == "select":
            for at, one in enumerate(several[: len(controls)]):
                self._named(name).nth(at).select_option(value=one)
        elif kind != "hidden":
            self._named(name).fill(several[0])

    def _named(self, name: str) -> "Locator":
        return self._page.locator(f'main form [name="{name}"]')


class QuickHand(Hand):
    """The same form as the server drew it, filled and sent within the browser's sitting, but without being painted."""

    def __init__(self, page: "Page", photo: Photo, path: str) -> None:
        super().__init__(page, photo)
        self._given: list[tuple[str, list[str]]] = []
        self._photos: list[str] = []
        page.evaluate(FETCH, path)

    def submit(self) -> None:
        said = self._send()
        assert not said["refused"], f"{self._page.url}: {' '.join(said['refused'])}"
        assert "note=completed" in said["url"], said["url"]

    def _make_room(self, key: str, wanted: int) -> None:
        self._look()
        for _ in range(wanted - int(self._controls[f"{key}-rows"][0]["value"])):
            self._send(more=key)

    def _put(self, name: str, controls: Sequence[Mapping[str, str]], value: Any) -> None:
        if controls[-1]["kind"] == "file":
            self._photos.append(name)
        else:
            self._given.append((name, [_text(one) for one in (value if isinstance(value, list) else [value])]))

    def _send(self, more: str = "") -> dict[str, Any]:
        given = {"given": self._given, "photos": self._photos, "photo": list(self._photo.content), "more": more}
        said: dict[str, Any] = self._page.evaluate(SET_AND_SEND, given)
        return said


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
