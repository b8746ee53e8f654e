"""Detection, verification and persuasion (F00–F10, F52) in the words of invented officials."""

from collections.abc import Callable, Mapping

from service.seed.answers.scene import Answers, Scene, iso, promise
from service.seed.pen import FILE


def _opinion(s: Scene) -> Answers:
    known = {
        "SP30_T07": "多次劝返无效，按规定书面报告县教育局和乡镇人民政府。",
        "B20_T01": "文书已编号、盖章，送达人员和送达方式已确定。",
    }
    return {"opinion": known.get(s.node, "已按要求办理，材料齐全，情况属实。")}


def _call(s: Scene) -> Answers:
    reached = s.outcome != "no_answer"
    attempt = {"time": iso(s.ago(25)), "method": "电话", "number": "13800001234", "reached": reached}
    attempt |= {"person": "监护人"} if reached else {}
    excused = s.outcome in ("leave", "sick")
    back = s.outcome in ("leave", "sick", "coming_back")
    return {
        "attempts": [attempt] if reached else [{**attempt, "time": iso(s.ago(95))}, attempt],
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
        **promise(s, 2),
    }


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
        {"kind": "监护人", "name": "监护人", "time": iso(s.ago(180)), "content": f"孩子{s.tale.whereabouts}，{s.tale.guardian}"},
        {"kind": "村干部", "name": "村干部", "time": iso(s.ago(120)), "content": f"入户见到孩子本人，{s.tale.family}"},
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
        **promise(s, 2),
    }


def _notice(s: Scene) -> Answers:
    return {"issued_by": s.school, "return_to": "学校教务处", "signer": s.near("principal") or s.me}


FORMS: Mapping[str, Callable[[Scene], Answers]] = {
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
    "F52": _arrange,
}
