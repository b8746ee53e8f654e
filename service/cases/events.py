"""The messages of a case, who may register which, and what becomes of each (DOMAIN e.1.1, PATTERNS section 4)."""

from collections.abc import Sequence

from service.access import Actor, reads_names
from service.cases.models import Case
from service.errors import Forbidden
from service.processes import Message, message

INTERRUPTING = ("return_confirmed", "data_error", "ladder_reset")
FINAL = ("transfer_confirmed", "suspension_approved", "home_teaching_approved", "deceased", "emigrated", "completed")
BY_PERSON = {
    "return_claimed": "登记学生返校",
    "data_error": "数据错误/重复学籍",
    "transfer_confirmed": "转学/异地就读核实",
    "suspension_approved": "休学批准",
    "home_teaching_approved": "送教上门批准",
    "deceased": "死亡",
    "emigrated": "出国（境）定居就读",
    "completed": "完成九年义务教育/超龄",
    "disability_found": "发现残疾需评估",
    "danger_found": "疑似侵害/危险",
    "guardian_changed": "监护人变更/死亡",
    "missing": "失联",
    "explicit_refusal": "明确拒绝返校",
    "penalty_statement": "处罚陈述申辩",
    "penalty_hearing": "申请听证",
    "demand_statement": "催告陈述申辩",
    "remedy_filed": "复议/诉讼登记",
    "hold": "中止",
    "resume": "恢复",
    "home_teaching_met": "送教满两个月",
    "home_teaching_reassessed": "送教重新评估",
}
"""Events a person may register, with their Chinese names."""

SCHOOL = ("class_teacher", "school_kcbx_officer", "vice_principal")
TOWN = ("township_edu_officer", "village_cadre")
COUNTY = ("county_kcbx_officer",)
REGISTRY = ("school_registrar", "county_registrar", "school_kcbx_officer", *COUNTY)
"""Those who hold the proof of where a child is enrolled; the closure itself is approved by others."""
PAPER = ("township_enforcement", "township_edu_officer", "legal_reviewer", *COUNTY)
"""Those to whom a family hands what it has to say about a paper."""
ANYBODY = ("*",)
"""Whoever sees the case, except those who only look at it masked."""
WHO = {
    "return_claimed": (*SCHOOL, *TOWN, *COUNTY),
    "data_error": REGISTRY,
    "transfer_confirmed": REGISTRY,
    "suspension_approved": REGISTRY,
    "home_teaching_approved": ("school_kcbx_officer", *COUNTY),
    "deceased": ("school_kcbx_officer", *TOWN, *COUNTY),
    "emigrated": REGISTRY,
    "completed": REGISTRY,
    "disability_found": ANYBODY,
    "danger_found": ANYBODY,
    "guardian_changed": (*SCHOOL, *TOWN, "civil_affairs_officer", *COUNTY),
    "missing": (*SCHOOL, *TOWN, *COUNTY),
    "explicit_refusal": ("township_edu_officer", *COUNTY),
    "penalty_statement": PAPER,
    "penalty_hearing": PAPER,
    "demand_statement": PAPER,
    "remedy_filed": PAPER,
    "hold": ("bureau_leader",),
    "resume": ("bureau_leader",),
    "home_teaching_met": ("school_kcbx_officer", *COUNTY),
    "home_teaching_reassessed": ("school_kcbx_officer", *COUNTY),
}
"""Who may register an event (DOMAIN e.1.1, column “thrown by”); whether it is taken decides the case."""

STAGE_OF = {"penalty_statement": {"penalty"}, "penalty_hearing": {"penalty"}, "demand_statement": {"court"}}
"""Where an event is offered; told earlier it is kept until it is asked for."""


def may_register(actor: Actor, event: str) -> bool:
    """Whether this actor's posts let them tell a case this."""
    if actor.system:
        return True
    return reads_names(actor) if WHO[event] == ANYBODY else actor.holds(*WHO[event])


def must_be_registrable(actor: Actor, event: str) -> None:
    """Raises `Forbidden`."""
    if not may_register(actor, event):
        raise Forbidden(f"您的岗位不能登记“{BY_PERSON[event]}”")


def offered(actor: Actor, case: Case) -> Sequence[str]:
    """What this reader may register in this case as it stands."""
    if case.closed_at is not None:
        return []
    unfit = {"resume"} if case.status != "hold" else {"hold"}
    if case.status != "home_teaching":
        unfit |= {"home_teaching_met", "home_teaching_reassessed"}
    if case.status in {"return_claimed", "returned", "red", "white"}:
        unfit.add("return_claimed")
    fitting = (event for event in BY_PERSON if event not in unfit and case.stage in STAGE_OF.get(event, {case.stage}))
    return [event for event in fitting if may_register(actor, event)]


def declare() -> None:
    """Tell the processes slice which messages exist."""
    for name in (*INTERRUPTING, *FINAL, "home_teaching_met", "home_teaching_reassessed"):
        message(Message(name, "deliver", unheard="refuse"))
    for name in ("explicit_refusal", "penalty_statement", "penalty_hearing", "demand_statement"):
        message(Message(name, "deliver", unheard="hold"))
    for name in ("absent_threshold", "relapse_suspected", "cause_closed", "suspension_over"):
        message(Message(name, "deliver"))
    message(Message("claim_rejected", "deliver", everyone=True))
    message(Message("return_claimed", "start", process="SP65_T01_confirm_return"))
    message(Message("missing", "start", process="CP05_missing"))
    message(Message("danger_found", "start", process="CP10_protection", once=False))
    message(Message("disability_found", "start", process="CP01_disability"))
    message(Message("guardian_changed", "start", process="CP11_guardian_change"))
    message(Message("remedy_filed", "start", process="SP50_T11_remedy_filed"))
    message(Message("age_review", "start", process="P01_T90_age_review"))


declare()
