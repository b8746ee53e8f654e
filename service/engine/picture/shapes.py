"""Each kind of BPMN shape as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from ..layout.lettering import EVENT_LINE, FLOW_LINE, LEADING, SIZE, label_size, wrap
from ..layout.model import Box
from .icons import event_icon, gateway_icon, marker_icon, state_sign, task_icon
from .paint import INK, LOOKS, QUIET, Look, lines_of_text, number, path, ring, tag
from .reading import Shown

FRAMES = {"subProcess", "transaction", "adHocSubProcess"}
_THROWING = {"endEvent", "intermediateThrowEvent"}


def pool_or_lane(shown: Shown) -> str:
    box = shown.box
    body = tag("rect", x=box.x, y=box.y, width=box.width, height=box.height, fill="#ffffff", stroke="#bdbab2")
    if shown.kind == "participant" and shown.horizontal:
        body += path(f"M{number(box.x + 30)} {number(box.y)}v{number(box.height)}", stroke="#bdbab2", fill="none")
        body += _upright(shown.name, box.x + 15, box.y + box.height / 2, box.height, weight="600")
    elif shown.horizontal:
        body += path(f"M{number(box.x + 30)} {number(box.y)}v{number(box.height)}", stroke="#dedbd3", fill="none")
        body += _upright(shown.name, box.x + 15, box.y + box.height / 2, box.height)
    elif shown.name:
        body += lines_of_text([shown.name], box.x + box.width / 2, box.y + 15, QUIET)
    return tag("g", body, class_="pool" if shown.kind == "participant" else "lane", data_id=shown.id)


def frame(shown: Shown, state: str) -> str:
    """An open sub-process: only its edge shows the state, what is inside must stay readable."""
    look, box = LOOKS[state], shown.box
    fill = "#fbfaf8" if state != "here" else "#f4f7fb"
    dashes = "2 3" if shown.by_event else look.dashes
    body = _title(shown, look)
    body += tag(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=10,
        fill=fill,
        stroke=look.edge,
        stroke_width=look.width,
        stroke_dasharray=dashes,
    )
    body += lines_of_text([shown.name] if shown.name else [], box.x + 12, box.y + 16, INK, anchor="start", weight="600")
    if state != "here":
        body += state_sign(state, box.right - 14, box.y + 14)
    else:
        body += path(f"M{number(box.right - 18)} {number(box.y + 9)}l9 5-9 5z", class_="sign", fill=look.edge)
    body += marker_icon(shown.marker, box.x + box.width / 2, box.bottom - 11, look.edge)
    return tag("g", body, class_=f"frame {state}", data_id=shown.id)


def node(shown: Shown, state: str) -> str:
    look = LOOKS[state]
    if shown.kind == "textAnnotation":
        return _note(shown)
    if shown.kind.endswith("Gateway"):
        body = _gateway(shown, look, state)
    elif shown.kind.endswith("Event"):
        body = _event(shown, look, state)
    else:
        body = _task(shown, look, state)
    return tag("g", _title(shown, look) + body, class_=f"node {state}", data_id=shown.id)


def outer_label(shown: Shown) -> str:
    """The name of an event or gateway, outside its group so that a state never paints it white on white."""
    if not shown.name or not shown.kind.endswith(("Event", "Gateway")):
        return ""
    box = shown.label
    if box is None or not box.width:
        width, height = label_size(shown.name, EVENT_LINE)
        box = Box(shown.box.x + shown.box.width / 2 - width / 2, shown.box.bottom + 4, width, height)
    return label(shown.name, box, EVENT_LINE)


def label(name: str, box: Box, limit: int = FLOW_LINE) -> str:
    lines = wrap(name, limit)
    for narrower in range(max(limit, int(box.width / SIZE)), 1, -1):
        lines = wrap(name, narrower)
        if label_size(name, narrower)[0] <= box.width + SIZE:
            break
    return tag("g", lines_of_text(lines, box.x + box.width / 2, box.y + box.height / 2, QUIET), class_="label")


def badge(shown: Shown, count: int) -> str:
    """How many are here: dark on white, so that the page's text colour suits it."""
    text = str(count)
    width = 14 + 8 * len(text)
    x, y = shown.box.right + width / 2 - 9, shown.box.y - 3  # beside the sign of the state
    body = tag("rect", x=x - width / 2, y=y - 11, width=width, height=22, rx=11, fill="#ffffff", stroke=INK, stroke_width=1.5)
    return tag("g", body + lines_of_text([text], x, y, INK, weight="600"), class_="badge", data_for=shown.id)


def _title(shown: Shown, look: Look) -> str:
    words = "：".join(word for word in (look.word, " ".join(shown.name.split())) if word)
    return tag("title", escape(words)) if words else ""


