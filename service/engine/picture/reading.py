"""What the diagram interchange of a file shows, and what each shown thing is."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ..layout.model import Box, Point
from ..layout.reading import BPMN, local_name
from ..layout.writing import BPMNDI, DC, DI


@dataclass
class Shown:
    """A shape of the diagram with the BPMN element behind it."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    horizontal: bool = True
    expanded: bool = False
    trigger: str = ""  # message, timer, error … of an event
    interrupting: bool = True
    marker: str = ""  # loop, parallel, sequential
    by_event: bool = False  # an event sub-process


@dataclass
class Drawn:
    """A line of the diagram."""

    id: str
    kind: str
    name: str
    points: list[Point]
    label: Box | None
    source: str
    target: str
    is_default: bool = False


@dataclass
class Sheet:
    title: str
    shapes: list[Shown] = field(default_factory=list)
    lines: list[Drawn] = field(default_factory=list)


def has_diagram(root: etree._Element) -> bool:
    return root.find(f".//{{{BPMNDI}}}BPMNShape") is not None


def read_sheet(root: etree._Element) -> Sheet:
    elements = {element.get("id", ""): element for element in root.iter() if local_name(element)}
    processes = list(root.iterfind(f"{BPMN}process"))
    sheet = Sheet(next((name for process in processes if (name := process.get("name"))), ""))
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        element = elements.get(shape.get("bpmnElement", ""))
        bounds = shape.find(f"{{{DC}}}Bounds")
        if element is not None and bounds is not None:
            sheet.shapes.append(_shown(element, shape, _box(bounds)))
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        element = elements.get(edge.get("bpmnElement", ""))
        points = [Point(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iterfind(f"{{{DI}}}waypoint")]
        if element is not None and len(points) > 1:
            sheet.lines.append(_drawn(element, edge, points, elements))
    return sheet


def _shown(element: etree._Element, shape: etree._Element, box: Box) -> Shown:
    kind = local_name(element)
    name = element.findtext(f"{BPMN}text", "") if kind == "textAnnotation" else element.get("name", "")
    trigger = next((local_name(c).removesuffix("EventDefinition") for c in element if local_name(c).endswith("EventDefinition")), "")
    return Shown(
        element.get("id", ""),
        kind,
        name,
        box,
        _label(shape),
        horizontal=shape.get("isHorizontal", "true") == "true",
        expanded=shape.get("isExpanded", "false") == "true",
        trigger=trigger,
        interrupting=element.get("cancelActivity", "true") == "true" and element.get("isInterrupting", "true") == "true",
        marker=_marker(element),
        by_event=element.get("triggeredByEvent") == "true",
    )


def _marker(element: etree._Element) -> str:
    if element.find(f"{BPMN}standardLoopCharacteristics") is not None:
        return "loop"
    many = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is None:
        return ""
    return "sequential" if many.get("isSequential") == "true" else "parallel"


def _drawn(element: etree._Element, edge: etree._Element, points: list[Point], elements: dict[str, etree._Element]) -> Drawn:
    source, name = element.get("sourceRef", ""), element.get("id", "")
    origin = elements.get(source)
    return Drawn(
        name,
        local_name(element),
        element.get("name", ""),
        points,
        _label(edge),
        source,
        element.get("targetRef", ""),
        is_default=origin is not None and origin.get("default") == name,
    )


def _label(parent: etree._Element) -> Box | None:
    bounds = parent.find(f"{{{BPMNDI}}}BPMNLabel/{{{DC}}}Bounds")
    return _box(bounds) if bounds is not None else None


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(key, 0)) for key in ("x", "y", "width", "height")))
