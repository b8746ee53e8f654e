"""Arrange one scope after the other, the innermost first."""

from __future__ import annotations

from .channels import Channels
from .folding import fold
from .grid import Grid
from .labels import place_labels
from .lettering import EVENT_LINE, LEADING, TASK_LINE, label_size, wrap
from .model import Drawing, Node, Scope
from .placing import EVENT, GATEWAY, Plan
from .ranks import find_back_flows, find_main_line, rank
from .routing import Router, order_flows
from .rows import assign_rows

TASK_WIDTH = 120.0
TASK_HEIGHT = 70.0
_FRAME_HEAD = 30.0
_FRAME_RIM = 6.0
_SLOT_GAP = 8.0
_COLUMN = 165.0  # about what a column of tasks takes


def compose(scope: Scope) -> Drawing:
    """Everything of the scope and of the frames in it, from 0,0."""
    if not scope.nodes:
        return Drawing(0, 0, 0)
    inner = {node.id: compose(node.content) for node in scope.nodes if node.content}
    for node in scope.nodes:
        _size(node, inner.get(node.id))
    back = find_back_flows(scope.nodes, scope.flows)
    column = rank(scope.nodes, scope.flows, back)
    main = find_main_line(scope.nodes, scope.flows, back, column)
    bands = fold(scope.nodes, scope.flows, column, back, len(scope.lanes))
    strips = bands * max(len(scope.lanes), 1)
    row = assign_rows(scope.nodes, scope.flows, column, back, main, strips)
    grid = Grid(scope.nodes, column, row, strips)
    router = Router(grid, scope.flows)
    for flow in order_flows(scope.flows, main, back, grid):
        router.route(flow)
    channels = Channels(grid, [run for runs in router.routes.values() for run in runs])
    plan = Plan(grid, router, channels, scope.lanes, bands)
    drawing = place_labels(plan, scope.flows)
    for node in scope.nodes:
        if node.id in inner:
            _open_frame(drawing, node, inner[node.id])
    return drawing


def _size(node: Node, inner: Drawing | None) -> None:
    if node.shape in {"event", "gateway"}:
        node.width = EVENT if node.shape == "event" else GATEWAY
        node.up = node.down = node.width / 2
        return
    lines = len(wrap(node.name, TASK_LINE))
    node.width = TASK_WIDTH
    node.up = node.down = max(TASK_HEIGHT, lines * LEADING + 24 if lines > 2 else 0) / 2
    if inner is not None:
        title = label_size(node.name, 40)[0] + 40
        node.width = max(inner.width + 2 * _FRAME_RIM, title, TASK_WIDTH)
        node.up = _FRAME_HEAD + inner.main_line
        node.down = inner.height - inner.main_line + _FRAME_RIM
        node.span = max(1, round(node.width / _COLUMN), len(node.attached))
    _space_attached(node)


def _space_attached(node: Node) -> None:
    """Boundary events side by side on the lower edge, each with its name to its right, packed toward the right."""
    slots = []
    for event in node.attached:
        event.label = label_size(event.name, EVENT_LINE)
        slots.append(EVENT + (event.label[0] + 4 if event.name else 0) + _SLOT_GAP)
        event.offset = -26
    if not slots or node.content:
        return  # a frame covers several columns; each of its events stands in one of them
    node.width = max(node.width, sum(slots) + 16 if len(slots) > 1 else 0)
    left = node.width / 2 - sum(slots) - 8 if len(slots) > 1 else -node.width / 2 + 12
    for event, slot in zip(node.attached, slots, strict=True):
        event.offset = left + EVENT / 2
        if event.offset == 0:
            event.offset = 1
        left += slot


def _open_frame(drawing: Drawing, node: Node, inner: Drawing) -> None:
    box = drawing.boxes[node.id]
    drawing.take_in(inner, box.x + _FRAME_RIM, box.y + _FRAME_HEAD)
    drawing.frames.add(node.id)
