"""The small signs of BPMN: what a task, an event or a gateway is."""

from __future__ import annotations

import math

from .paint import number, path, ring


def task_icon(kind: str, x: float, y: float, colour: str) -> str:
    """In a square of 16 with its corner at x, y."""
    strokes = {
        "userTask": f"{ring(x + 8, y + 4.5, 3.5)}M{number(x + 1.5)} {number(y + 15)}c0-4.5 2.8-6.5 6.5-6.5s6.5 2 6.5 6.5z",
        "serviceTask": _gear(x + 8, y + 8),
        "scriptTask": f"M{x + 3} {y + 1}h9c-3 4 3 9 0 14h-9c3-5-3-10 0-14zM{x + 5.5} {y + 5}h4M{x + 6} {y + 8}h4M{x + 6.5} {y + 11}h4",
        "sendTask": f"M{x + 1} {y + 3}h14v10h-14zM{x + 1} {y + 3}l7 6 7-6",
        "receiveTask": f"M{x + 1} {y + 3}h14v10h-14zM{x + 1} {y + 3}l7 6 7-6",
        "manualTask": f"M{x + 2} {y + 7}l4-4h7v2h-4h5v2.5h-5h5v2.5h-5h4v2.500h-8l-3-2z",
        "businessRuleTask": f"M{x + 1} {y + 2}h14v12h-14zM{x + 1} {y + 6}h14M{x + 1} {y + 10}h14M{x + 5.5} {y + 6}v8",
    }
    d = strokes.get(kind)
    filled = colour if kind == "sendTask" else "none"
    return path(d, class_="icon", fill=filled, stroke=colour, stroke_width=1.2, stroke_linejoin="round") if d else ""


def event_icon(trigger: str, x: float, y: float, colour: str, *, throws: bool) -> str:
    """Around the centre x, y of a circle of radius 18."""
    shapes = {
        "message": f"M{x - 9} {y - 6}h18v12h-18zM{x - 9} {y - 6}l9 7 9-7",
        "timer": f"{ring(x, y, 10)}M{number(x)} {number(y - 7)}v7h5M{x - 9.500} {y}h2M{x + 7.500} {y}h2M{x} {y + 7.500}v2",
        "error": f"M{x - 8} {y + 8}l5-14 6 8 5-10-4 15-6-8z",
        "escalation": f"M{x} {y - 10}l7 17-7-7-7 7z",
        "signal": f"M{x} {y - 9}l9 15h-18z",
        "conditional": f"M{x - 6} {y - 8}h12v16h-12zM{x - 4} {y - 4}h8M{x - 4} {y}h8M{x - 4} {y + 4}h8",
        "cancel": f"M{x - 7} {y - 5}l2-2 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5z",
        "compensate": f"M{x} {y - 6}v12l-8-6zM{x + 8} {y - 6}v12l-8-6z",
        "link": f"M{x - 9} {y - 4}h10v-4l8 8-8 8v-4h-10z",
    }
    if trigger == "terminate":
        return path(ring(x, y, 10), class_="icon solid", fill=colour, stroke="none")
    d = shapes.get(trigger)
    if d is None:
        return ""
    if trigger == "message" and throws:
        d = f"M{x - 9} {y - 4}v10h18v-10l-9 6zM{x - 9} {y - 6.500}h18l-9 6z"
    fill = colour if throws else "none"
    return path(d, class_="icon solid" if throws else "icon", fill=fill, stroke=colour, stroke_width=1.3, stroke_linejoin="round")


def gateway_icon(kind: str, x: float, y: float, colour: str) -> str:
    if kind == "exclusiveGateway":
        return path(f"M{x - 7} {y - 8}l14 16M{x + 7} {y - 8}l-14 16", class_="icon", fill="none", stroke=colour, stroke_width=3.2)
    if kind == "parallelGateway":
        return path(f"M{x - 11} {y}h22M{x} {y - 11}v22", class_="icon", fill="none", stroke=colour, stroke_width=3.2)
    if kind == "inclusiveGateway":
        return path(ring(x, y, 11), class_="icon", fill="none", stroke=colour, stroke_width=2.8)
    if kind == "eventBasedGateway":
        d = f"{ring(x, y, 14)}{ring(x, y, 11.5)}{_polygon(x, y + 0.4, 7.5, 5)}"
        return path(d, class_="icon", fill="none", stroke=colour, stroke_width=1.2)
    return path(
        f"M{x - 11} {y}h22M{x} {y - 11}v22M{x - 8} {y - 8}l16 16M{x + 8} {y - 8}l-16 16",
        class_="icon",
        fill="none",
        stroke=colour,
        stroke_width=2.4,
    )


def marker_icon(marker: str, x: float, y: float, colour: str) -> str:
    """Loop and repetition signs, and the plus of a closed sub-process, centred on x, y."""
    shapes = {
        "loop": f"M{x - 3} {y + 6}a6.5 6.5 0 1 1 4 0M{x - 3} {y + 6}h-4M{x - 3} {y + 6}v-4",
        "parallel": f"M{x - 4} {y - 6}v12M{x} {y - 6}v12M{x + 4} {y - 6}v12",
        "sequential": f"M{x - 6} {y - 4}h12M{x - 6} {y}h12M{x - 6} {y + 4}h12",
        "plus": f"M{x - 7} {y - 7}h14v14h-14zM{x - 4} {y}h8M{x} {y - 4}v8",
    }
    return path(shapes[marker], class_="icon", fill="none", stroke=colour, stroke_width=1.6) if marker in shapes else ""


def state_sign(state: str, x: float, y: float) -> str:
    """A tick, an arrow or a cross: the state without its colour."""
    if state == "done":
        return path(f"M{x - 5} {y}l4 4 7-8", class_="sign", fill="none", stroke="#1d6a40", stroke_width=2.4)
    if state == "here":
        return path(f"M{x - 4} {y - 5}l9 5-9 5z", class_="sign", fill="#ffffff", stroke="#123a67", stroke_width=1)
    if state == "cancelled":
        return path(f"M{x - 4} {y - 4}l8 8M{x + 4} {y - 4}l-8 8", class_="sign", fill="none", stroke="#485059", stroke_width=2.2)
    return ""


def _gear(x: float, y: float) -> str:
    """Eight teeth around a hole."""
    d = ring(x, y, 2.4)
    for step in range(32):
        radius = 7.5 if step % 4 in {0, 1} else 5.4
        angle = math.radians(step * 11.25 - 11.25)
        d += f"{'L' if step else 'M'}{number(x + radius * math.cos(angle))} {number(y + radius * math.sin(angle))}"
    return d + "z"


def _polygon(x: float, y: float, radius: float, corners: int) -> str:
    turns = (math.radians(360 * step / corners - 90) for step in range(corners))
    points = [f"{number(x + radius * math.cos(turn))} {number(y + radius * math.sin(turn))}" for turn in turns]
    return "M" + "L".join(points) + "z"
