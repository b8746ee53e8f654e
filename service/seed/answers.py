"""The usual answers by form, in the words of invented officials. What agrees with the outcome is left to the pen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service import clock
from service.forms.return_checks import EVIDENCE
from service.seed.pen import FILE
from service.seed.tales import Tale

Answers = dict[str, Any]
CHECKED_CAUSES = ("贫困", "距离", "残疾", "疾病", "心理", "欺凌", "学校原因", "家庭侵害", "监护缺失")
REVIEWED = ("主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限")
PLACED = ("编班", "教材", "住宿", "资助", "帮扶", "心理", "交通")
COURT_PAPERS = ("决定书", "依据", "当事人意见", "催告情况", "标的情况", "负责人签名盖章")


@dataclass(frozen=True)
class Scene:
    """Who files what, when, for whom; `near` finds the people around the pupil by role."""

    node: str
    outcome: str
    now: datetime
    me: str
    student: str
    tale: Tale
    facts: Mapping[str, Any]
    near: Callable[[str], str | None]
    workdays: Callable[[date, int], date]
    place: str
    school: str

    @property
    def today(self) -> date:
        return clock.local_date(self.now)

    def ago(self, minutes: int) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def on(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def people(self, *roles: str) -> list[str]:
        """Oneself and those who hold these roles here, at least two where there are two."""
        found = [self.me, *(person for role in roles if (person := self.near(role)))]
        return list(dict.fromkeys(found))


def usual(form: str, scene: Scene) -> Answers:
    """What is written into a form in this scene, as far as the form has such fields."""
    writer = _FORMS.get(form) or _FORMS.get(form[:3])
    return writer(scene) if writer else {}


def _opinion(s: Scene) -> Answers:
    known = {
        "SP30_T07": "多次劝返无效，按规定书面报告县教育局和乡镇人民政府。",
        "B20_T01": "文书已编号、盖章，送达人员和送达方式已确定。",
    }
    return {"opinion": known.get(s.node, "已按要求办理，材料齐全，情况属实。")}


def _call(s: Scene) -> Answers:
    reached = s.outcome != "no_answer"
    attempt = {"time": _iso(s.ago(25)), "method": "电话", "number": "13800001234", "reached": reached}
    attempt |= {"person": "监护人"} if reached else {}
    excused = s.outcome in ("leave", "sick")
    back = s.outcome in ("leave", "sick", "coming_back")
    return {
        "attempts": [attempt] if reached else [{**attempt, "time": _iso(s.ago(95))}, attempt],
        **({"cause": "ill" if excused else s.tale.cause, "proper": excused} if reached else {}),
        **({"expected_back": s.on(1)} if back else {}),
        "remark": "监护人说孩子发热，明天返校。"
        if excused
        else f"{s.tale.guardian}。"
        if reached
        else "两次拨打无人接听，已请村干部帮忙联系。",
    }


def _remark(s: Scene, excused: bool, reached: bool) -> str:
    if excused:
        return "监护人说孩子发热，明天返校。"
    return f"{s.tale.guardian}。" if reached else "两次拨打无人接听，已请村干部帮忙联系。"


def _leave(s: Scene) -> Answers:
    return {
        "applicant": "监护人",
        "kind": "病假",
        "from": s.today.isoformat(),
        "to": s.on(1),
        "reason": "发热，在家休息",
        "contact": "13800001234",
        "guardian_sign": "监护人签字",
    }


def _visit(s: Scene) -> Answers:
    nobody = s.outcome in ("nobody", "unreachable")
    seen = {"met": ["无人"]} if nobody else {"met": ["学生", "母"], "pupil_view": s.tale.pupil, "guardian_view": s.tale.guardian}
    return {
        **seen,
        "visit_time": s.ago(50),
        "visitors": s.people("village_cadre", "class_teacher"),
        "mode": "home",
        "place": s.place,
        "family_situation": s.tale.family,
        "duty_told": not nobody,
        "causes": [s.tale.cause],
        "primary": s.tale.cause,
        "mood": "见到老师有些紧张，谈话后放松。",
        "danger_flag": False,
        "next_step": f"{s.tale.offered}；明日到校核对。",
        "signs": "监护人签字",
        **_promise(s, 2),
    }


def _promise(s: Scene, days: int) -> Answers:
    return {"promised_on": s.workdays(s.today, days).isoformat()} if s.outcome == "promised" else {}


def _arrange(s: Scene) -> Answers:
    teacher = s.near("class_teacher") or s.me
    visitors = [person for person in (teacher, s.near("village_cadre") or s.me) if person]
    return {"visitors": list(dict.fromkeys(visitors)), "leader": teacher, "remark": "注意安全，入户先出示工作证。"}


def _registration(s: Scene) -> Answers:
    row = {"student_name": s.student, "absent_since": s.facts.get("absent_since"), "contacts": 2, "visits": 1}
    row |= {"cause": s.tale.cause, "measures": "电话联系、入户家访"}
    return {
        "trigger": "复辍" if int(s.facts.get("episode_no") or 1) > 1 else "缺勤三日",
        "reasons": [s.tale.cause],
        "primary": s.tale.cause,
        "whereabouts": s.tale.whereabouts,
        "duty_person": s.near("class_teacher") or s.me,
        "measures": "第一日电话联系，第二日入户家访，已向监护人讲明法定义务。",
        "rows": [row],
    }


def _report(s: Scene) -> Answers:
    return {"remark": "请补充家访情况后再报。"} if s.outcome == "returned" else {}


def _mark(s: Scene) -> Answers:
    actions = {"SP10_T05": "标注疑似辍学", "SP25_T02": "标注辍学", "SP70_T01": "恢复在读", "SP20_T04": "取消标注"}
    return {"action": actions.get(s.node, "标注疑似辍学"), "done_at": s.ago(10), "operator": s.me, "serial": FILE}


def _verification(s: Scene) -> Answers:
    sources = [
        {"kind": "监护人", "name": "监护人", "time": _iso(s.ago(180)), "content": f"孩子{s.tale.whereabouts}，{s.tale.guardian}"},
        {"kind": "村干部", "name": "村干部", "time": _iso(s.ago(120)), "content": f"入户见到孩子本人，{s.tale.family}"},
    ]
    return {
        "sources": sources,
        "whereabouts_place": s.tale.whereabouts,
        "category": s.outcome if s.node == "SP20_T03" else s.facts.get("o_SP20_T03") or "persuade",
        "reasons": [s.tale.cause],
        "primary": s.tale.cause,
        "basis": "监护人、村干部两个来源一致，学籍仍在本校。",
        "school_opinion": "情况属实，建议继续劝返。",
        "township_opinion": "同意学校意见。",
        "decided_on": s.today.isoformat(),
    }


def _dossier(s: Scene) -> Answers:
    team = [
        {"person": person, "role": role, "unit": unit}
        for person, role, unit in (
            (s.near("township_edu_officer"), "组长", "乡镇"),
            (s.near("class_teacher"), "组员", "学校"),
            (s.near("village_cadre"), "组员", "村委会"),
        )
        if person
    ]
    return {
        "study_history": "小学阶段出勤正常，升入现年级后成绩下滑。",
        "family": s.tale.family,
        "aid_status": "已核对资助政策享受情况。",
        "team": team,
        "plan": f"每周至少入户一次；{s.tale.offered}。",
        "leader": s.near("township_edu_officer") or s.me,
        "target": s.workdays(s.today, 15).isoformat(),
        "cause_analysis": [{"cause": s.tale.cause, "measure": s.tale.offered, "who": "劝返组", "by_when": s.on(14)}],
    }


def _persuasion(s: Scene) -> Answers:
    nobody = s.outcome in ("nobody", "unreachable")
    seen = {"met": ["无人"]} if nobody else {"met": ["学生", "父"], "pupil_view": s.tale.pupil, "guardian_view": s.tale.guardian}
    return {
        **seen,
        "visit_time": s.ago(70),
        "team": s.people("class_teacher", "village_cadre", "township_edu_officer")[:3],
        "units": ["学校", "村", "乡镇"],
        "mode": "home",
        "place": s.place,
        "content": "听取家庭困难，讲解义务教育法规定和资助政策，商量返校安排。",
        "law_explained": True,
        "policy_explained": True,
        "obstacles": [s.tale.cause],
        "offered": s.tale.offered,
        "signs": "监护人签字",
        **_promise(s, 2),
    }


def _notice(s: Scene) -> Answers:
    return {"issued_by": s.school, "return_to": "学校教务处", "signer": s.near("principal") or s.me}


def _review(s: Scene) -> Answers:
    later = s.node == "SP40_T09"
    targets = {"penalty": "penalty", "enforce": "court", "civil": "court", "more_support": "persuasion"}
    return {
        "stage_from": "admonition" if later else "persuasion",
        "stage_to": targets.get(s.outcome, "admonition"),
        "cause_checklist": [{"cause": cause, "ruled_out": True, "measure_done": "已核查"} for cause in CHECKED_CAUSES],
        "child_view": s.tale.pupil,
        "heard_by": s.near("class_teacher") or s.me,
        "heard_on": s.today.isoformat(),
        "guardian_ability": "有监护能力，但未履行送子女入学的义务。",
        "proportionality": "已穷尽劝返和帮扶，拟采取的措施与未履行义务的程度相当。",
        "alternatives": "继续劝返、资助、寄宿均已提供。",
        "participants": s.people("school_kcbx_officer", "village_cadre", "county_kcbx_officer"),
        "reason": "多次劝返无效，为保障孩子受教育权。",
    }


def _talk(s: Scene) -> Answers:
    staff = [{"person": s.me, "post": "执法人员"}]
    other = next((p for p in s.people("second_officer", "village_cadre", "township_edu_officer") if p != s.me), s.me)
    return {
        "time": s.ago(60),
        "place": "村委会",
        "staff": [*staff, {"person": other, "post": "工作人员"}],
        "facts_told": "孩子连续缺课，经多次劝返未返校。",
        "guardian_statement": s.tale.guardian,
        "signs": "监护人签字",
        "witness": "村委会工作人员",
        **_promise(s, 3),
    }


def _order(s: Scene) -> Answers:
    roles = {"drafter": "township_enforcement", "reviewer": "legal_reviewer", "signer": "township_head"}
    named = {key: person for key, role in roles.items() if (person := s.near(role))}
    return {
        "doc_no": "待编号",
        "facts": "监护人未依法送子女入学接受义务教育，经学校、村、乡镇多次劝返无效。",
        "requirement": "在期限内送子女返校接受义务教育。",
        "remedy_text": "如不服，可在六十日内申请行政复议，或者在六个月内提起行政诉讼。",
        **named,
    }


def _receipt(s: Scene) -> Answers:
    legal = s.facts.get("service_kind") != "return_notice"
    servers = s.people("second_officer") if legal else s.people("class_teacher")
    return {
        "try_no": 1,
        "method": "直接",
        "served_at": s.ago(30),
        "place": s.place,
        "receiver": "监护人本人",
        "relation": "本人",
        "servers": servers if len(servers) > 1 else s.people("village_cadre"),
    }


def _check(s: Scene) -> Answers:
    reasons = {"returned": "已履行", "performed": "已履行", "instalments": "部分履行", "fine_only": "部分履行", "extension": "有正当理由"}
    more = {"extension_to": s.on(7 if s.outcome == "extension" else 30)} if s.outcome in ("extension", "instalments") else {}
    reason = reasons.get(s.outcome, "有正当理由" if s.outcome == "no_with_reason" else "拒不履行")
    return {
        "checked_on": s.today.isoformat(),
        "method": "到校查看考勤，入户核实",
        "present_at_school": s.outcome in ("returned", "performed"),
        "reason": reason,
        **more,
    }


def _filing(s: Scene) -> Answers:
    officers = [person for person in (s.near("township_enforcement"), s.near("second_officer")) if person]
    return {
        "source": "责令限期改正期满未改正",
        "facts": "监护人收到责令限期改正通知书后，期满仍未送子女返校。",
        "suspected_norm": "义务教育法第五条、第十一条、第五十八条",
        "officers": [{"person": person, "cert_no": f"测执{number:03d}"} for number, person in enumerate(officers, start=1)],
        "applicant_opinion": "建议立案。",
        "head_decision": "同意立案。",
        "filed_on": s.today.isoformat(),
    }


def _questioning(s: Scene) -> Answers:
    return {
        "time_from": s.ago(150),
        "time_to": s.ago(80),
        "place": "乡镇人民政府",
        "officers": s.people("second_officer"),
        "cert_shown": True,
        "asked_person": "监护人",
        "rights_told": True,
        "recusal_asked": True,
        "qa": f"问：为什么不送孩子上学？答：{s.tale.guardian}。",
        "signs": "被询问人签字",
    }


def _prior_notice(s: Scene) -> Answers:
    return {
        "doc_no": f"测罚告〔{s.today.year}〕1号",
        "facts": "期满未送子女返校。",
        "evidence_list": "考勤记录、劝返记录、送达回证、询问笔录。",
        "basis": "《测试省义务教育条例》第X条（演示文本）。",
        "proposed_kind": "罚款",
        "amount": 500,
        "rights": "收到本告知书之日起五个工作日内，可以陈述、申辩。",
    }


def _statement(s: Scene) -> Answers:
    hearing = {"chair": s.me, "held_on": s.today.isoformat(), "closed_for_privacy": True} if s.node == "SP50_T05" else None
    return {
        "kind": "听证" if hearing else "书面陈述",
        "received_on": s.today.isoformat(),
        "content": "家庭困难，第一次受到处理，请求从轻。",
        "reasons": "陈述的家庭困难部分属实，予以考虑。",
        **({"hearing": hearing} if hearing else {}),
    }


def _legal_review(_: Scene) -> Answers:
    return {
        "doc_type": "法律文书",
        "checklist": [{"item": item, "result": "合格"} for item in REVIEWED],
        "reasons": "主体适格，事实清楚，程序合法，裁量适当。",
        "reviewer_qualification": "国家统一法律职业资格（演示）",
    }


def _decision(s: Scene) -> Answers:
    proposed = s.facts.get("penalty_proposed") or s.facts.get("penalty_amount") or 500
    return {
        "facts": "监护人期满未送子女返校，事实清楚，证据充分。",
        "evidence": "考勤记录、送达回证、询问笔录。",
        "kind": "罚款",
        "amount": min(int(proposed), 300),
        "basis": "《测试省义务教育条例》第X条（演示文本）。",
        "performance_way": "十五日内缴纳罚款，并送子女返校。",
        "perform_by": s.on(15),
        "remedies": "六十日内申请行政复议，或者六个月内提起行政诉讼。",
        "date": s.today.isoformat(),
        "seal": FILE,
    }


def _demand(s: Scene) -> Answers:
    return {
        "duty": "送子女返校接受义务教育。",
        "deadline": s.workdays(s.today, 15).isoformat(),
        "way": "携子女到学校报到。",
        "statement_right": "收到本催告书之日起可以陈述、申辩。",
    }


def _application(_: Scene) -> Answers:
    return {"court": "县人民法院", "duty_unperformed": "未送子女返校。", "attachments": list(COURT_PAPERS), "head_sign": "负责人签名"}


def _complaint(_: Scene) -> Answers:
    return {
        "court": "县人民法院",
        "cause": "受教育权纠纷",
        "claims": "判令被告送子女返校接受义务教育。",
        "facts_and_reasons": "被告未履行法定义务，经责令仍未改正。",
        "evidence_list": "考勤记录、劝返记录、责令限期改正通知书及送达回证。",
        "privacy_request": True,
    }


def _court_record(s: Scene) -> Answers:
    kinds = {"measures": "执行", "performed": "执行", "ended": "终结", "applied": "执行", "done": "受理"}
    back = {"return_by": s.workdays(s.today, 10).isoformat()} if s.outcome in ("judgment", "mediated") else {}
    return {
        **({"type": kinds[s.outcome]} if s.outcome in kinds else {}),
        "doc_no": f"（{s.today.year}）测行审1号",
        "date": s.today.isoformat(),
        "content": "已登记法院文书内容和办理情况。",
        "file": FILE,
        **back,
    }


def _return(s: Scene) -> Answers:
    confirmed = s.outcome in ("confirmed", "agree")
    return {"evidence": "考勤", "health_check": True, "accompanied_by": "监护人", "claimed_by": "班主任", "confirmed": confirmed}


def _placement(s: Scene) -> Answers:
    checklist = [{"item": item, "done": True, "date": s.today.isoformat()} for item in PLACED]
    return {
        "academic": [{"subject": "语文", "level": "缺一个单元"}, {"subject": "数学", "level": "缺两章，需要补课"}],
        "psych_note": "情绪平稳，愿意与同学相处。",
        "health": "健康。",
        "kind": "original_class",
        "mentor": s.near("class_teacher") or s.me,
        "catch_up": f"每周二、四放学后补课一小时；{s.tale.offered}。",
        "aid": "按政策落实。",
        "child_view": "愿意回原来的班级。",
        "guardian_view": "同意学校的安排。",
        "checklist": checklist,
        "approvals": "同意按方案执行。",
        "review_on": s.on(30),
        **({"reason": "希望换到离家近的班级。"} if s.outcome == "disagree" else {}),
    }


def _followup(s: Scene) -> Answers:
    wavering = s.outcome == "wavering"
    return {
        "date": s.today.isoformat(),
        "mode": "school",
        "by": s.me,
        "learning": "作业有时拖欠。" if wavering else "课堂参与正常，作业按时完成。",
        "mood": "有些低落。" if wavering else "情绪稳定。",
        "family": "家长支持。",
        "measures": "与家长再谈一次，安排同伴结对。" if wavering else "继续课后辅导。",
        "next_on": s.on(7),
    }


def _stability(s: Scene) -> Answers:
    white = s.outcome in ("to_white", "to_closure") or (s.facts.get("list") == "white" and s.outcome not in ("stay_red",))
    helpers = ((s.near("class_teacher"), "学校"), (s.near("village_cadre"), "村委会"), (s.near("township_edu_officer"), "乡镇"))
    return {
        "indicators": {"attendance": 100, "grades_trend": "平稳", "mood": "稳定", "guardian_attitude": "支持"},
        "list_after": "白" if white else "红",
        "reasons": "返校以来出勤正常，家长支持。" if white else "返校时间不长，继续重点关注。",
        "pairing": [{"person": person, "unit": unit, "duty": "定期联系", "target": "学生"} for person, unit in helpers if person],
        "propose_closure": s.outcome == "to_closure",
    }


def _closure(s: Scene) -> Answers:
    code = str(s.facts.get("closure_code") or "C01")
    voice = "退回" if s.outcome in ("return", "refuse") else "同意"
    fields = {"SP90_T02": ("principal",), "SP90_T03": ("principal", "township"), "SP90_T04": ("principal", "township", "county")}
    given = dict.fromkeys(fields.get(s.node, ()), "同意")
    if given:
        given[next(reversed(given))] = voice
    dates = {f"{key}_date": s.today.isoformat() for key in given}
    return {
        "code": code,
        "facts": "学生返校后出勤稳定，已在校正常就读。" if code == "C01" else "已核实学生现在的就读情况，在读证明齐全。",
        "evidence": list(EVIDENCE.get(code, ())),
        "applicant": s.me,
        **given,
        **dates,
    }


def _closeout(s: Scene) -> Answers:
    state = "罚款分期" if s.outcome == "instalments" else "已履行"
    return {
        "rows": [{"doc_no": "责令限期改正通知书", "state": state, "basis": "学生已返校就读。"}],
        "approver": s.near("township_head") or s.me,
    }


def _iso(instant: datetime) -> str:
    return instant.astimezone(clock.LOCAL).isoformat(timespec="minutes")


_FORMS: Mapping[str, Callable[[Scene], Answers]] = {
    "F00": _opinion,
    "F01": _registration,
    "F02": _call,
    "F03": _visit,
    "F04": _leave,
    "F05": _report,
    "F06": _mark,
    "F06b": lambda _: {"error_kind": "信息错误", "fix": "已在学籍系统更正。"},
    "F07": _verification,
    "F08": _dossier,
    "F09": _persuasion,
    "F10": _notice,
    "F11": _review,
    "F12": _talk,
    "F13": _order,
    "F14": _receipt,
    "F15": _check,
    "F16": _filing,
    "F17": _questioning,
    "F18": _prior_notice,
    "F19": _statement,
    "F20": _legal_review,
    "F21": _decision,
    "F22": _demand,
    "F23": _application,
    "F24": _complaint,
    "F25": _court_record,
    "F26": _return,
    "F27": _placement,
    "F29": _followup,
    "F30": _stability,
    "F31": _closure,
    "F47": _closeout,
    "F52": _arrange,
}
