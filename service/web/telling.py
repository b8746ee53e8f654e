"""History as somebody tells it: one Chinese sentence per event, whatever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.cases import CLOSURE_NAMES, STATUS_NAMES
from service.cases.clocks import KINDS as CLOCKS
from service.cases.events import BY_PERSON
from service.engine import Diagram, Node
from service.web import words

TRIGGER_NAMES = {
    "absence": "缺勤",
    "term_missing": "开学未到",
    "roster_gap": "名册比对",
    "clue": "线索",
    "not_enrolled": "应入学未入学",
    "suspension_end": "休学期满",
    "reopen": "重新立案",
}
LIST_NAMES = {"red": "红名单", "white": "白名单"}
SERVED_NAMES = {
    "return_notice": "劝返复学通知书",
    "rectify_order": "责令限期改正通知书",
    "penalty_notice": "行政处罚事先告知书",
    "penalty_decision": "行政处罚决定书",
    "demand": "履行行政决定催告书",
}
MESSAGE_NAMES = {
    **BY_PERSON,
    "return_confirmed": "返校已确认",
    "ladder_reset": "退出法律程序，继续帮扶",
    "absent_threshold": "缺勤达到认定天数",
    "relapse_suspected": "疑似再次失学",
    "cause_closed": "专项办结",
    "suspension_over": "休学期满",
    "claim_rejected": "返校未被确认",
    "age_review": "年满16周岁复核",
}
BACKGROUND = {"task.opened", "timer.fired", "process.started", "companion.joined", "task.reminded", "task.cancelled", "record.viewed"}
"""Events of the machinery: in the whole history, not in the short one."""


@dataclass(frozen=True)
class Line:
    """One event as it is told."""

    seq: int
    at: datetime
    title: str
    who: str
    quote: str = ""
    late: bool = False
    tone: str = ""
    task_id: int | None = None
    background: bool = False


class Teller:
    """Knows the names that events only number: nodes, processes, people."""

    def __init__(self, nodes: Mapping[str, Node], diagrams: Mapping[str, Diagram], names: Mapping[int, str]) -> None:
        self._nodes, self._diagrams, self._names = nodes, diagrams, names

    def tell(self, events: Sequence[Mapping[str, Any]]) -> list[Line]:
        """The events of a timeline (`cases.timeline`), in their order."""
        return [self._line(event) for event in events]

    def _line(self, event: Mapping[str, Any]) -> Line:
        action, data = event["action"], event["data"]
        happened = action == "timer.fired" and self.node(event["node_id"]) != ""
        return Line(
            seq=event["seq"],
            at=event["at"],
            title=self.sentence(action, event["node_id"], data),
            who=_who(event),
            quote=str(data.get("reason") or data.get("note") or ""),
            late=bool(data.get("late")) or action == "task.overdue",
            tone=_tone(action),
            task_id=data.get("task") if action == "task.completed" else None,
            background=action in BACKGROUND and not happened and not (action == "task.reminded" and event["actor"]),
        )

    def node(self, node_id: str | None) -> str:
        """A step by its name."""
        found = self._nodes.get(node_id or "")
        return found.name if found else ""

    def person(self, person_id: Any) -> str:
        return self._names.get(int(person_id), "同事") if person_id else "待认领"

    def sentence(self, action: str, node_id: str | None, data: Mapping[str, Any]) -> str:
        """What happened."""
        name = self.node(node_id)
        subject, _, what = action.partition(".")
        match subject:
            case "task":
                return self._task(what, name, node_id, data)
            case "case":
                return _case(what, data)
            case "clock":
                return _clock(what, data)
            case "document":
                kind = SERVED_NAMES.get(str(data.get("of")), "文书")
                return (
                    f"制发文书 {data.get('number', '')}".strip() if what == "issued" else f"{kind}已送达（{_day(data.get('served_on'))}）"
                )
        return self._other(action, name, data)

    def _task(self, what: str, name: str, node_id: str | None, data: Mapping[str, Any]) -> str:
        match what:
            case "opened":
                return f"{name}：交{self.person(data.get('to'))}办理"
            case "completed":
                outcome = self._outcome(node_id, data.get("outcome"))
                return f"{name}：{outcome}" if outcome else name
            case "assigned":
                return f"{name}：转办给{self.person(data.get('to'))}"
            case "delegated":
                return f"{name}：委派给{self.person(data.get('to'))}，到{_day(data.get('until'))}为止"
            case "escalated":
                return f"{name}：升级报{self.person(data.get('to'))}"
        said = {
            "claimed": "认领",
            "released": "退回待认领",
            "reminded": "催办",
            "overdue": "逾期未办",
            "returned": "退回上一步",
            "withdrawn": "撤回",
            "corrected": "补充更正",
            "cancelled": "不再需要办理",
        }
        return f"{name}：{said.get(what, '有变动')}"

    def _outcome(self, node_id: str | None, outcome: Any) -> str:
        node = self._nodes.get(node_id or "")
        found = next((o.name for o in node.outcomes if o.id == outcome), "") if node else ""
        return "" if found == "完成" else found

    def _other(self, action: str, name: str, data: Mapping[str, Any]) -> str:
        match action:
            case "timer.fired":
                return f"到时间：{name}" if name else "到了设定的时间，流程继续"
            case "event.received":
                event = str(data.get("event"))
                return f"登记：{MESSAGE_NAMES.get(event, '其他情况')}"
            case "process.started" | "companion.joined":
                diagram = self._diagrams.get(str(data.get("process")))
                verb = "启动" if action == "process.started" else "并入正在办理的"
                return f"{verb}流程“{diagram.name if diagram else ''}”"
            case "incident.opened":
                return "系统记录一件异常，已报管理员"
            case "incident.closed":
                return "异常处理完毕"
            case "record.viewed":
                return "查阅了记录"
            case "record.exported":
                return "导出了记录"
            case "instance.migrated":
                return "案件改按新版流程办理"
            case "attendance.corrected":
                return f"更正{_day(data.get('day'))}的点名"
        return "系统记录"


def _case(what: str, data: Mapping[str, Any]) -> str:
    match what:
        case "opened":
            return f"立案：来源为{TRIGGER_NAMES.get(str(data.get('trigger')), '登记')}"
        case "status":
            return f"案件状态变为“{STATUS_NAMES.get(str(data.get('after')), '')}”"
        case "closed":
            return f"案件销号：{CLOSURE_NAMES.get(str(data.get('code')), '结案')}"
        case "relapsed":
            return f"再次失学，重新劝返（第 {data.get('episode', '')} 次）"
        case "list":
            return f"列入{LIST_NAMES.get(str(data.get('after')), '名单')}"
    return "案件有变动"


def _clock(what: str, data: Mapping[str, Any]) -> str:
    kind = CLOCKS.get(str(data.get("key")))
    name = kind.name if kind else "法定期限"
    match what:
        case "started":
            return f"{name}开始计算，到{_day(data.get('ends_on'))}为止"
        case "warned":
            return f"{name}提醒：{words.days_left(int(data.get('days_left', 0)))}"
    return f"{name}{ {'met': '已届满或已办到', 'stopped': '停止计算', 'missed': '已错过', 'amended': '已调整'}.get(what, '有变动') }"


def _who(event: Mapping[str, Any]) -> str:
    actor, behalf = event["actor"], event["on_behalf_of"]
    if actor is None:
        return "系统"
    return f"{actor['name']}（代{behalf['name']}）" if behalf else str(actor["name"])


def _tone(action: str) -> str:
    if action in {"task.overdue", "clock.missed", "incident.opened"}:
        return "bad"
    return "law" if action.startswith("clock.") else ""


def _day(value: Any) -> str:
    return words.short_day(date.fromisoformat(str(value)[:10])) if value else ""
