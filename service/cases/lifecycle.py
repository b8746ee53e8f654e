"""Status and stage of a case: what may follow what, whatever a diagram says (DOMAIN e.9.1)."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.cases.models import Case
from service.errors import Conflict
from service.processes import Motion

STATUS_NAMES = {
    "alert": "缺勤预警",
    "suspected": "疑似辍学",
    "confirmed": "辍学（劝返中）",
    "ordered": "已责令改正",
    "penalty": "行政处罚中",
    "court": "司法程序中",
    "return_claimed": "返校待确认",
    "returned": "已复学待安置",
    "red": "稳控（红名单）",
    "white": "稳控（白名单）",
    "suspended": "休学/延缓",
    "home_teaching": "送教上门",
    "transferring": "转学核实中",
    "tracing": "失联查找中",
    "hold": "中止",
    "closing": "销号审批中",
    "closed": "已销号",
}

STAGE_NAMES = {
    "detection": "发现",
    "home_visit": "家访",
    "verification": "核实认定",
    "persuasion": "劝返",
    "admonition": "责令改正",
    "penalty": "行政处罚",
    "court": "司法程序",
    "placement": "返校安置",
    "follow_up": "稳控回访",
    "closure": "销号",
}

CLOSURE_NAMES = {
    "C01": "复学稳定",
    "C02": "完成义务教育",
    "C03": "转学或异地就读核实",
    "C04": "送教上门落实",
    "C06": "死亡",
    "C07": "出国（境）",
    "C08": "数据错误/重复学籍",
    "C09": "在中职/特教/专门学校/监管场所接受教育",
    "C10": "超龄经批准",
    "C11": "到校/请假结束预警",
    "C12": "合并",
}

_ASIDE = {"transferring", "tracing", "suspended", "home_teaching", "closing", "hold"}
_ACTIVE = set(STATUS_NAMES) - {"closed"}
_IN_WORK = {"suspected", "confirmed", "ordered", "penalty", "court"}
_COVERING = {"return_claimed", "transferring", "tracing", "hold"}
"""Statuses shown above the one of the ladder, which goes on beneath."""
_NEXT: dict[str, set[str]] = {
    "alert": {"closed", "suspected"},
    "suspected": {"confirmed", "return_claimed", "closed", "red"},
    "confirmed": {"ordered", "return_claimed"},
    "ordered": {"penalty", "court", "return_claimed", "confirmed"},
    "penalty": {"court", "return_claimed", "ordered", "confirmed"},
    "court": {"return_claimed", "ordered", "confirmed"},
    "return_claimed": {"returned", *_IN_WORK, "transferring", "tracing"},
    "returned": {"red", "white", "home_teaching"},
    "red": {"white", "suspected"},
    "white": {"red", "suspected"},
    "suspended": {"red", "suspected"},
    "transferring": {"return_claimed", *_IN_WORK},
    "tracing": {"return_claimed", *_IN_WORK},
    "home_teaching": {"red"},
    "hold": _ACTIVE,
    "closing": {"closed", *_ACTIVE},
    "closed": set(),
}
"""What may follow a status; besides, every active status may step aside (`_ASIDE`)."""

WATCHED_FOR = timedelta(days=180)
_PHASES = list(STAGE_NAMES)


class TransitionRefused(Conflict):
    """A status that may not follow the present one."""

    code = "transition_refused"


def allowed(before: str, after: str) -> bool:
    """Whether a case may go from one status to another."""
    return after == before or after in _NEXT[before] or (before != "closed" and after in _ASIDE)


def of(motion: Motion) -> Case:
    """The case of a motion, loaded once."""
    if "case" not in motion.memory:
        motion.memory["case"] = motion.session.get_one(Case, motion.case_id)
    case: Case = motion.memory["case"]
    return case


def set_status(motion: Motion, status: str, **data: Any) -> None:
    """Change the status. Raises `TransitionRefused`."""
    case = of(motion)
    if case.status == status:
        return
    if case.status in _COVERING and status in _IN_WORK and case.status_before:
        _change_beneath(motion, case, status)
        return
    if not allowed(case.status, status):
        raise TransitionRefused(f"案件当前为“{STATUS_NAMES[case.status]}”，不能变为“{STATUS_NAMES[status]}”")
    before, case.status = case.status, status
    motion.note("case.status", before=before, after=status, **data)


def _change_beneath(motion: Motion, case: Case, status: str) -> None:
    """The ladder goes on while a return is claimed or a move is looked into: the status to come back to changes."""
    assert case.status_before
    if not allowed(case.status_before, status):
        raise TransitionRefused(f"案件当前为“{STATUS_NAMES[case.status_before]}”，不能变为“{STATUS_NAMES[status]}”")
    if case.status_before != status:
        motion.note("case.status", before=case.status_before, after=status, shown=case.status)
        case.status_before = status


def step_aside(motion: Motion, status: str) -> None:
    """Go to a passing status and remember where to come back to."""
    case = of(motion)
    if case.status != status:
        case.status_before = case.status if case.status not in _ASIDE | {"return_claimed"} else case.status_before
        set_status(motion, status)


def step_aside_for_claim(motion: Motion) -> None:
    """A return is claimed: the status waits for its confirmation."""
    case = of(motion)
    case.status_before = case.status
    set_status(motion, "return_claimed")


def step_back(motion: Motion) -> None:
    """Come back from a passing status."""
    case = of(motion)
    before, case.status_before = case.status_before, None
    if before:
        set_status(motion, before)


def follow_stage(motion: Motion) -> None:
    """Keep the stage the phase that runs: the furthest one of those active in the main instance."""
    if motion.root.status != "open":
        return
    diagrams = motion.frozen.bundle.diagrams
    active = {
        str(diagrams[key].properties.get("stage")) for key in motion.run_of(motion.root).phases if "stage" in diagrams[key].properties
    }
    stages = [stage for stage in _PHASES if stage in active]
    case = of(motion)
    if stages and case.stage != stages[-1]:
        case.stage = stages[-1]


def case_of(session: Session, case_id: int) -> Case | None:
    """A case by id, whoever asks."""
    return session.get(Case, case_id)
