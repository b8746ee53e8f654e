"""Draw a process that has no drawing: positions for every element, readable from left to right."""

from __future__ import annotations

from lxml import etree

from .composing import compose
from .model import Box, Drawing, Scope
from .reading import BPMN, read_scope
from .writing import Page

__all__ = ["arrange"]

_MARGIN = 40.0
_POOL_HEAD = 30.0
_LANE_HEAD = 30.0
_POOL_GAP = 40.0


def arrange(xml: bytes) -> bytes:
    """Add BPMN diagram interchange to the file, in place of what it had.

    Everything else in it stays as it is. The same file always gives the same
    answer, and arranging twice changes nothing. Raises lxml's `XMLSyntaxError`
    where the text is not XML.
    """
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    collaboration = root.find(f"{BPMN}collaboration")
    processes = {process.get("id", ""): process for process in root.iterfind(f"{BPMN}process")}
    pools = list(collaboration.iterfind(f"{BPMN}participant")) if collaboration is not None else []
    shown = collaboration.get("id", "") if collaboration is not None else next(iter(processes), "")
    page = Page(root, shown)
    top = _MARGIN
    if pools:
        for pool in pools:
            process = processes.get(pool.get("processRef", ""))
            scope = read_scope(process, with_lanes=True) if process is not None else Scope([], [])
            top += _add_pool(page, pool.get("id", ""), scope, top) + _POOL_GAP
    else:
        for process in processes.values():
            scope = read_scope(process, with_lanes=True)
            drawing = compose(scope)
            _add_lanes(page, drawing, _MARGIN, top)
            _add_content(page, scope, drawing, _MARGIN + (_LANE_HEAD if scope.lanes else 0), top)
            top += drawing.height + _POOL_GAP
    page.finish(root)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _add_pool(page: Page, pool: str, scope: Scope, top: float) -> float:
    drawing = compose(scope)
    head = _POOL_HEAD + (_LANE_HEAD if scope.lanes else 0)
    height = max(drawing.height, 60.0)
    page.add_shape(pool, Box(_MARGIN, top, max(drawing.width + head, 300), height), isHorizontal=True)
    _add_lanes(page, drawing, _MARGIN + _POOL_HEAD, top)
    _add_content(page, scope, drawing, _MARGIN + head, top)
    return height


def _add_lanes(page: Page, drawing: Drawing, left: float, top: float) -> None:
    for lane, (upper, lower) in drawing.lanes.items():
        page.add_shape(lane, Box(left, top + upper, drawing.width + _LANE_HEAD, lower - upper), isHorizontal=True)


def _add_content(page: Page, scope: Scope, drawing: Drawing, dx: float, dy: float) -> None:
    """Frames come before what is in them, so that viewers paint them underneath."""
    placed = Drawing(0, 0, 0)
    placed.take_in(drawing, dx, dy)
    _add_shapes(page, scope, placed)
    for element, points in placed.lines.items():
        page.add_edge(element, points, placed.labels.get(element))


def _add_shapes(page: Page, scope: Scope, placed: Drawing) -> None:
    for node in scope.nodes:
        box, label = placed.boxes[node.id], placed.labels.get(node.id)
        if node.id in placed.frames:
            page.add_shape(node.id, box, isExpanded=True)
        elif node.shape == "gateway":
            page.add_shape(node.id, box, label, isMarkerVisible=True)
        else:
            page.add_shape(node.id, box, label)
        if node.content:
            _add_shapes(page, node.content, placed)
        for event in node.attached:
            page.add_shape(event.id, placed.boxes[event.id], placed.labels.get(event.id))
