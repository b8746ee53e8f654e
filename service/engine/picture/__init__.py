"""A BPMN diagram as SVG, with what is done, where the case is now, and what was cancelled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal
from xml.sax.saxutils import escape

from lxml import etree

from ..layout import arrange
from ..layout.lettering import FLOW_LINE, label_size
from ..layout.model import Box, Point
from .paint import FAINT, FONTS, GREEN, INK, number, path, tag
from .reading import Drawn, Sheet, has_diagram, read_sheet
from .shapes import FRAMES, badge, frame, label, node, outer_label, pool_or_lane

__all__ = ["State", "draw"]

State = Literal["done", "here", "cancelled"]

_MARGIN = 12.0
_NOTHING: Mapping[str, State] = {}
_NO_COUNTS: Mapping[str, int] = {}


def draw(xml: bytes, states: Mapping[str, State] = _NOTHING, counts: Mapping[str, int] = _NO_COUNTS, *, title: str | None = None) -> str:
    """SVG of the file's diagram interchange, whatever editor wrote it; one without any is arranged first.

    `states` and `counts` go by element id. Without any state all nodes look
    plain; with some, the others look not reached. Every node carries its id in
    `data-id`. There are no scripts and no inline styles, so a strict content
    security policy lets it pass.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(xml, parser)
    if not has_diagram(root):
        root = etree.fromstring(arrange(xml), parser)
    sheet = read_sheet(root)
    rest = "todo" if states else "plain"
    open_frames = [s for s in sheet.shapes if s.kind in FRAMES and s.expanded]
    grounds = [s for s in sheet.shapes if s.kind in {"participant", "lane"}]
    nodes = [s for s in sheet.shapes if s not in open_frames and s not in grounds]
    attached = [s for s in nodes if s.kind == "boundaryEvent"]
    parts = [pool_or_lane(s) for s in sorted(grounds, key=lambda s: s.kind == "lane")]
    parts += [frame(s, states.get(s.id, rest)) for s in sorted(open_frames, key=lambda s: -s.box.width * s.box.height)]
    parts += [_line(line, states) for line in sorted(sheet.lines, key=lambda line: _is_walked(line, states))]
    parts += [node(s, states.get(s.id, rest)) for s in [*(s for s in nodes if s not in attached), *attached]]
    parts += [outer_label(s) for s in nodes] + [_line_label(line) for line in sheet.lines]
    parts += [badge(s, counts[s.id]) for s in sheet.shapes if counts.get(s.id)]
    return _page(sheet, "".join(parts), title)


def _page(sheet: Sheet, body: str, title: str | None) -> str:
    boxes = [s.box for s in sheet.shapes] + [s.label for s in sheet.shapes if s.label]
    boxes += [Box(p.x, p.y, 0, 0) for line in sheet.lines for p in line.points] + [line.label for line in sheet.lines if line.label]
    left = min((box.x for box in boxes), default=0) - _MARGIN
    top = min((box.y for box in boxes), default=0) - _MARGIN
    width = max((box.right for box in boxes), default=0) + _MARGIN - left
    height = max((box.bottom for box in boxes), default=0) + _MARGIN - top
    head = tag("title", escape(title or f"{sheet.title}流程图"))
    return tag(
        "svg",
        head + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=" ".join(number(value) for value in (left, top, width, height)),
        width=width,
        height=height,
        role="img",
        font_family=FONTS,
        font_size=14,
    )


def _is_walked(line: Drawn, states: Mapping[str, State]) -> bool:
    return states.get(line.source) == "done" and states.get(line.target) in {"done", "here"}


def _line(line: Drawn, states: Mapping[str, State]) -> str:
    walked = _is_walked(line, states)
    colour = GREEN if walked else FAINT if states else INK
    dashes = {"association": "2 4", "messageFlow": "8 5"}.get(line.kind)
    d = "M" + "L".join(f"{number(p.x)} {number(p.y)}" for p in _shortened(line))
    body = path(d, fill="none", stroke_dasharray=dashes, stroke_linejoin="round")
    if line.kind != "association":
        body += _arrow(line.points[-2], line.points[-1], colour)
    if line.is_default:
        body += _slash(line.points[0], line.points[1])
    name = "flow done" if walked else "flow"
    return tag("g", body, class_=name, data_id=line.id, fill="none", stroke=colour, stroke_width=2.5 if walked else 1.5)


def _shortened(line: Drawn) -> list[Point]:
    """Ends under the arrow's body, so that a thick line does not show beside its tip."""
    if line.kind == "association":
        return line.points
    before, end = line.points[-2], line.points[-1]
    dx, dy = _direction(before, end)
    return [*line.points[:-1], Point(end.x - 6 * dx, end.y - 6 * dy)]


def _arrow(before: Point, end: Point, colour: str) -> str:
    dx, dy = _direction(before, end)
    back = (end.x - 11 * dx, end.y - 11 * dy)
    sides = ((back[0] - 5 * dy, back[1] + 5 * dx), (back[0] + 5 * dy, back[1] - 5 * dx))
    points = "L".join(f"{number(x)} {number(y)}" for x, y in ((end.x, end.y), *sides))
    return path(f"M{points}z", class_="tip", fill=colour, stroke="none")


def _slash(start: Point, after: Point) -> str:
    """The mark of the way taken when no condition holds."""
    dx, dy = _direction(start, after)
    x, y = start.x + 8 * dx, start.y + 8 * dy
    return path(f"M{number(x - 3 * dx + 4 * dy)} {number(y - 3 * dy - 4 * dx)}L{number(x + 3 * dx - 4 * dy)} {number(y + 3 * dy + 4 * dx)}")


def _direction(start: Point, end: Point) -> tuple[float, float]:
    length = math.hypot(end.x - start.x, end.y - start.y) or 1
    return (end.x - start.x) / length, (end.y - start.y) / length


def _line_label(line: Drawn) -> str:
    if not line.name:
        return ""
    box = line.label
    if box is None or not box.width:
        start, end = max(zip(line.points[:-1], line.points[1:], strict=True), key=lambda part: math.dist(*part))
        width, height = label_size(line.name, FLOW_LINE)
        box = Box((start.x + end.x - width) / 2, (start.y + end.y) / 2 - height - 3, width, height)
    return label(line.name, box)
