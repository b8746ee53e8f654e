"""Reading a BPMN file into our own nodes and flows.

We do not use the library's XML parser: it orders a gateway's conditions by their height on the
page, finds lanes by memory address, descends recursively and silently skips what it does not know.
`read` refuses only what cannot be understood at all; what is understood but
must not run is for `check`.
"""

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from .nodes import DONE, PLAIN, Diagram, Event, Flow, Lane, Node, Outcome, Problem, Scope, Unreadable
from .xmlfile import BPMN, CAMUNDA, ZEEBE, open_xml, unreadable

ORNAMENTS = ("documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation", "association", "group")
IGNORED = frozenset(BPMN + tag for tag in ORNAMENTS)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
EVENTS = "EventDefinition"
MARKS = (
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "triggeredByEvent",
    "isForCompensation",
    "parallelMultiple",
    "instantiate",
)


@functools.lru_cache(maxsize=512)
def read(xml: bytes) -> Diagram:
    """Read one file with one process. The same bytes give the same, shared, unchanging diagram. Raises `Unreadable`."""
    return _Reading(open_xml(xml), xml).diagram()


class _Reading:
    def __init__(self, root: etree._Element, xml: bytes) -> None:
        self.root, self.xml = root, xml
        self.problems: list[Problem] = []
        self.messages = {item.get("id", ""): _message_name(item) for item in root.iter(BPMN + "message")}
        self.errors = {item.get("id", ""): item.get("errorCode") or item.get("name") or "" for item in root.iter(BPMN + "error")}
        self.ids: set[str] = set()
        self.scopes: dict[str, Scope] = {}
        self.nodes: dict[str, Node] = {}

    def diagram(self) -> Diagram:
        self._note_ids()
        process = self._process()
        properties, id = _properties(process), process.get("id", "")
        self.key = properties.get("key") or id
        self.lanes, self.lane_of = _lanes(process)
        self._scope(process, id, None, None)
        if self.problems:
            raise Unreadable(self.problems)
        return Diagram(
            process_key=self.key,
            process_id=id,
            name=process.get("name") or self.key,
            digest=hashlib.sha256(self.xml).hexdigest(),
            xml=self.xml,
            properties=properties,
            scopes=self.scopes,
            nodes=self.nodes,
            lanes=self.lanes,
            ids=frozenset(self.ids),
            documentation=_documentation(process),
        )

    def _note_ids(self) -> None:
        for element in self.root.iter():
            key = element.get("id") if isinstance(element.tag, str) and element.tag.startswith(BPMN) else None
            if key is None:
                continue
            if key in self.ids:
                self._problem("id_duplicate", key, f"标识“{key}”在文件中出现了两次")
            elif not IDENTIFIER.match(key):
                self._problem("id_form", key, f"标识“{key[:60]}”含有不允许的字符，只能使用字母、数字、下划线、点和连字符")
            self.ids.add(key)

    def _process(self) -> etree._Element:
        processes = self.root.findall(BPMN + "process")
        if len(processes) != 1:
            raise unreadable("one_process", f"一个文件只能有一个流程，此文件有{len(processes)}个")
        if not processes[0].get("id"):
            raise unreadable("id_missing", "流程没有标识")
        if processes[0].get("isExecutable", "true") != "true":
            self._problem("not_executable", processes[0].get("id", ""), "流程被标为不可执行，请勾选“可执行”")
        return processes[0]

    def _scope(self, element: etree._Element, key: str, parent: str | None, lane: str | None) -> None:
        nodes: dict[str, Node] = {}
        flows: list[Flow] = []
        inner: list[tuple[etree._Element, str | None]] = []
        for child in element:
            if not isinstance(child.tag, str) or not child.tag.startswith(BPMN) or child.tag in IGNORED:
                continue
            if not child.get("id"):
                self._problem("id_missing", key, f"“{key}”中有一个元素没有标识")
            elif child.tag == BPMN + "sequenceFlow":
                flows.append(_flow(child))
            else:
                role = self.lane_of.get(child.get("id", ""), lane)
                node = nodes[child.get("id", "")] = self._node(child, key, role)
                if node.kind in ("subProcess", "transaction", "adHocSubProcess"):
                    inner.append((child, role))
        self._check_ends(nodes, flows)
        self.scopes[key] = Scope(key, parent, nodes, tuple(flows))
        self.nodes.update(nodes)
        for child, role in inner:
            self._scope(child, child.get("id", ""), key, role)

    def _check_ends(self, nodes: Mapping[str, Node], flows: list[Flow]) -> None:
        for flow in flows:
            if flow.source not in nodes or flow.target not in nodes:
                self._problem("flow_ends", flow.id, f"连线“{flow.id}”的一端不存在或在另一个子流程里")
        for node in nodes.values():
            if node.kind == "boundaryEvent" and node.attached_to not in nodes:
                self._problem("boundary_host", node.id, f"边界事件“{node.name}”没有附着在同一层的活动上")

    def _node(self, element: etree._Element, scope: str, lane_role: str | None) -> Node:
        properties = _properties(element)
        form, groups, due = _human(element)
        return Node(
            id=element.get("id", ""),
            name=_one_line(element.get("name")) or element.get("id", ""),
            kind=_tag(element),
            process=self.key,
            scope=scope,
            lane_role=lane_role,
            form_key=form,
            roles=_commas(groups),
            due=due,
            properties=properties,
            outcomes=_outcomes(properties),
            copies=_commas(properties.get("copies")),
            documentation=_documentation(element),
            event=self._event(element),
            called=element.get("calledElement") or None,
            attached_to=element.get("attachedToRef"),
            interrupting=element.get("cancelActivity", "true").lower() == "true",
            default=element.get("default"),
            marks=frozenset(_marks(element)),
        )

    def _event(self, element: etree._Element) -> Event:
        definitions = [child for child in element if isinstance(child.tag, str) and child.tag.endswith(EVENTS)]
        if not definitions:
            return PLAIN
        if len(definitions) > 1:
            return Event("multiple")
        definition, key = definitions[0], element.get("id", "")
        kind = _tag(definition).removesuffix(EVENTS)
        match kind:
            case "message":
                return Event(kind, name=self._reference(key, definition.get("messageRef"), self.messages, "消息"))
            case "error":
                return Event(kind, name=self._reference(key, definition.get("errorRef"), self.errors, "错误"))
            case "timer":
                statutory = {**_properties(element), **_properties(definition)}.get("clock") == "statutory"
                form = next((child for child in definition if isinstance(child.tag, str) and child.tag.startswith(BPMN + "time")), None)
                text = _one_line(form.text) if form is not None else ""
                return Event(kind, text=text, timer_form=_tag(form) if form is not None else "", statutory=statutory)
        return Event(kind)

    def _reference(self, key: str, reference: str | None, known: Mapping[str, str], what: str) -> str:
        if not reference or not known.get(reference):
            self._problem("event_reference", key, f"事件“{key}”没有指向文件中已声明的{what}")
            return ""
        return known[reference]

    def _problem(self, rule: str, element_id: str, message: str) -> None:
        self.problems.append(Problem("error", rule, element_id, message))


