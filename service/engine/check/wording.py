"""Whether every word a diagram uses exists: roles, forms, due rules, outcomes, operations, facts, functions, messages."""

import re
from collections.abc import Iterator
from contextlib import suppress

from ...errors import Invalid
from ..expressions import Expression, ExpressionError, assignments, parse
from ..nodes import Diagram, Node
from .findings import Findings, Vocabulary

OUTCOME = re.compile(r"[a-z][a-z0-9_]*\Z")
ALSO = re.compile(r"([a-z_]+)@([01]\d|2[0-3]):[0-5]\d\Z")
OUTCOME_FACT = re.compile(r"o_[A-Z][A-Za-z0-9]*_[A-Za-z0-9]+\Z")
KINDS = ("main", "phase", "companion", "service")
STAGES = (
    "detection",
    "home_visit",
    "verification",
    "persuasion",
    "admonition",
    "penalty",
    "court",
    "placement",
    "follow_up",
    "closure",
)
MESSAGE_OPERATIONS = ("message.raise", "cause.close")


def check_wording(diagram: Diagram, words: Vocabulary, found: Findings) -> None:
    _process(diagram, found)
    for node in diagram.nodes.values():
        match node.kind:
            case "userTask":
                _who(diagram, node, words, found)
                _form_and_due(node, words, found)
                _outcomes(node, found)
            case "serviceTask":
                _operation(node, words, found)
        if node.event.kind == "message" and node.event.name not in words.messages:
            found.error("message_unknown", node, f"等待的消息“{node.event.name}”没有登记，永远等不到")
        if node.event.kind == "timer" and not node.event.text.startswith("="):
            _due(node, node.event.text, words, found)
    _expressions(diagram, words, found)


def check_texts(diagram: Diagram, found: Findings) -> None:
    """Whether every expression can be read and every step says what it does; without that nothing can start."""
    for id, text in _texts(diagram):
        try:
            parse(text)
        except ExpressionError as error:
            found.error("expression", id, error.message)
    for node in diagram.nodes.values():
        if node.kind == "serviceTask" and not node.properties.get("operation"):
            found.error("operation_missing", node, "没有指定自动步骤做什么（operation）")


def expressions(diagram: Diagram) -> Iterator[tuple[str, Expression]]:
    """Every readable expression of a diagram with its element."""
    for id, text in _texts(diagram):
        with suppress(ExpressionError):
            yield id, parse(text)


def facts_set(diagram: Diagram) -> Iterator[str]:
    """Facts this diagram's tasks and steps set, outcome facts included."""
    for node in diagram.nodes.values():
        if node.kind == "userTask":
            yield f"o_{node.short_id}"
        try:
            yield from (name for name, _ in assignments(node.properties.get("facts", "")))
        except ExpressionError:
            continue


def _texts(diagram: Diagram) -> Iterator[tuple[str, str]]:
    for scope in diagram.scopes.values():
        yield from ((flow.id, flow.condition) for flow in scope.flows if flow.condition)
    for node in diagram.nodes.values():
        if node.event.text.startswith("="):
            yield node.id, node.event.text
        if node.due and node.due.startswith("="):
            yield node.id, node.due
        yield from ((node.id, outcome.offer) for outcome in node.outcomes if outcome.offer)


def _process(diagram: Diagram, found: Findings) -> None:
    about, id = diagram.properties, diagram.process_id
    if about.get("kind") not in KINDS:
        found.error("process_kind", id, "流程没有标明类别 kind（main 主流程、phase 阶段、companion 伴随流程、service 服务流程）")
    if about.get("kind") == "phase" and about.get("stage") not in STAGES:
        found.error("process_stage", id, "阶段流程没有标明所属阶段 stage")
    if about.get("kind") == "companion":
        if about.get("ends_with_work") not in ("true", "false"):
            found.error("process_ends", id, "伴随流程没有标明是否随劝返工作一同结束 ends_with_work（true 或 false）")
        if about.get("at_once") not in ("one", "many"):
            found.error("process_at_once", id, "伴随流程没有标明同时允许几个 at_once（one 或 many）")


