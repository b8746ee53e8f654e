"""What people usually write, by form and by the field names of DOMAIN section g. All of it is invented.

`usual` is sent where neither the story nor the prefilled value says anything; `bound` is the evidence
that must agree with the outcome. Only keys that the form really has are sent.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.scenarios.filling import Paper, Values, who

NEUTRAL = {
    "SP10_T01": "refuses",
    "SP10_T02": "approved",
    "SP10_T04": "refused_guardian",
    "SP20_T03": "persuade",
    "SP25_T01": "not_yet",
    "SP30_T02": "refused_guardian",
    "SP30_T08": "no",
    "SP30_T09": "refused_guardian",
    "SP40_T07": "no",
    "SP60_T07": "measures",
    "SP80_T03": "stable",
    "SP80_T06": "continue",
    "SP90_T04": "approve",
    "CP01_T05": "approved",
    "CP08_T04": "attending",
}
"""Outcomes that change nothing, for tasks that a story does not mention."""

HARMLESS = (
    "done",
    "agree",
    "ack",
    "marked",
    "opened",
    "signed",
    "served",
    "pass",
    "assign",
    "enough",
    "approved",
    "approve",
    "stable",
    "continue",
)

CHECKED_CAUSES = ("贫困", "距离", "残疾", "疾病", "心理", "欺凌", "学校原因", "家庭侵害", "监护缺失")
REVIEWED = ("主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限")
EVIDENCE = ("决定书", "依据", "当事人意见", "催告情况", "标的情况", "负责人签名盖章")
PLACED = ("编班", "教材", "住宿", "资助", "帮扶", "心理", "交通")

CALLS = {
    "leave": "请假",
    "sick": "请假",
    "coming_back": "在途",
    "refuses": "拒绝",
    "no_answer": "未联系上",
    "danger": "危险",
    "present_error": "考勤错误",
}
CHECKS = {
    "returned": "已履行",
    "performed": "已履行",
    "instalments": "部分履行",
    "fine_only": "部分履行",
    "extension": "有正当理由",
    "no_with_reason": "有正当理由",
    "no": "拒不履行",
    "none": "拒不履行",
}
ATTITUDES = {"promised": "接受并承诺", "refused": "不接受", "absent": "未到"}
OPINIONS = {
    "pass": "同意",
    "revise": "修改",
    "reject": "不同意",
    "file": "同意",
    "support_by_procuratorate": "同意",
    "not_suitable": "不同意",
}
REVIEWS = {"adopted": "采纳", "partly": "部分采纳", "rejected": "不采纳", "held": "部分采纳", "withdrawn": "不采纳"}
COURT = {
    "accepted": "受理",
    "refused": "不予受理",
    "allow": "裁定准予",
    "refuse": "裁定不准",
    "performed": "执行",
    "measures": "执行",
    "ended": "终结",
    "filed": "受理",
    "mediated": "调解",
    "judgment": "判决",
}
MARKS = {"SP10_T05": "标注疑似辍学", "SP25_T02": "标注辍学", "SP70_T01": "恢复在读", "SP20_T04": "取消标注"}
ERRORS = {"SP20_T04": "信息错误"}


@dataclass(frozen=True)
class Scene:
    """Where a form is filled in: by whom, when, for which outcome."""

    form: str
    node: str
    outcome: str
    me: str
    other: str
    now: datetime
    teacher: str = "王敏"

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def leader(self) -> str:
        """The township's education officer, who leads the persuasion where nobody else is named."""
        return "段红" if self.teacher == "赵强" else "何芳"

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)


