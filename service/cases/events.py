"""The messages of a case and what becomes of each (DOMAIN e.1.1, PATTERNS section 4)."""

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
