"""Take from the XML what a layout needs: scopes of nodes, flows and lanes."""

from __future__ import annotations

from lxml import etree

from .model import Attached, Flow, Lane, Node, Scope, Shape

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

_SHAPES: dict[str, Shape] = {
    **dict.fromkeys(
        ("task", "userTask", "serviceTask", "scriptTask", "manualTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity"),
        "task",
    ),
    **dict.fromkeys(("subProcess", "transaction", "adHocSubProcess"), "frame"),
    **dict.fromkeys(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"), "event"),
    **dict.fromkeys(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"), "gateway"),
    "textAnnotation": "note",
}


def local_name(element: etree._Element) -> str:
    tag = element.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""


def read_scope(element: etree._Element, *, with_lanes: bool = False) -> Scope:
    nodes: list[Node] = []
    for child in element:
        shape = _SHAPES.get(local_name(child))
        if shape is not None and child.get("id"):
            nodes.append(_node(child, shape))
    hosts = _attach(element, {node.id: node for node in nodes})
    flows = _flows(element, {node.id for node in nodes}, hosts)
    scope = Scope(nodes, flows)
    if with_lanes:
        scope.lanes = _lanes(element)
        _assign_lanes(scope)
    return scope


def _node(element: etree._Element, shape: Shape) -> Node:
    name = element.get("name", "")
    if shape == "note":
        name = element.findtext(f"{BPMN}text", "")
    node = Node(element.get("id", ""), name, shape, is_start=local_name(element) == "startEvent")
    if shape == "frame":
        node.content = read_scope(element)
        if not node.content.nodes:
            node.shape, node.content = "task", None
    return node


def _attach(element: etree._Element, nodes: dict[str, Node]) -> dict[str, str]:
    """Hang the boundary events on their hosts; host by event id."""
    hosts: dict[str, str] = {}
    for event in element.iterfind(f"{BPMN}boundaryEvent"):
        host = nodes.get(event.get("attachedToRef", ""))
        if host is not None:
            host.attached.append(Attached(event.get("id", ""), event.get("name", "")))
            hosts[event.get("id", "")] = host.id
    return hosts


def _flows(element: etree._Element, known: set[str], hosts: dict[str, str]) -> list[Flow]:
    flows: list[Flow] = []
    for child in element:
        kind = local_name(child)
        if kind not in {"sequenceFlow", "association"}:
            continue
        start, end = child.get("sourceRef", ""), child.get("targetRef", "")
        source, target = hosts.get(start, start), hosts.get(end, end)
        if source in known and target in known:
            attached = start if start in hosts else None
            flows.append(Flow(child.get("id", ""), child.get("name", ""), source, target, attached, kind == "association"))
    return flows


def _lanes(process: etree._Element) -> list[Lane]:
    """The innermost lanes, top to bottom."""
    lanes: list[Lane] = []
    for lane in process.iterfind(f"{BPMN}laneSet//{BPMN}lane"):
        if lane.find(f"{BPMN}childLaneSet") is None:
            members = {(ref.text or "").strip() for ref in lane.iterfind(f"{BPMN}flowNodeRef")}
            lanes.append(Lane(lane.get("id", ""), lane.get("name", ""), members))
    return lanes


def _assign_lanes(scope: Scope) -> None:
    """Each node to the lane that lists it; one listed nowhere goes where its content or its neighbours are."""
    of_id = {member: index for index, lane in enumerate(scope.lanes) for member in lane.members}
    known: dict[str, int] = {}
    for node in scope.nodes:
        for name in [node.id, *_ids_inside(node)]:
            if name in of_id:
                known[node.id] = of_id[name]
                break
    for _ in scope.nodes:
        for flow in scope.flows:
            for one, other in ((flow.source, flow.target), (flow.target, flow.source)):
                if one not in known and other in known:
                    known[one] = known[other]
    for node in scope.nodes:
        node.lane = known.get(node.id, 0)


def _ids_inside(node: Node) -> list[str]:
    inside = [event.id for event in node.attached]
    for child in node.content.nodes if node.content else []:
        inside += [child.id, *_ids_inside(child)]
    return inside