def bound(scene: Scene) -> Values:
    """Evidence that must say the same as the outcome."""
    form, outcome = scene.form, scene.outcome
    said: dict[str, Values] = {
        "F00": {"result": outcome},
        "F02": {"result": CALLS.get(outcome), "expected_back": scene.ahead(1) if outcome in ("leave", "sick", "coming_back") else None},
        "F03": {"result": outcome, "danger_flag": outcome == "danger", "promised_on": scene.ahead(2) if outcome == "promised" else None},
        "F07": {"category": outcome},
        "F09": {"result": outcome, "promised_on": scene.ahead(2) if outcome == "promised" else None},
        "F11": {"decision": outcome},
        "F12": {"attitude": ATTITUDES.get(outcome), "promised_on": scene.ahead(3) if outcome == "promised" else None},
        "F15": {"reason": CHECKS.get(outcome), "present_at_school": outcome in ("returned", "performed")},
        "F19": {"review": REVIEWS.get(outcome)},
        "F20": {"opinion": OPINIONS.get(outcome)},
        "F25": {"type": COURT.get(outcome)},
        "F26": {"confirmed": outcome == "confirmed" or outcome == "agree", "confirmed_on": scene.today if outcome == "confirmed" else None},
        "F29": {"stability": {"stable": "稳定", "wavering": "波动", "absent": "有复辍风险"}.get(outcome)},
        "F30": {"list_after": _list_after(scene), "propose_closure": outcome == "to_closure"},
        "F07b": {"county_decision": {"confirmed": "认定辍学", "not_yet": "暂不认定", "other_reason": "其他情形"}.get(outcome)},
    }
    if scene.node.endswith(("b", "c")):
        return {"result": outcome} if form == "F00" else {}
    return {key: value for key, value in said.get(form, {}).items() if value is not None}


def usual(scene: Scene) -> Values:
    """The usual answers of this form; a part (F27b) also knows those of the whole form (F27)."""
    whole = scene.form[:3]
    known = {"F01": {**_registration(scene), **_report(scene)}, "F08": {**_registration(scene), **_dossier(scene)}}.get(whole)
    own = known if known is not None else _FORMS.get(whole, _nothing)(scene)
    return {**_everywhere(scene), **own}


def _list_after(scene: Scene) -> str | None:
    return {"to_white": "白", "to_closure": "白", "stay_red": "红"}.get(scene.outcome) or ("红" if scene.node == "SP80_T01" else None)


def _nothing(_: Scene) -> Values:
    return {}


def _everywhere(s: Scene) -> Values:
    return {
        "opinion": "已按规定办理，材料齐全。",
        "remark": "办理经过已记录。",
        "basis": "依据核实材料和有关规定。",
        "doc_no": f"测〔{s.today.year}〕1号",
    }


def _registration(s: Scene) -> Values:
    return {
        "trigger": "缺勤三日",
        "reasons": ["guardian_refuses"],
        "primary": "guardian_refuses",
        "whereabouts": "在家",
        "duty_person": who(s.me),
        "measures": "电话联系监护人，已入户家访。",
    }


def _report(s: Scene) -> Values:
    row = {"contacts": 1, "visits": 1, "cause": "guardian_refuses", "measures": "电话联系并入户家访。"}
    return {"rows": [row], "principal_sign": s.me, "note": "已收到。", "school_seal": None}


def _call(s: Scene) -> Values:
    reached = s.outcome != "no_answer"
    attempt = {
        "time": s.now - timedelta(minutes=10),
        "method": "电话",
        "number": "13800001234",
        "reached": reached,
        "person": "监护人" if reached else "其他",
    }
    return {
        "absent_on": s.today,
        "day_index": 1,
        "attempts": [attempt] if reached else [{**attempt, "time": s.now - timedelta(minutes=40)}, attempt],
        "cause": "ill" if s.outcome in ("leave", "sick") else "guardian_refuses",
        "proper": s.outcome in ("leave", "sick"),
    }


def _leave(s: Scene) -> Values:
    return {
        "applicant": "监护人",
        "kind": "病假",
        "from": s.today,
        "to": s.ahead(1),
        "reason": "发热，居家休息。",
        "contact": "13800001234",
        "guardian_sign": "监护人（签字）",
        "class_teacher_opinion": "同意",
        "approver_opinion": "同意",
    }


