"""What the engine runs correctly, element by element. Anything else it would run wrongly or ignore without a word."""

from collections import Counter

from ..nodes import Diagram, Flow, Node, Scope
from .findings import Findings

MOST_NODES = 300
NAMES = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "userTask": "人工任务",
    "serviceTask": "自动步骤",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "intermediateCatchEvent": "等待事件",
    "boundaryEvent": "边界事件",
    "callActivity": "调用流程",
    "subProcess": "内嵌子流程",
}
HINTS = {
    "task": "普通任务没有办理人，请改为人工任务或自动步骤",
    "scriptTask": "不允许脚本任务，请改用登记过的自动步骤",
    "sendTask": "发送任务不受支持，消息由自动步骤发出",
    "receiveTask": "请改用等待事件",
    "inclusiveGateway": "不支持包容网关，请改用排他网关或并行网关",
    "complexGateway": "不支持复杂网关",
    "intermediateThrowEvent": "不支持抛出事件，消息由自动步骤发出",
    "transaction": "不支持事务子流程",
    "adHocSubProcess": "不支持临时子流程",
}
MARKS = {
    "multiInstanceLoopCharacteristics": "不支持多实例，请逐个任务画出或由自动步骤启动伴随流程",
    "standardLoopCharacteristics": "不支持循环标记，请用网关画出循环",
    "triggeredByEvent": "不支持事件子流程（会立即启动或永不中断），请改用边界事件",
    "isForCompensation": "不支持补偿",
    "parallelMultiple": "不支持并行多重事件",
    "instantiate": "不支持由事件网关启动流程",
}
EVENTS = {
    "startEvent": {"none"},
    "endEvent": {"none", "terminate", "error"},
    "intermediateCatchEvent": {"message", "timer"},
    "boundaryEvent": {"message", "timer", "error"},
}
RESERVED = ("Start", "End", "Root", "StartEventSplit", "StartEventJoin")
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
BLOCKS = ("subProcess", "callActivity")


def check_elements(diagram: Diagram, found: Findings) -> None:
    if len(diagram.nodes) > MOST_NODES:
        found.error("too_large", diagram.process_id, f"流程图有{len(diagram.nodes)}个元素，超过{MOST_NODES}个，请拆成几个流程")
    for scope in diagram.scopes.values():
        _starts_and_ends(scope, found)
        for node in scope.nodes.values():
            _kind(node, found)
            _event(scope, node, found)
            _flows(scope, node, found)
        _doubled_flows(scope, found)


def _kind(node: Node, found: Findings) -> None:
    if node.kind not in NAMES:
        found.error("element", node, HINTS.get(node.kind, f"使用了不支持的元素 {node.kind}"))
    for mark in sorted(node.marks):
        found.error("element", node, MARKS[mark])
    if node.id in RESERVED or node.id.endswith(RESERVED_ENDINGS):
        found.error("id_reserved", node, f"的标识“{node.id}”为系统保留，请改名")
    if node.kind == "callActivity" and not node.called:
        found.error("call_target", node, "没有指定要调用的流程")


def _event(scope: Scope, node: Node, found: Findings) -> None:
    allowed = EVENTS.get(node.kind)
    if allowed is None:
        return
    kind = node.event.kind
    if kind not in allowed:
        found.error("event_kind", node, f"：{NAMES[node.kind]}不支持“{kind}”类型，会被忽略或一直等待")
    if kind == "timer":
        _timer(node, found)
    host = scope.nodes.get(node.attached_to or "")
    if host is None:
        return
    if kind == "error" and host.kind not in BLOCKS:
        found.error("error_host", node, "：错误边界事件只能附着在子流程或调用上")
    if not node.interrupting and kind == "message":
        found.error("boundary_message_once", node, "：不中断的消息边界事件只会听到一次消息，请改为由消息启动伴随流程")
    if not node.interrupting and host.kind in BLOCKS:
        found.error("boundary_block", node, "：子流程和调用上只能使用中断型边界事件；可能多次发生的事项请启动伴随流程")
    if host.kind not in (*BLOCKS, "userTask"):
        found.error("boundary_host", node, "只能附着在人工任务、子流程或调用上")


