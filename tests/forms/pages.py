"""A browser's part, without a browser: what a rendered form would post."""

from lxml import html
from markupsafe import Markup


class Post:
    """The multi-dict a web framework would make of it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def getlist(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]


def parse(page: Markup) -> html.HtmlElement:
    root = html.fragment_fromstring(f"<form>{page}</form>")
    assert isinstance(root, html.HtmlElement)
    return root


def post(page: Markup) -> Post:
    """What pressing the submit button sends."""
    pairs = []
    for element in parse(page).xpath(".//input | .//select | .//textarea"):
        name, kind = element.get("name"), element.get("type", "text")
        if not name or kind == "file" or (kind in {"radio", "checkbox"} and element.get("checked") is None):
            continue
        if element.tag == "select":
            chosen = element.xpath("./option[@selected]") or element.xpath("./option")[:1]
            pairs.append((name, chosen[0].get("value")))
        elif element.tag == "textarea":
            pairs.append((name, (element.text or "").removeprefix("\n")))
        else:
            pairs.append((name, element.get("value", "on")))
    return Post(pairs)