def _visit(s: Scene) -> Values:
    return {
        "visit_time": s.now - timedelta(minutes=30),
        "visitors": who(s.me, s.other),
        "leader": who(s.me),
        "mode": "home",
        "place": "学生家中",
        "met": ["学生", "母"],
        "pupil_view": "暂时不想上学。",
        "guardian_view": "孩子不愿去，家里也劝不动。",
        "family_situation": "父母在家务农。",
        "causes": ["guardian_refuses"],
        "primary": "guardian_refuses",
        "mood": "情绪平稳。",
        "duty_told": True,
        "signs": "监护人（签字）",
        "next_step": "继续联系，商请村委会协助。",
    }


def _mark(s: Scene) -> Values:
    return {
        "action": MARKS.get(s.node, "标注疑似辍学"),
        "done_at": s.now - timedelta(minutes=5),
        "operator": who(s.me),
        "serial": Paper("学籍系统截图.png"),
        "error_kind": ERRORS.get(s.node, "信息错误"),
        "fix": "已在学籍系统更正。",
    }


def _verification(s: Scene) -> Values:
    source = {"time": s.now - timedelta(hours=1), "content": "学生在家，未到其他学校就读。"}
    return {
        "sources": [{**source, "kind": "监护人", "name": "监护人"}, {**source, "kind": "村干部", "name": "村干部"}],
        "whereabouts_place": "上村家中",
        "reasons": ["guardian_refuses"],
        "primary": "guardian_refuses",
        "basis": "两个独立来源核实一致。",
        "school_opinion": "情况属实。",
        "township_opinion": "情况属实。",
        "decided_on": s.today,
    }


def _dossier(s: Scene) -> Values:
    return {
        "team": [
            {"person": who(s.me), "role": "组长", "unit": "石桥镇", "phone": "13800001234"},
            {"person": who(s.other), "role": "组员", "unit": "石桥中学", "phone": "13800001235"},
        ],
        "plan": "每周入户一次，说明法律义务和资助政策。",
        "leader": who(s.leader),
        "target": s.ahead(14),
        "cause_analysis": [{"cause": "guardian_refuses", "measure": "入户劝返", "who": s.me, "by_when": s.ahead(14)}],
    }


def _persuasion(s: Scene) -> Values:
    return {
        "visit_time": s.now - timedelta(minutes=30),
        "team": who(s.me, s.other),
        "units": ["学校", "村", "乡镇"],
        "mode": "home",
        "place": "学生家中",
        "met": ["学生", "父"],
        "content": "讲解义务教育法和资助政策，听取学生和家长想法。",
        "law_explained": True,
        "policy_explained": True,
        "pupil_view": "还没有想好。",
        "guardian_view": "让孩子再考虑。",
        "obstacles": ["guardian_refuses"],
        "offered": "安排结对帮扶和补课。",
        "signs": "监护人（签字）",
    }


def _notice(s: Scene) -> Values:
    return {"comply_by": s.ahead(7), "return_to": "石桥中学教务处", "legal_text_version": "2024-01", "signer": who(s.me)}


def _escalation(s: Scene) -> Values:
    causes = [{"cause": cause, "ruled_out": True, "measure_done": "已逐项核查，予以排除。"} for cause in CHECKED_CAUSES]
    return {
        "cause_checklist": causes,
        "stage_from": "persuasion" if s.node == "SP40_T01" else "admonition",
        "stage_to": "admonition" if s.node == "SP40_T01" else "court",
        "child_view": "愿意听听老师的安排。",
        "heard_by": who(s.teacher),
        "heard_on": s.today,
        "guardian_ability": "具备监护能力。",
        "proportionality": "多次劝返无效，措施适当。",
        "alternatives": "已考虑继续劝返和资助帮扶。",
        "participants": who(s.me, s.other),
        "reason": "符合升级条件，对学生最为有利。",
    }