def _timer(node: Node, found: Findings) -> None:
    if node.event.timer_form == "timeCycle":
        found.error("timer_cycle", node, "使用了重复定时（timeCycle），请用“网关—定时—人工任务—网关”画出循环")
    elif node.event.timer_form != "timeDate" or not node.event.text:
        found.error("timer_form", node, "的定时必须填写日期（timeDate）：期限规则，或以“=”开头的表达式")


def _starts_and_ends(scope: Scope, found: Findings) -> None:
    if len(scope.starts) != 1:
        found.error("start_one", scope.id, f"每个流程或子流程必须恰有一个开始事件，这里有{len(scope.starts)}个；多余的开始事件不会运行")
    if not any(node.kind == "endEvent" for node in scope.nodes.values()):
        found.error("end_missing", scope.id, "流程或子流程没有结束事件")


def _flows(scope: Scope, node: Node, found: Findings) -> None:
    out, into = scope.outgoing[node.id], scope.incoming[node.id]
    match node.kind:
        case "exclusiveGateway":
            _choice(node, out, found)
        case "eventBasedGateway":
            _event_gateway(scope, node, out, found)
        case "endEvent":
            if out:
                found.error("end_outflow", node, "是结束事件，不能再有引出的连线")
        case "parallelGateway":
            pass
        case _:
            if len(out) > 1:
                found.error("one_outflow", node, f"引出了{len(out)}条连线，请用网关分支")
    if node.kind != "endEvent" and not out:
        found.error("dead_end", node, "没有引出的连线，流程会停在这里")
    if node.kind not in ("exclusiveGateway",):
        for flow in out:
            if flow.condition:
                found.error("condition_ignored", flow.id, f"从“{node.name}”引出的连线带有条件，条件只在排他网关后有效，这里会被忽略")
    if node.kind in ("startEvent", "boundaryEvent") and into:
        found.error("event_inflow", node, "不能有引入的连线")


def _choice(node: Node, out: tuple[Flow, ...], found: Findings) -> None:
    if len(out) == 1:
        if out[0].condition:
            found.error("condition_single", out[0].id, f"“{node.name}”只有一条引出连线，条件不成立时流程会停住，请去掉条件或增加默认连线")
        return
    default = next((flow for flow in out if flow.id == node.default), None)
    if default is None and out:
        found.error("gateway_default", node, "没有默认连线，所有条件都不成立时流程会停住")
    if default is not None and default.condition:
        found.error("default_condition", default.id, f"“{node.name}”的默认连线不应带条件")
    for flow in out:
        if flow is not default and not flow.condition:
            found.error("condition_missing", flow.id, f"从“{node.name}”引出的连线没有条件，也不是默认连线")


def _event_gateway(scope: Scope, node: Node, out: tuple[Flow, ...], found: Findings) -> None:
    targets = [scope.nodes[flow.target] for flow in out]
    if len(out) < 2:
        found.error("event_gateway", node, "至少要连接两个等待事件")
    if any(target.kind != "intermediateCatchEvent" or len(scope.incoming[target.id]) != 1 for target in targets):
        found.error("event_gateway", node, "之后只能直接连接等待事件，且这些事件没有别的引入连线")
    if sum(target.event.kind == "timer" for target in targets) > 1:
        found.error("event_gateway_timers", node, "之后最多只能有一个定时事件，多个定时会互相覆盖")
    names = Counter(target.event.name for target in targets if target.event.kind == "message")
    if any(count > 1 for count in names.values()):
        found.error("event_gateway", node, "之后有两个等待同一消息的事件")


def _doubled_flows(scope: Scope, found: Findings) -> None:
    pairs = Counter((flow.source, flow.target) for flow in scope.flows)
    for flow in scope.flows:
        if pairs[flow.source, flow.target] > 1 and scope.nodes[flow.target].kind == "parallelGateway":
            found.error("flow_doubled", flow.id, "同一并行网关有两条来自同一元素的连线，汇合时无法区分")
    for node in scope.nodes.values():
        heard = Counter((event.event.kind, event.event.name) for event in scope.boundaries[node.id] if event.event.kind != "timer")
        if any(count > 1 for count in heard.values()):
            found.error("boundary_doubled", node, "上有两个等待同一消息或错误的边界事件")
