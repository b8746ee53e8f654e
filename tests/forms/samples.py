"""One right answer for every form, as the county of the stories would give it: form key -> (outcome, values)."""

from typing import Any

CAUSES = ["贫困", "距离", "残疾", "疾病", "心理", "欺凌", "学校原因", "家庭侵害", "监护缺失"]
LEGAL_ITEMS = ["主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限"]
PLACED = ["编班", "教材", "住宿", "资助", "帮扶", "心理", "交通"]
PAPERS = ["决定书", "依据", "当事人意见", "催告情况", "标的情况", "负责人签名盖章"]
AT = "2026-04-08T10:20:00+08:00"
TODAY = "2026-04-08"

_VERIFIED: dict[str, Any] = {
    "absent_since": "2026-03-30",
    "category": "persuade",
    "reasons": ["study_weary"],
    "primary": "study_weary",
    "basis": "两次家访均未返校",
    "school_opinion": "建议认定",
}
_SOURCES = [{"kind": "监护人", "name": "陈山"}, {"kind": "村干部", "name": "田勇", "time": AT, "content": "在家"}]
_REPORT_ROW = {
    "student_name": "陈三",
    "absent_since": "2026-03-30",
    "contacts": 2,
    "visits": 1,
    "cause": "study_weary",
    "measures": "家访一次",
}
_PLAN = {"kind": "original_class", "class": "801", "mentor": "wangmin", "catch_up": "每周二、周四补数学"}
_VIEWS = {"child_view": "愿意回来", "guardian_view": "支持"}
_DONE = [{"item": item, "done": True, "date": TODAY} for item in PLACED]
_OFFICERS = [{"person": "wulei", "cert_no": "530101"}, {"person": "zhenghua", "cert_no": "530102"}]
_ORDER = {
    "doc_no": "石政责改〔2026〕3 号",
    "issuer": "shiqiao",
    "respondent": "陈山",
    "facts": "陈三自 3 月 30 日起未到校",
    "legal_basis": ["义务教育法58"],
    "requirement": "送陈三到校上课",
    "comply_days": 10,
    "remedy_text": "可在六十日内申请复议，或六个月内起诉",
    "drafter": "wulei",
    "reviewer": "lintao",
    "signer": "majian",
}

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "F00": ("approve", {"result": "approve", "opinion": "同意"}),
    "F01": (
        "done",
        {
            "trigger": "缺勤三日",
            "absent_since": "2026-03-30",
            "reasons": ["study_weary", "struggling"],
            "primary": "study_weary",
            "duty_person": "lijing",
            "measures": "电话两次，家访一次",
        },
    ),
    "F02": (
        "leave",
        {
            "absent_on": TODAY,
            "day_index": 1,
            "attempts": [{"time": AT, "method": "电话", "number": "13887206171", "reached": True, "person": "监护人"}],
            "cause": "ill",
            "proper": True,
            "result": "请假",
            "expected_back": "2026-04-10",
        },
    ),
    "F03": (
        "promised",
        {
            "visit_time": AT,
            "visitors": ["wangmin", "tianyong"],
            "mode": "home",
            "place": "上村三组",
            "met": ["学生", "母"],
            "pupil_view": "数学跟不上",
            "guardian_view": "希望孩子回校",
            "duty_told": True,
            "causes": ["study_weary", "struggling"],
            "primary": "study_weary",
            "danger_flag": False,
            "result": "promised",
            "promised_on": "2026-04-09",
            "next_step": "明早送到校",
            "signs": "吴娟",
            "photos": ["f1", "f2"],
            "consent": True,
        },
    ),
    "F04": (
        "approved",
        {
            "applicant": "吴娟",
            "kind": "病假",
            "from": "2026-04-08",
            "to": "2026-04-12",
            "reason": "发烧",
            "contact": "13887206171",
            "medical": "f1",
            "guardian_sign": "吴娟",
            "class_teacher_opinion": "同意",
        },
    ),
    "F05": ("signed", {"rows": [_REPORT_ROW], "principal_sign": "陈刚"}),
    "F05a": ("ack", {"note": "收到"}),
    "F06": ("marked", {"action": "标注疑似辍学", "done_at": AT, "operator": "sunli", "serial": "f1"}),
    "F06b": ("fixed", {"error_kind": "重复学籍", "fix": "已注销重复学籍"}),
    "F07": ("persuade", {"sources": _SOURCES, "whereabouts_place": "上村家中", **_VERIFIED}),
    "F07a": ("done", {"sources": _SOURCES}),
    "F07b": ("confirmed", {**_VERIFIED, "township_opinion": "同意", "county_decision": "认定辍学", "decided_on": TODAY}),
    "F08": (
        "done",
        {
            "team": [{"person": "wangmin", "role": "班主任", "phone": "13887206171"}],
            "plan": "每周一次家访",
            "leader": "hefang",
            "target": "2026-04-20",
            "cause_analysis": [{"cause": "study_weary", "measure": "补课", "who": "王敏", "by_when": "2026-04-20"}],
        },
    ),
    "F09": (
        "refused_guardian",
        {
            "visit_time": AT,
            "team": ["wangmin", "hefang"],
            "units": ["学校", "乡镇"],
            "mode": "home",
            "place": "上村",
            "met": ["父", "学生"],
            "content": "讲明义务教育法",
            "pupil_view": "想打工",
            "guardian_view": "不送",
            "obstacles": ["guardian_refuses"],
            "result": "refused_guardian",
            "next_visit_on": "2026-04-15",
        },
    ),
    "F10": (
        "done",
        {
            "issued_by": "school",
            "comply_by": "2026-04-15",
            "return_to": "教务处 李静",
            "legal_text_version": "2018修正",
            "signer": "chengang",
        },
    ),
    "F11": (
        "admonish",
        {
            "stage_from": "persuasion",
            "stage_to": "admonition",
            "cause_checklist": [{"cause": cause, "ruled_out": True} for cause in CAUSES],
            "child_view": "想学汽修",
            "heard_by": "wangmin",
            "heard_on": TODAY,
            "proportionality": "先批评教育",
            "alternatives": "已试过补课",
            "participants": ["lijing", "luojun"],
            "decision": "admonish",
            "reason": "监护人无正当理由",
        },
    ),
    "F12": (
        "promised",
        {
            "respondent": "陈山",
            "time": AT,
            "place": "石桥镇政府",
            "staff": [{"person": "wulei", "post": "执法人员"}, {"person": "zhenghua"}],
            "facts_told": "孩子未到校",
            "law_cited": ["义务教育法58"],
            "guardian_statement": "知道了",
            "attitude": "接受并承诺",
            "promised_on": "2026-04-10",
            "signs": "陈山",
        },
    ),
    "F13": ("signed", _ORDER),
    "F14": (
        "served",
        {
            "doc_no": "石政责改〔2026〕3 号",
            "doc_name": "责令限期改正通知书",
            "addressee": "陈山",
            "try_no": 1,
            "method": "留置",
            "served_at": AT,
            "place": "上村三组",
            "witness": "余波",
            "servers": ["wulei", "zhenghua"],
        },
    ),
    "F15": ("no", {"doc_no": "3 号", "checked_on": TODAY, "method": "入户", "present_at_school": False, "reason": "拒不履行"}),
    "F16": (
        "filed",
        {
            "source": "移送",
            "respondent": "陈山",
            "facts": "逾期未改正",
            "suspected_norm": "义务教育法58",
            "officers": _OFFICERS,
            "filed_on": TODAY,
        },
    ),
    "F17": (
        "enough",
        {
            "time_from": "2026-04-08T09:00:00+08:00",
            "time_to": "2026-04-08T10:00:00+08:00",
            "place": "石桥镇政府",
            "officers": ["wulei", "zhenghua"],
            "cert_shown": True,
            "asked_person": "陈山",
            "rights_told": True,
            "recusal_asked": False,
            "qa": "问：孩子在哪里？答：在家。",
            "signs": "陈山",
        },
    ),
    "F18": (
        "done",
        {
            "doc_no": "4 号",
            "facts": "逾期未改正",
            "evidence_list": "笔录",
            "basis": "《测试省义务教育条例》第X条",
            "proposed_kind": "罚款",
            "amount": 500,
            "rights": "可以陈述申辩",
        },
    ),
    "F19": (
        "partly",
        {
            "kind": "听证",
            "received_on": TODAY,
            "content": "家庭困难",
            "hearing": {"chair": "lintao", "notified_on": "2026-03-20", "held_on": "2026-04-08", "closed_for_privacy": True},
            "review": "部分采纳",
            "proposed_amount": 300,
            "reasons": "首次，情节轻微",
        },
    ),
    "F20": (
        "pass",
        {
            "doc_type": "责令限期改正通知书",
            "checklist": [{"item": item, "result": "合格"} for item in LEGAL_ITEMS],
            "opinion": "同意",
            "reviewer_qualification": "通过法律职业资格考试",
        },
    ),
    "F21": (
        "penalty",
        {
            "respondent": "陈山",
            "facts": "逾期未改正",
            "evidence": "笔录",
            "kind": "罚款",
            "amount": 300,
            "basis": "《测试省义务教育条例》第X条",
            "performance_way": "到指定银行缴款，送孩子到校",
            "perform_by": "2026-04-25",
            "remedies": "复议六十日，诉讼六个月",
            "authority": "shiqiao",
            "date": TODAY,
            "seal": "f1",
        },
    ),
    "F22": (
        "done",
        {"decision_no": "5 号", "duty": "送孩子到校", "deadline": "2026-04-20", "way": "到校报到", "statement_right": "收到后可以陈述申辩"},
    ),
    "F23": (
        "applied",
        {
            "court": "青山县人民法院",
            "applicant": "shiqiao",
            "respondent": "陈山",
            "decision_no": "3 号",
            "duty_unperformed": "未送孩子到校",
            "attachments": PAPERS,
        },
    ),
    "F24": (
        "done",
        {
            "plaintiff": "shiqiao",
            "defendants": ["陈山", "吴娟"],
            "court": "青山县人民法院",
            "cause": "监护权纠纷",
            "claims": "送孩子到校",
            "facts_and_reasons": "长期未到校",
            "evidence_list": "通知书、笔录",
            "privacy_request": True,
        },
    ),
    "F25": ("accepted", {"type": "受理", "doc_no": "（2026）行审 1 号", "date": TODAY, "content": "受理", "file": "f1"}),
    "F26": (
        "confirmed",
        {"claimed_by": "班主任", "claimed_on": "2026-04-03", "evidence": "考勤", "confirmed": True, "confirmed_on": TODAY},
    ),
    "F27": (
        "approved",
        {**_PLAN, **_VIEWS, "checklist": [{"item": item} for item in PLACED], "approvals": "同意", "review_on": "2026-05-08"},
    ),
    "F27a": ("done", {"academic": [{"subject": "数学", "level": "六年级水平"}], "psych_note": "情绪平稳"}),
    "F27b": ("done", _PLAN),
    "F27c": ("disagree", {**_VIEWS, "reason": "希望换班"}),
    "F27d": ("done", {"checklist": _DONE}),
    "F29": (
        "stable",
        {"date": TODAY, "mode": "school", "by": "wangmin", "stability": "稳定", "measures": "继续帮扶", "next_on": "2026-04-15"},
    ),
    "F30": ("to_white", {"indicators": {"attendance": 98.5, "mood": "平稳"}, "list_after": "白", "reasons": "出勤正常"}),
    "F30b": ("done", {"pairing": [{"person": "wangmin", "unit": "石桥中学", "duty": "学习", "target": "学生"}]}),
    "F31": (
        "done",
        {"code": "C01", "facts": "已返校并稳定 90 天", "evidence": ["90日考勤", "回访记录", "学籍正常"], "applicant": "lijing"},
    ),
    "F35": ("done", {"to": ["公安"], "purpose": "失联", "minimum_fields": ["姓名"], "content": "请协助查找", "reply_by": "2026-04-20"}),
    "F45": ("done", {"source": "检察", "received_at": AT, "clue": "有一名学生未到校", "feedback_due": "2026-04-20"}),
    "F47": ("closed", {"rows": [{"doc_no": "3 号", "state": "已履行", "basis": "学生已返校"}], "approver": "majian"}),
    "F52": ("assign", {"visitors": ["wangmin", "tianyong"], "leader": "wangmin"}),
}