def _talk(s: Scene) -> Values:
    return {
        "time": s.now - timedelta(minutes=40),
        "place": "上村村委会",
        "staff": [{"person": who(s.me), "post": "执法人员"}, {"person": who(s.other), "post": "执法人员"}],
        "facts_told": "学生连续缺课，经多次劝返未返校。",
        "guardian_statement": "家里再商量。",
        "signs": "监护人（签字）",
        "witness": "村委会工作人员",
    }


def _order(s: Scene) -> Values:
    return {
        "facts": "学生连续缺课，经六次以上劝返未返校。",
        "requirement": "送适龄子女返校接受义务教育。",
        "comply_days": 10,
        "remedy_text": "可在六十日内申请行政复议，或者六个月内提起行政诉讼。",
        "drafter": who("吴磊"),
        "reviewer": who("林涛"),
        "signer": who("马健"),
    }


def _arrangement(s: Scene) -> Values:
    return {"visitors": who(s.teacher, s.other), "leader": who(s.teacher)}


def _receipt(s: Scene) -> Values:
    return {
        "doc_name": "文书",
        "addressee": "监护人",
        "try_no": 1,
        "method": "直接",
        "served_at": s.now - timedelta(minutes=20),
        "place": "学生家中",
        "receiver": "监护人本人",
        "relation": "本人",
        "servers": who(s.me, s.other),
    }


def _compliance(s: Scene) -> Values:
    return {"checked_on": s.today, "method": "到校查看考勤并电话核实", "evidence": Paper("核查记录.png")}


def _case_filing(s: Scene) -> Values:
    officers = [
        {"person": who("吴磊"), "name": who("吴磊"), "cert_no": "测执001"},
        {"person": who("郑华"), "name": who("郑华"), "cert_no": "测执002"},
    ]
    return {
        "source": "责令改正期满未改正",
        "facts": "监护人收到责令限期改正通知书后期满未送子女返校。",
        "suspected_norm": "义务教育法第五条、第十一条",
        "officers": officers,
        "applicant_opinion": "建议立案。",
        "head_decision": "同意立案",
        "filed_on": s.today,
    }


def _questioning(s: Scene) -> Values:
    return {
        "time_from": s.now - timedelta(hours=2),
        "time_to": s.now - timedelta(hours=1),
        "place": "石桥镇人民政府",
        "officers": who("吴磊", "郑华"),
        "cert_shown": True,
        "asked_person": "监护人",
        "rights_told": True,
        "recusal_asked": True,
        "qa": "问：孩子为何没有到校？答：在家帮忙。",
        "signs": "被询问人（签字）",
    }


def _prior_notice(s: Scene) -> Values:
    return {
        "proposed_kind": "罚款",
        "amount": 500,
        "facts": "期满未送子女返校。",
        "evidence_list": "询问笔录、送达回证。",
        "rights": "可在五个工作日内陈述申辩。",
    }


def _statement(s: Scene) -> Values:
    return {"kind": "书面陈述", "received_on": s.today, "content": "家庭困难，系初次，请求从轻。", "reasons": "情况部分属实，予以考虑。"}


def _legal_review(s: Scene) -> Values:
    return {
        "checklist": [{"item": item, "result": "合格"} for item in REVIEWED],
        "reasons": "主体适格、事实清楚、程序合法。",
        "reviewer_qualification": "法律职业资格（测试）",
        "doc_type": "法律文书",
    }


def _decision(s: Scene) -> Values:
    return {
        "facts": "期满未送子女返校，事实清楚，证据确凿。",
        "kind": "罚款",
        "amount": 300,
        "date": s.today,
        "evidence": "询问笔录、送达回证、考勤记录。",
        "performance_way": "十五日内缴纳，并送子女返校。",
        "remedies": "六十日内申请行政复议，或者六个月内提起行政诉讼。",
        "seal": Paper("印章.png"),
    }