def _who(diagram: Diagram, node: Node, words: Vocabulary, found: Findings) -> None:
    if len(node.roles) != 1:
        found.error("role_one", node, "必须恰好指定一个办理角色（candidateGroups）")
        return
    role = node.roles[0]
    for other in (role, *node.copies):
        if other not in words.roles:
            found.error("role_unknown", node, f"使用了不存在的角色“{other}”")
    if not diagram.lanes:
        return
    if node.lane_role is None:
        found.error("lane_missing", node, "没有放进任何泳道，或泳道没有标明角色（role）")
    elif node.lane_role != role:
        found.error("lane_role", node, f"在“{node.lane_role}”的泳道里，办理角色却是“{role}”，两者必须一致")
    also = ALSO.match(node.properties.get("also", "")) if "also" in node.properties else None
    if "also" in node.properties and (also is None or also[1] not in words.roles):
        found.error("also", node, "的 also 应写成“角色@时:分”，例如 township_edu_officer@14:00")


def _form_and_due(node: Node, words: Vocabulary, found: Findings) -> None:
    if not node.form_key:
        found.error("form_missing", node, "没有指定表单（formKey）")
    elif node.form_key not in words.forms:
        found.error("form_unknown", node, f"指定的表单“{node.form_key}”不存在")
    if not node.due:
        found.warning("due_missing", node, "没有办理期限")
    elif not node.due.startswith("="):
        _due(node, node.due, words, found)


def _due(node: Node, rule: str, words: Vocabulary, found: Findings) -> None:
    try:
        words.due_rule(rule)
    except Invalid as error:
        found.error("due_rule", node, f"的期限“{rule}”写法有误：{error.message}")


def _outcomes(node: Node, found: Findings) -> None:
    ids = [outcome.id for outcome in node.outcomes]
    for outcome in node.outcomes:
        if not OUTCOME.match(outcome.id):
            found.error("outcome_form", node, f"的结果“{outcome.id}”应写成“标识=名称”，标识用小写字母、数字和下划线")
        elif outcome.name == outcome.id:
            found.error("outcome_form", node, f"的结果“{outcome.id}”没有中文名称")
    if len(set(ids)) != len(ids):
        found.error("outcome_twice", node, "有两个标识相同的结果")
    for name in node.properties:
        if name.startswith("offer.") and name.removeprefix("offer.") not in ids:
            found.error("offer_unknown", node, f"的 {name} 指向不存在的结果")
    _assignments(node, found)


def _assignments(node: Node, found: Findings) -> None:
    try:
        assignments(node.properties.get("facts", ""))
    except ExpressionError as error:
        found.error("facts_form", node, f"的 facts 有误：{error.message}")


def _operation(node: Node, words: Vocabulary, found: Findings) -> None:
    name = node.properties.get("operation")
    if name and name not in words.operations:
        found.error("operation_unknown", node, f"使用了没有登记的操作“{name}”")
    message = node.properties.get("message")
    if name in MESSAGE_OPERATIONS and message and message not in words.messages:
        found.error("message_unknown", node, f"发出的消息“{message}”没有登记")
    _assignments(node, found)


def _expressions(diagram: Diagram, words: Vocabulary, found: Findings) -> None:
    known = words.facts | set(facts_set(diagram))
    for id, expression in expressions(diagram):
        for function in sorted(expression.functions - words.functions):
            found.error("function_unknown", id, f"表达式“{expression.text}”使用了不存在的函数“{function}”")
        for name in sorted(expression.names - known):
            if not OUTCOME_FACT.match(name):
                found.warning("fact_elsewhere", id, f"表达式“{expression.text}”用到的事实“{name}”不在本图中产生，请确认由其他流程提供")
