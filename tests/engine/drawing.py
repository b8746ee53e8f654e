"""Drawing small diagrams in tests: `process("P", start(), task("a"), end(), flow("start", "a", "end"))`."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterable

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ET.register_namespace("bpmn", BPMN)
ET.register_namespace("camunda", CAMUNDA)

Part = ET.Element | list[ET.Element]
_numbers = itertools.count(1)


def el(tag: str, /, *inner: ET.Element, **attributes: str) -> ET.Element:
    made = ET.Element(f"{{{BPMN}}}{tag}", {key: value for key, value in attributes.items() if value})
    made.extend(inner)
    return made


def properties(pairs: dict[str, str]) -> ET.Element:
    block = ET.Element(f"{{{CAMUNDA}}}properties")
    for name, value in pairs.items():
        ET.SubElement(block, f"{{{CAMUNDA}}}property", {"name": name, "value": value})
    return el("extensionElements", block)


def start(id: str = "start") -> ET.Element:
    return el("startEvent", id=id)


def end(id: str = "end", *, error: str = "", terminate: bool = False) -> ET.Element:
    inner = [el("errorEventDefinition", errorRef=f"err_{error}")] if error else []
    return el("endEvent", *inner, *([el("terminateEventDefinition")] if terminate else []), id=id)


def task(id: str, role: str = "class_teacher", form: str = "F02", due: str = "WD+5", **extra: str) -> ET.Element:
    about = {key.replace("__", "."): value for key, value in extra.items()}
    made = el("userTask", *([properties(about)] if about else []), id=id, name=f"任务{id}")
    for name, value in (("formKey", form), ("candidateGroups", role), ("dueDate", due)):
        if value:
            made.set(f"{{{CAMUNDA}}}{name}", value)
    return made


def tasks(*ids: str) -> list[ET.Element]:
    return [task(id) for id in ids]


def operation(id: str, name: str, **parameters: str) -> ET.Element:
    return el("serviceTask", properties({"operation": name, **parameters}), id=id, name=f"步骤{id}")


def fork(*ids: str) -> list[ET.Element]:
    return [el("parallelGateway", id=id) for id in ids]


def merge(*ids: str) -> list[ET.Element]:
    return [el("exclusiveGateway", id=id) for id in ids]


def first_event(id: str) -> ET.Element:
    return el("eventBasedGateway", id=id)


def call(id: str, key: str) -> ET.Element:
    return el("callActivity", id=id, calledElement=key)


def block(id: str, *parts: Part) -> ET.Element:
    return el("subProcess", *_flat(parts), id=id)


def hear(id: str, message: str, on: str = "", interrupting: bool = True) -> ET.Element:
    return _event(id, on, interrupting, el("messageEventDefinition", messageRef=f"msg_{message}"))


def at(id: str, text: str, on: str = "", interrupting: bool = True, statutory: bool = False) -> ET.Element:
    when = el("timeDate")
    when.text = text
    made = _event(id, on, interrupting, el("timerEventDefinition", when))
    if statutory:
        made.insert(0, properties({"clock": "statutory"}))
    return made


def caught(id: str, error: str, on: str) -> ET.Element:
    return _event(id, on, True, el("errorEventDefinition", errorRef=f"err_{error}"))


def flow(*ids: str) -> list[ET.Element]:
    return [arrow(a, b) for a, b in itertools.pairwise(ids)]


def arrow(source: str, target: str, condition: str = "", id: str = "") -> ET.Element:
    made = el("sequenceFlow", id=id or f"f{next(_numbers)}", sourceRef=source, targetRef=target)
    if condition:
        made.append(el("conditionExpression"))
        made[0].text = condition
    return made


def choice(id: str, otherwise: str, **conditions_by_target: str) -> list[ET.Element]:
    """An exclusive gateway: the first condition that holds names the target."""
    default = arrow(id, otherwise)
    gateway = el("exclusiveGateway", id=id, default=default.get("id", ""))
    return [gateway, *(arrow(id, target, condition) for target, condition in conditions_by_target.items()), default]


def process(id: str, /, *parts: Part, **about: str) -> bytes:
    """A file with one process; lanes are drawn from the tasks' roles, messages and errors declared as used."""
    body = _flat(parts)
    inner = el("process", id=id, name=id, isExecutable="true")
    if about:
        inner.append(properties(about))
    inner.append(_lanes(id, body))
    inner.extend(body)
    root = el("definitions", inner, id=f"defs_{id}", targetNamespace="urn:test")
    for reference in sorted({found.get("messageRef", "") for found in root.iter(f"{{{BPMN}}}messageEventDefinition")}):
        root.append(el("message", id=reference, name=reference.removeprefix("msg_")))
    for reference in sorted({found.get("errorRef", "") for found in root.iter(f"{{{BPMN}}}errorEventDefinition")}):
        root.append(el("error", id=reference, name=reference, errorCode=reference.removeprefix("err_")))
    return bytes(ET.tostring(root, encoding="utf-8"))


def _event(id: str, on: str, interrupting: bool, definition: ET.Element) -> ET.Element:
    if not on:
        return el("intermediateCatchEvent", definition, id=id)
    return el("boundaryEvent", definition, id=id, attachedToRef=on, cancelActivity="true" if interrupting else "false")


def _flat(parts: Iterable[Part]) -> list[ET.Element]:
    return [one for part in parts for one in (part if isinstance(part, list) else [part])]


def _lanes(key: str, body: list[ET.Element]) -> ET.Element:
    by_role: dict[str, list[str]] = {}
    for one in el("x", *body).iter(f"{{{BPMN}}}userTask"):
        by_role.setdefault(one.get(f"{{{CAMUNDA}}}candidateGroups", ""), []).append(one.get("id", ""))
    lane_set = el("laneSet", id=f"Lanes_{key}")
    for role, ids in by_role.items():
        lane = el("lane", properties({"role": role}), id=f"Lane_{key}_{role.replace(',', '_')}", name=role)
        for id in ids:
            lane.append(el("flowNodeRef"))
            lane[-1].text = id
        lane_set.append(lane)
    return lane_set