def _demand(s: Scene) -> Values:
    return {"duty": "送子女返校接受义务教育。", "deadline": s.ahead(14), "way": "到石桥中学报到。", "statement_right": "可以陈述申辩。"}


def _application(s: Scene) -> Values:
    return {
        "court": "青山县人民法院",
        "duty_unperformed": "未送子女返校。",
        "attachments": list(EVIDENCE),
        "head_sign": "马健",
    }


def _court_record(s: Scene) -> Values:
    return {"doc_no": "（测）行审1号", "date": s.today, "content": "已登记法院文书内容。"}


def _closeout(s: Scene) -> Values:
    state = "罚款分期" if s.outcome == "instalments" else "已履行"
    return {"rows": [{"doc_no": "测〔2026〕1号", "state": state, "basis": "学生已返校就读。"}], "approver": who("马健")}


def _return(s: Scene) -> Values:
    return {"claimed_by": who(s.me), "claimed_on": s.today, "evidence": "考勤", "health_check": True, "accompanied_by": "监护人"}


def _placement(s: Scene) -> Values:
    return {
        "academic": [{"subject": "语文", "level": "差一个单元"}, {"subject": "数学", "level": "差两章"}],
        "psych_note": "情绪平稳。",
        "kind": "original_class",
        "class": "801",
        "mentor": who(s.teacher),
        "catch_up": "每周二、四放学后补课一小时。",
        "child_view": "愿意回原班。",
        "guardian_view": "同意学校安排。",
        "checklist": [{"item": item, "done": True, "date": s.today} for item in PLACED],
        "review_on": s.ahead(30),
        "approvals": "同意",
    }


def _followup(s: Scene) -> Values:
    return {
        "date": s.today,
        "mode": "school",
        "by": who(s.me),
        "learning": "课堂参与正常。",
        "mood": "情绪稳定。",
        "family": "家长支持。",
        "measures": "继续课后辅导。",
        "next_on": s.ahead(7),
    }


def _stability(s: Scene) -> Values:
    helpers = ((s.teacher, "学校"), (s.other, "村"), (s.leader, "镇"))
    pairs = [{"person": who(name), "unit": unit, "duty": "定期联系", "target": "学生"} for name, unit in helpers]
    return {
        "list_before": "红",
        "indicators": {"attendance": 100, "grades_trend": "平稳", "mood": "稳定", "guardian_attitude": "支持"},
        "reasons": "到校正常，情绪稳定。",
        "pairing": pairs,
    }


def _closure(s: Scene) -> Values:
    voice = "退回" if s.outcome in ("return", "refuse") else "同意"
    return {
        "code": "C01",
        "facts": "学生已稳定在校，符合销号条件。",
        "applicant": who(s.me),
        **dict.fromkeys(("principal", "township", "county"), voice),
    }


def _clue(s: Scene) -> Values:
    return {"source": "村(社区)", "received_at": s.now, "clue": "群众反映孩子多日未上学。", "child_name": "某同学"}


_FORMS: dict[str, Any] = {
    "F02": _call,
    "F03": _visit,
    "F04": _leave,
    "F05": _report,
    "F06": _mark,
    "F07": _verification,
    "F09": _persuasion,
    "F10": _notice,
    "F11": _escalation,
    "F12": _talk,
    "F13": _order,
    "F14": _receipt,
    "F15": _compliance,
    "F16": _case_filing,
    "F17": _questioning,
    "F18": _prior_notice,
    "F19": _statement,
    "F20": _legal_review,
    "F21": _decision,
    "F22": _demand,
    "F23": _application,
    "F25": _court_record,
    "F26": _return,
    "F27": _placement,
    "F29": _followup,
    "F30": _stability,
    "F31": _closure,
    "F45": _clue,
    "F47": _closeout,
    "F52": _arrangement,
}
