"""Colours of the states, and SVG elements without inline styles.

Colours are presentation attributes, so the picture stands alone and prints;
the classes let the style sheet of the pages take over.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ..layout.lettering import LEADING, SIZE


class Look(NamedTuple):
    fill: str
    edge: str
    text: str
    width: float
    dashes: str | None
    word: str


INK = "#1c2126"
QUIET = "#485059"
FAINT = "#777d84"
GREEN = "#1d6a40"
FONTS = "-apple-system,'PingFang SC','HarmonyOS Sans SC','MiSans','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"

LOOKS = {
    "plain": Look("#ffffff", INK, INK, 1.5, None, ""),
    "todo": Look("#ffffff", FAINT, "#5f6770", 1.5, "5 4", "未到"),
    "done": Look("#e6f1ea", GREEN, INK, 1.5, None, "✓ 已办"),
    "here": Look("#1b4f8a", "#123a67", "#ffffff", 3, None, "▶ 在这里"),
    "cancelled": Look("#eeece5", FAINT, QUIET, 1.5, "2 3", "✕ 已取消"),
}

Value = str | float | None


def tag(name: str, content: str | None = None, /, **attributes: Value) -> str:
    """One element; `class_` and `stroke_width` become `class` and `stroke-width`, None is left out."""
    parts = [f" {key.rstrip('_').replace('_', '-')}={quoteattr(number(value))}" for key, value in attributes.items() if value is not None]
    return f"<{name}{''.join(parts)}/>" if content is None else f"<{name}{''.join(parts)}>{content}</{name}>"


def number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 2):g}"


def path(d: str, **attributes: Value) -> str:
    return tag("path", None, d=d, **attributes)


def ring(cx: float, cy: float, radius: float) -> str:
    """A circle as path data: the style sheet restyles circles, not paths."""
    r, across = number(radius), number(2 * radius)
    return f"M{number(cx - radius)} {number(cy)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"


def lines_of_text(lines: list[str], x: float, middle: float, colour: str, *, anchor: str = "middle", weight: str | None = None) -> str:
    """Lines centred around `middle`."""
    first = middle - (len(lines) - 1) * LEADING / 2 + SIZE * 0.36
    return "".join(
        tag("text", escape(line), x=x, y=first + index * LEADING, text_anchor=anchor, fill=colour, font_weight=weight)
        for index, line in enumerate(lines)
    )