def _task(shown: Shown, look: Look, state: str) -> str:
    box = shown.box
    body = _rect(box, look, 8)
    if shown.kind == "callActivity":
        body += path(_rounded(box, 8), class_="ring", fill="none", stroke=look.edge, stroke_width=4)
    lines = wrap(shown.name, max(2, int((box.width - 8) / SIZE)))
    has_icon = shown.kind not in {"task", "callActivity", *FRAMES}
    room = (box.height - len(lines) * LEADING) / 2
    shift = 6 if (has_icon or state != "plain") and room < 20 and lines else 0
    body += lines_of_text(
        lines, box.x + box.width / 2, box.y + box.height / 2 + shift, look.text, weight="600" if state == "here" else None
    )
    body += task_icon(shown.kind, box.x + 5, box.y + 4, look.text)
    body += state_sign(state, box.right - 13, box.y + 12)
    if shown.kind in FRAMES and not shown.marker:
        body += marker_icon("plus", box.x + box.width / 2, box.bottom - 10, look.text)
    return body + marker_icon(shown.marker, box.x + box.width / 2, box.bottom - 9, look.text)


def _event(shown: Shown, look: Look, state: str) -> str:
    x, y = shown.box.x + shown.box.width / 2, shown.box.y + shown.box.height / 2
    radius = shown.box.width / 2
    dashes = None if shown.interrupting else "5 3"
    if shown.interrupting:
        body = tag("circle", cx=x, cy=y, r=radius, fill=look.fill, stroke=look.edge, stroke_width=look.width, stroke_dasharray=look.dashes)
    else:
        body = path(ring(x, y, radius), fill=look.fill, stroke=look.edge, stroke_width=look.width, stroke_dasharray=dashes)
    if shown.kind == "endEvent":
        body += path(ring(x, y, radius - 1), class_="ring", fill="none", stroke=look.edge, stroke_width=4)
    elif shown.kind != "startEvent":
        inner = look.text if state == "here" else look.edge
        body += path(ring(x, y, radius - 3.5), class_="ring", fill="none", stroke=inner, stroke_width=1.3, stroke_dasharray=dashes)
    body += event_icon(shown.trigger, x, y, look.text, throws=shown.kind in _THROWING)
    return body + _sign_outside(state, shown.box.right - 1, shown.box.y + 2)


def _gateway(shown: Shown, look: Look, state: str) -> str:
    box = shown.box
    x, y = box.x + box.width / 2, box.y + box.height / 2
    corners = " ".join(f"{number(a)},{number(b)}" for a, b in ((x, box.y), (box.right, y), (x, box.bottom), (box.x, y)))
    body = tag("polygon", points=corners, fill=look.fill, stroke=look.edge, stroke_width=look.width, stroke_dasharray=look.dashes)
    return body + gateway_icon(shown.kind, x, y, look.text) + _sign_outside(state, box.right - 7, box.y + 7)


def _sign_outside(state: str, x: float, y: float) -> str:
    """Small shapes have no corner to hold a sign, so it gets a coin of its own."""
    if state not in {"done", "here", "cancelled"}:
        return ""
    fill = "#123a67" if state == "here" else "#ffffff"
    return path(ring(x, y, 8), class_="coin", fill=fill, stroke=LOOKS[state].edge, stroke_width=1) + state_sign(state, x, y)


def _note(shown: Shown) -> str:
    box = shown.box
    edge = path(f"M{number(box.x + 10)} {number(box.y)}h-10v{number(box.height)}h10", fill="none", stroke=QUIET)
    lines = wrap(shown.name, max(2, int((box.width - 10) / SIZE)))
    return tag("g", edge + lines_of_text(lines, box.x + 6, box.y + box.height / 2, QUIET, anchor="start"), class_="note", data_id=shown.id)


def _rect(box: Box, look: Look, rx: float) -> str:
    return tag(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=rx,
        fill=look.fill,
        stroke=look.edge,
        stroke_width=look.width,
        stroke_dasharray=look.dashes,
    )


def _rounded(box: Box, radius: float) -> str:
    across, down = number(box.width - 2 * radius), number(box.height - 2 * radius)
    arc = f"a{radius} {radius} 0 0 1 "
    return (
        f"M{number(box.x + radius)} {number(box.y)}h{across}{arc}{radius} {radius}v{down}{arc}-{radius} {radius}"
        f"h-{across}{arc}-{radius} -{radius}v-{down}{arc}{radius} -{radius}z"
    )


def _upright(name: str, x: float, middle: float, room: float, weight: str | None = None) -> str:
    """A name from top to bottom, as on a Chinese signboard; in two columns where one is too short."""
    chars = [char for char in name if not char.isspace()]
    per_column = max(1, int(room / 16))
    columns = [chars[:per_column]]
    if len(chars) > per_column:
        half = min(per_column, -(-len(chars) // 2))
        columns = [chars[:half], chars[half : 2 * half]]
    return "".join(_column(column, x + (0.5 * (len(columns) - 1) - index) * 15, middle, weight) for index, column in enumerate(columns))


def _column(chars: Iterable[str], x: float, middle: float, weight: str | None) -> str:
    letters = list(chars)
    turned = str.maketrans("（）()—-", "︵︶︵︶︱︱")
    first = middle - (len(letters) - 1) * 8 + 5
    return "".join(
        tag("text", escape(char.translate(turned)), x=x, y=first + 16 * index, text_anchor="middle", fill=QUIET, font_weight=weight)
        for index, char in enumerate(letters)
    )
