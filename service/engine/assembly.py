"""From our reading of a diagram to the library's specs: one per process and embedded subprocess, connected once, then only read."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit

from . import specs
from .nodes import Diagram, Node, Scope

MOST_KEPT = 256

_kept: OrderedDict[str, Mapping[str, BpmnProcessSpec]] = OrderedDict()
_lock = threading.Lock()


def assembled(diagram: Diagram) -> Mapping[str, BpmnProcessSpec]:
    """The specs of a diagram by process or subprocess id, kept by digest and shared by all threads."""
    with _lock:
        if diagram.digest in _kept:
            _kept.move_to_end(diagram.digest)
            return _kept[diagram.digest]
        made = _kept[diagram.digest] = {key: _process(scope) for key, scope in diagram.scopes.items()}
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return made


def _process(scope: Scope) -> BpmnProcessSpec:
    spec = BpmnProcessSpec(name=scope.id, description=scope.id)
    made = {key: _task(spec, node) for key, node in scope.nodes.items()}
    entries = {key: _with_boundaries(spec, made, scope, key) for key in made}
    for key, node in scope.nodes.items():
        if node.kind == "startEvent":
            spec.start.connect(made[key])
        elif node.kind == "endEvent":
            made[key].connect(spec.end)
        _connect(made[key], scope, node, entries)
    return spec


def _task(spec: BpmnProcessSpec, node: Node) -> Any:
    match node.kind:
        case "userTask":
            return specs.HumanTask(spec, node)
        case "serviceTask":
            return specs.OperationTask(spec, node)
        case "subProcess":
            return specs.Block(spec, node, subworkflow_spec=node.id)
        case "callActivity":
            return specs.CalledBlock(spec, node, subworkflow_spec=node.called)
        case "exclusiveGateway":
            return specs.Choice(spec, node)
        case "parallelGateway":
            return specs.CountingJoin(spec, node)
        case "eventBasedGateway":
            return specs.FirstEventGateway(spec, node)
        case "startEvent":
            return specs.Start(spec, node, event_definition=specs.definition(node))
        case "endEvent":
            return specs.End(spec, node, event_definition=specs.definition(node))
        case "intermediateCatchEvent":
            return specs.Catch(spec, node, event_definition=specs.definition(node))
        case "boundaryEvent":
            return specs.ListeningBoundary(spec, node, event_definition=specs.definition(node), cancel_activity=node.interrupting)
    raise AssertionError(f"{node.kind} passed the checks")


def _with_boundaries(spec: BpmnProcessSpec, made: Mapping[str, Any], scope: Scope, key: str) -> Any:
    """Where flows into a node arrive: the node, or the split that opens its boundary events beside it."""
    events = scope.boundaries[key]
    if not events:
        return made[key]
    split = BoundaryEventSplit(spec, f"{key}.BoundaryEventSplit")
    join = BoundaryEventJoin(spec, f"{key}.BoundaryEventJoin", split_task=split.name, cancel=True)
    split.connect(made[key])
    made[key].connect(join)
    for event in events:
        split.connect(made[event.id])
        made[event.id].connect(join)
    return split


def _connect(task: Any, scope: Scope, node: Node, entries: Mapping[str, Any]) -> None:
    flows = scope.outgoing[node.id]
    for flow in flows:
        target = entries[flow.target]
        if node.kind != "exclusiveGateway" or flow.id == node.default or (len(flows) == 1 and not flow.condition):
            task.connect(target)
        else:
            task.connect_if(specs.Condition(flow.condition or ""), target)
