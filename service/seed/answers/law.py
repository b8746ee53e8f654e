"""Admonition, penalty and court (F11–F25) in the words of invented officials."""

from collections.abc import Callable, Mapping

from service.seed.answers.scene import Answers, Scene, promise
from service.seed.pen import FILE

CHECKED_CAUSES = ("贫困", "距离", "残疾", "疾病", "心理", "欺凌", "学校原因", "家庭侵害", "监护缺失")
REVIEWED = ("主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限")
COURT_PAPERS = ("决定书", "依据", "当事人意见", "催告情况", "标的情况", "负责人签名盖章")


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
        **promise(s, 3),
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


FORMS: Mapping[str, Callable[[Scene], Answers]] = {
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
}