def _tag(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _commas(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _message_name(element: etree._Element) -> str:
    return (element.get("name") or element.get("id") or "").strip().removeprefix("msg_")


def _extensions(element: etree._Element) -> Iterator[etree._Element]:
    for block in element.findall(BPMN + "extensionElements"):
        yield from block


def _properties(element: etree._Element) -> dict[str, str]:
    blocks = list(_extensions(element))
    items = [item for spelling in (ZEEBE, CAMUNDA) for block in blocks if block.tag == spelling + "properties" for item in block]
    found = {(item.get("name") or "").strip(): (item.get("value") or "").strip() for item in items}
    found.pop("", None)
    return found


def _human(element: etree._Element) -> tuple[str | None, str | None, str | None]:
    """Form, candidate groups and due rule: as Camunda 7 attributes, or in Zeebe's child elements."""

    def zeebe(tag: str, name: str) -> str | None:
        return next((block.get(name) for block in _extensions(element) if block.tag == ZEEBE + tag and block.get(name)), None)

    form = element.get(CAMUNDA + "formKey") or zeebe("formDefinition", "formKey") or zeebe("formDefinition", "formId")
    groups = element.get(CAMUNDA + "candidateGroups") or zeebe("assignmentDefinition", "candidateGroups")
    due = element.get(CAMUNDA + "dueDate") or zeebe("taskSchedule", "dueDate")
    return form, groups, _one_line(due) or None


def _outcomes(properties: Mapping[str, str]) -> tuple[Outcome, ...]:
    """`leave=请假; sick=生病`; a malformed part keeps its text as id, for `check` to find."""
    parts = [part.partition("=") for part in properties.get("outcomes", "").split(";") if part.strip()]
    pairs = [(key.strip(), name.strip()) for key, _, name in parts]
    return tuple(Outcome(key, name or key, properties.get(f"offer.{key}")) for key, name in pairs) or DONE


def _documentation(element: etree._Element) -> str:
    return "\n".join((text.text or "").strip() for text in element.findall(BPMN + "documentation")).strip()


def _flow(element: etree._Element) -> Flow:
    condition = element.find(BPMN + "conditionExpression")
    text = _one_line(condition.text) if condition is not None else ""
    return Flow(
        element.get("id", ""), element.get("sourceRef", ""), element.get("targetRef", ""), text or None, _one_line(element.get("name"))
    )


def _marks(element: etree._Element) -> Iterator[str]:
    for mark in MARKS:
        if element.find(BPMN + mark) is not None or element.get(mark) == "true":
            yield mark


def _lanes(process: etree._Element) -> tuple[tuple[Lane, ...], dict[str, str | None]]:
    """Every lane, and the role of the innermost lane that lists a node. Lane sets may nest and may lie in subprocesses."""
    lanes, role_of = [], {}
    for element in process.iter(BPMN + "lane"):  # outer lanes come first, so inner ones win
        lane = Lane(element.get("id", ""), _one_line(element.get("name")), _properties(element).get("role") or None)
        lanes.append(lane)
        for reference in element.findall(BPMN + "flowNodeRef"):
            role_of[(reference.text or "").strip()] = lane.role
    return tuple(lanes), role_of
