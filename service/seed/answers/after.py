"""Return, placement, follow-up and closure (F26–F31, F47) in the words of invented officials."""

from collections.abc import Callable, Mapping

from service.forms.return_checks import EVIDENCE
from service.seed.answers.scene import Answers, Scene

PLACED = ("编班", "教材", "住宿", "资助", "帮扶", "心理", "交通")


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


FORMS: Mapping[str, Callable[[Scene], Answers]] = {
    "F26": _return,
    "F27": _placement,
    "F29": _followup,
    "F30": _stability,
    "F31": _closure,
    "F47": _closeout,
}
