"""Write a drawing into the XML as BPMN diagram interchange."""

from __future__ import annotations

from lxml import etree

from .model import Box, Point

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"


class Page:
    """The one diagram of a file, written in place of any that were there."""

    def __init__(self, root: etree._Element, shown: str) -> None:
        for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
            root.remove(old)
        self.taken = {element.get("id") for element in root.iter()}
        self.diagram = etree.SubElement(
            root, f"{{{BPMNDI}}}BPMNDiagram", {"id": self._free("BPMNDiagram_1")}, nsmap={"bpmndi": BPMNDI, "dc": DC, "di": DI}
        )
        plane = {"id": self._free("BPMNPlane_1"), "bpmnElement": shown}
        self.plane = etree.SubElement(self.diagram, f"{{{BPMNDI}}}BPMNPlane", plane)

    def add_shape(self, element: str, box: Box, label: Box | None = None, **flags: bool) -> None:
        attributes = {"id": self._free(f"{element}_di"), "bpmnElement": element}
        attributes |= {name: str(value).lower() for name, value in flags.items()}
        shape = etree.SubElement(self.plane, f"{{{BPMNDI}}}BPMNShape", attributes)
        _bounds(shape, box)
        self._label(shape, label)

    def add_edge(self, element: str, points: list[Point], label: Box | None = None) -> None:
        edge = etree.SubElement(self.plane, f"{{{BPMNDI}}}BPMNEdge", {"id": self._free(f"{element}_di"), "bpmnElement": element})
        for point in points:
            etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": _number(point.x), "y": _number(point.y)})
        self._label(edge, label)

    def finish(self, root: etree._Element) -> None:
        """Indent the new part only; the rest of the file stays as its author left it."""
        etree.indent(self.diagram, space="  ", level=1)
        before = self.diagram.getprevious()
        if before is not None:
            before.tail = "\n  "
        else:
            root.text = "\n  "
        self.diagram.tail = "\n"

    def _free(self, wanted: str) -> str:
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def _label(self, parent: etree._Element, label: Box | None) -> None:
        if label is not None:
            _bounds(etree.SubElement(parent, f"{{{BPMNDI}}}BPMNLabel"), label)


def _bounds(parent: etree._Element, box: Box) -> None:
    values = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(parent, f"{{{DC}}}Bounds", {name: _number(value) for name, value in values.items()})


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
