"""Each rule of DOMAIN g, once kept and once broken."""

from typing import Any

import pytest

from service.errors import Invalid
from service.forms import Form, Limits, accept
from tests.forms.county import FACTS, context
from tests.forms.samples import CAUSES, SAMPLES

# form, what is changed in the sample (None = left empty), what is changed around it, the field that is refused
BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("F00", {"result": "refuse"}, {}, "result"),
    ("F01", {"primary": "bullying"}, {}, "primary"),
    ("F01", {"absent_since": "2026-04-09"}, {}, "absent_since"),
    ("F01", {}, {"is_school_day": lambda day: False}, "absent_since"),
    ("F02", {"expected_back": None}, {}, "expected_back"),
    ("F02", {"result": "在途", "expected_back": None}, {"outcome": "coming_back"}, "expected_back"),
    ("F02", {}, {"outcome": "refuses"}, "result"),
    ("F02", {"attempts": []}, {}, "attempts"),
    ("F02", {"day_index": 4}, {}, "day_index"),
    ("F02", {"expected_back": "2026-04-07"}, {}, "expected_back"),
    ("F02", {"attempts": [{"time": "2026-04-08T10:31:00+08:00", "method": "电话", "reached": False}]}, {}, "attempts.0.time"),
    ("F03", {"duty_told": False}, {}, "duty_told"),
    ("F03", {"visitors": ["wangmin"]}, {}, "visitors"),
    ("F03", {}, {"limits": Limits(min_visitors=3)}, "visitors"),
    ("F03", {"visitors": ["wangmin", "nobody_here"]}, {}, "visitors"),
    ("F03", {"pupil_view": None}, {}, "pupil_view"),
    ("F03", {"promised_on": None}, {}, "promised_on"),
    ("F03", {"promised_on": "2026-04-23"}, {}, "promised_on"),
    ("F03", {"promised_on": "2026-04-07"}, {}, "promised_on"),
    ("F03", {"signs": None}, {}, "signs"),
    ("F03", {"visit_time": "2026-03-29T10:00:00+08:00", "promised_on": "2026-04-01"}, {}, "visit_time"),
    ("F03", {"visit_time": "2026-04-08T11:00:00+08:00"}, {}, "visit_time"),
    ("F03", {"result": "refused_pupil"}, {}, "result"),
    ("F03", {"met": ["无人", "母"]}, {}, "met"),
    ("F03", {"consent": False}, {}, "consent"),
    ("F03", {"photos": ["f9"]}, {}, "photos"),
    ("F03", {"result": "danger"}, {"outcome": "danger"}, "danger_flag"),
    ("F03", {"primary": "ill"}, {}, "primary"),
    ("F04", {"to": "2026-04-07"}, {}, "to"),
    ("F04", {"medical": None}, {}, "medical"),
    ("F04", {"contact": "1388720617"}, {}, "contact"),
    ("F04", {"class_teacher_opinion": "不同意"}, {}, "class_teacher_opinion"),
    ("F04", {}, {"outcome": "agree"}, "approver_opinion"),
    ("F04", {"approver_opinion": "不同意"}, {"outcome": "agree"}, "approver_opinion"),
    ("F05", {"principal_sign": None}, {}, "principal_sign"),
    ("F05", {"rows": []}, {}, "rows"),
    ("F05a", {}, {"outcome": "wrong_township"}, "reason"),
    ("F06", {"done_at": "2026-04-09T10:00:00+08:00"}, {}, "done_at"),
    ("F06b", {"error_kind": None}, {}, "error_kind"),
    ("F07", {"sources": [{"kind": "监护人"}]}, {}, "sources"),
    ("F07", {"category": "missing"}, {}, "category"),
    ("F07", {"category": None}, {"outcome": "agree"}, "township_opinion"),
    ("F07b", {"county_decision": "暂不认定"}, {}, "county_decision"),
    ("F08", {"leader": None}, {}, "leader"),
    ("F08", {"target": "2026-04-01"}, {}, "target"),
    ("F09", {"team": ["hefang"]}, {}, "team"),
    ("F09", {"result": "promised"}, {"outcome": "promised"}, "promised_on"),
    ("F10", {"comply_by": "2026-04-12"}, {}, "comply_by"),
    ("F11", {"cause_checklist": [{"cause": cause, "ruled_out": cause != "贫困"} for cause in CAUSES]}, {}, "cause_checklist"),
    ("F11", {"cause_checklist": [{"cause": "贫困", "ruled_out": True}]}, {}, "cause_checklist"),
    ("F11", {"decision": "wait"}, {}, "decision"),
    ("F12", {"staff": ["wulei"]}, {}, "staff"),
    ("F12", {"attitude": "未到"}, {}, "attitude"),
    ("F12", {"respondent": "陈三"}, {}, "respondent"),
    ("F13", {"comply_days": 2}, {}, "comply_days"),
    ("F13", {"comply_days": 31}, {}, "comply_days"),
    ("F13", {"respondent": "陈三"}, {}, "respondent"),
    ("F13", {"respondent": "陈老太"}, {}, "respondent"),
    ("F13", {"respondent": "陈小"}, {}, "respondent"),
    ("F13", {"signer": "wulei"}, {}, "signer"),
    ("F14", {"servers": ["wulei"]}, {}, "servers"),
    ("F14", {"witness": None}, {}, "witness"),
    ("F14", {"method": "电子"}, {}, "consent_file"),
    ("F14", {"method": "公告"}, {}, "announce_from"),
    ("F14", {"method": "公告", "announce_from": "2026-03-01", "announce_to": "2026-03-30"}, {}, "announce_to"),
    ("F15", {"present_at_school": True}, {}, "present_at_school"),
    ("F15", {"reason": "已履行"}, {"outcome": "returned"}, "present_at_school"),
    ("F15", {"reason": "已履行"}, {}, "reason"),
    ("F15", {"reason": "部分履行"}, {"outcome": "extension"}, "extension_to"),
    ("F15", {"reason": "部分履行", "extension_to": "2026-04-19"}, {"outcome": "extension"}, "extension_to"),
    (
        "F15",
        {"reason": "部分履行", "extension_to": "2026-04-12"},
        {"outcome": "extension", "facts": {"extension_used": True}},
        "extension_to",
    ),
    ("F16", {"officers": [{"person": "wulei", "cert_no": "530101"}]}, {}, "officers"),
    ("F16", {"officers": [{"person": "wulei", "cert_no": "530101"}, {"person": "zhenghua", "cert_no": "530101"}]}, {}, "officers"),
    ("F16", {"officers": [{"person": "wulei", "cert_no": "530101"}, {"person": "zhenghua"}]}, {}, "officers.1.cert_no"),
    ("F16", {}, {"outcome": "agree"}, "head_decision"),
    ("F17", {"cert_shown": False}, {}, "cert_shown"),
    ("F17", {"rights_told": False}, {}, "rights_told"),
    ("F17", {"time_to": "2026-04-08T08:00:00+08:00"}, {}, "time_to"),
    ("F18", {"amount": 1001}, {}, "amount"),
    ("F18", {"amount": None}, {}, "amount"),
    ("F18", {"proposed_kind": "警告"}, {}, "amount"),
    ("F19", {"hearing": {"chair": "wulei"}}, {}, "hearing.chair"),
    ("F19", {"hearing": {"notified_on": "2026-03-20"}}, {}, "hearing.chair"),
    ("F19", {"hearing": {"chair": "lintao", "notified_on": "2026-03-31", "held_on": "2026-04-08"}}, {}, "hearing.held_on"),
    ("F19", {"proposed_amount": 600}, {}, "proposed_amount"),
    ("F19", {"review": "采纳"}, {}, "review"),
    ("F20", {"opinion": "修改"}, {}, "opinion"),
    ("F20", {"checklist": {"主体": "合格"}}, {}, "checklist.1.result"),
    (
        "F20",
        {
            "checklist": [
                {"item": item, "result": "不合格"} for item in ["主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限"]
            ]
        },
        {},
        "opinion",
    ),
    ("F21", {"amount": 600}, {}, "amount"),
    ("F21", {"amount": 1200}, {"facts": {"penalty_amount": None}}, "amount"),
    ("F21", {"amount": 400}, {"facts": {"penalty_proposed": 300}}, "amount"),
    ("F21", {"kind": "警告"}, {}, "amount"),
    ("F21", {"seal": None}, {}, "seal"),
    ("F21", {"complex": True}, {}, "collective_minutes"),
    ("F23", {"attachments": ["决定书", "依据", "催告情况", "标的情况", "负责人签名盖章"]}, {}, "attachments"),
    ("F23", {}, {"facts": {"served_on": "2025-06-30"}}, "window"),
    ("F23", {}, {"facts": {"served_on": "2025-10-30"}}, "window"),
    ("F23", {}, {"outcome": "agree"}, "head_sign"),
    ("F24", {"defendants": ["陈三"]}, {}, "defendants"),
    ("F25", {"type": "不予受理"}, {}, "type"),
    ("F25", {"type": "判决"}, {"outcome": "judgment"}, "return_by"),
    ("F26", {"confirmed": False}, {}, "confirmed"),
    (
        "F26",
        {},
        {"prefilled": {"attendance": [{"date": "2026-04-07", "present": True}, {"date": "2026-04-08", "present": True}]}},
        "confirmed",
    ),
    ("F27c", {"reason": None}, {}, "reason"),
    ("F27d", {"checklist": []}, {}, "checklist"),
    ("F27d", {"checklist": [{"item": "编班", "done": True}]}, {}, "checklist.0.date"),
    ("F29", {"stability": "波动"}, {}, "stability"),
    ("F29", {"next_on": "2026-04-01"}, {}, "next_on"),
    ("F30", {"list_after": "红"}, {}, "list_after"),
    ("F30", {"indicators": {"attendance": 101}}, {}, "indicators.attendance"),
    ("F30", {}, {"outcome": "to_closure", "facts": {"days_since_return": 89, "white_days": 60}}, "list_after"),
    ("F30", {}, {"outcome": "to_closure", "facts": {"days_since_return": 90, "white_days": 29}}, "list_after"),
    ("F30", {}, {"outcome": "to_closure"}, "list_after"),
    ("F30", {"propose_closure": True}, {"outcome": "continue"}, "propose_closure"),
    ("F30", {"propose_closure": False}, {"outcome": "to_closure", "facts": {"days_since_return": 90, "white_days": 30}}, "propose_closure"),
    ("F30b", {"pairing": []}, {}, "pairing"),
    ("F31", {"evidence": ["90日考勤"]}, {}, "evidence"),
    ("F31", {"code": "C03"}, {}, "evidence"),
    ("F31", {"facts": "多次劝返无效，建议销号"}, {}, "facts"),
    ("F31", {"facts": "学生已婚"}, {}, "facts"),
    ("F31", {"code": "C10", "evidence": ["年满16周岁", "法制审核意见", "县级批准", "职业教育等替代安排记录"]}, {}, "code"),
    ("F31", {}, {"outcome": "pass"}, "principal"),
    ("F31", {"principal": "同意"}, {"outcome": "approve"}, "county"),
    ("F31", {"principal": "同意", "county": "退回"}, {"outcome": "approve"}, "county"),
    ("F31", {"principal": "同意"}, {"outcome": "return"}, "principal"),
    ("F45", {"feedback_due": None}, {}, "feedback_due"),
    ("F45", {"feedback_due": "2026-04-01"}, {}, "feedback_due"),
    ("F47", {"rows": []}, {}, "rows"),
    ("F47", {"rows": [{"doc_no": "3 号", "state": "罚款分期", "basis": "困难"}]}, {}, "rows"),
    ("F47", {}, {"outcome": "instalments"}, "rows"),
    ("F52", {"leader": "hefang"}, {}, "leader"),
    ("F52", {"visitors": ["wangmin"]}, {}, "visitors"),
]

# the same rules, kept in a way the samples do not show
KEPT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("F10", {"comply_by": "2026-04-12"}, {"outcome": "agree"}),
    ("F02", {"result": "未联系上", "cause": None, "proper": None, "expected_back": None}, {"outcome": "no_answer"}),
    ("F02", {}, {"outcome": "sick"}),
    ("F03", {"result": "nobody", "met": ["无人"], "duty_told": False, "guardian_view": None, "pupil_view": None}, {"outcome": "nobody"}),
    ("F03", {"signs": None, "refusal_reason": "监护人拒绝签字"}, {}),
    ("F03", {"promised_on": "2026-04-22"}, {}),
    ("F03", {"result": "danger", "danger_flag": True}, {"outcome": "danger"}),
    ("F04", {"to": "2026-04-10", "medical": None}, {}),
    ("F04", {"kind": "事假", "medical": None}, {}),
    ("F04", {"approver_opinion": "同意"}, {"outcome": "agree"}),
    ("F05", {"principal_sign": None}, {"outcome": "returned"}),
    ("F06b", {"error_kind": None, "fix": "学籍无误"}, {"outcome": "not_an_error"}),
    ("F07", {"township_opinion": "同意"}, {"outcome": "agree"}),
    ("F08", {"leader": None, "target": None, "team": None, "cause_analysis": None}, {"outcome": "opened"}),
    (
        "F11",
        {"decision": "more_support", "cause_checklist": [{"cause": cause, "ruled_out": False} for cause in CAUSES]},
        {"outcome": "more_support"},
    ),
    ("F11", {"cause_checklist": [{"cause": cause, "measure_done": "已资助"} for cause in CAUSES]}, {}),
    ("F11", {"cause_checklist": dict.fromkeys(CAUSES, True)}, {}),
    ("F12", {"attitude": "未到", "guardian_statement": None}, {"outcome": "absent"}),
    ("F14", {"witness": None, "media": ["f1"]}, {}),
    ("F14", {"method": "公告", "announce_from": "2026-03-01", "announce_to": "2026-03-31"}, {}),
    ("F15", {"reason": "有正当理由", "extension_to": "2026-04-18"}, {"outcome": "extension"}),
    ("F15", {"present_at_school": True, "reason": "已履行"}, {"outcome": "returned"}),
    ("F16", {"head_decision": "同意立案"}, {"outcome": "agree"}),
    ("F18", {"proposed_kind": "警告", "amount": None}, {}),
    ("F20", {"checklist": dict.fromkeys(["主体", "权限", "事实", "证据", "依据", "程序", "裁量", "文书", "期限"], "合格")}, {}),
    ("F20", {"opinion": "不同意"}, {"outcome": "reject"}),
    ("F21", {"amount": 500}, {}),
    (
        "F21",
        {"kind": None, "amount": None, "performance_way": None, "perform_by": None, "remedies": None, "seal": None},
        {"outcome": "not_established"},
    ),
    ("F23", {"head_sign": "马健"}, {"outcome": "agree"}),
    ("F25", {"type": "判决", "return_by": "2026-05-01"}, {"outcome": "judgment"}),
    ("F26", {"confirmed": False}, {"outcome": "not_confirmed"}),
    ("F30", {}, {"outcome": "to_closure", "facts": {"days_since_return": 90, "white_days": 30}}),
    ("F30", {}, {"outcome": "to_closure", "facts": {"returned_on": "2026-01-08", "white_since": "2026-03-09"}}),
    ("F30b", {"pairing": []}, {"facts": {"list": "white"}}),
    ("F31", {"facts": "曾外出务工，现已复学"}, {}),
    (
        "F31",
        {"code": "C10", "evidence": ["年满16周岁", "法制审核意见", "县级批准", "职业教育等替代安排记录"]},
        {"prefilled": {"birth_date": "2010-04-08"}},
    ),
    ("F31", {"principal": "同意"}, {"outcome": "pass"}),
    ("F31", {"principal": "同意", "township": "退回"}, {"outcome": "return"}),
    ("F47", {"rows": [{"doc_no": "3 号", "state": "罚款分期", "basis": "困难"}]}, {"outcome": "instalments"}),
]


@pytest.mark.parametrize(("key", "changes", "around", "field"), BROKEN)
def test_a_broken_rule_is_refused_on_its_field(
    forms: dict[str, Form], key: str, changes: dict[str, Any], around: dict[str, Any], field: str
) -> None:
    outcome, values = SAMPLES[key]
    with pytest.raises(Invalid) as refused:
        accept(forms[key], {**values, **changes}, context(**{"outcome": outcome, **around}))

    assert field in refused.value.fields
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for texts in refused.value.fields.values() for text in texts)


@pytest.mark.parametrize(("key", "changes", "around"), KEPT)
def test_a_kept_rule_is_no_obstacle(forms: dict[str, Form], key: str, changes: dict[str, Any], around: dict[str, Any]) -> None:
    outcome, values = SAMPLES[key]

    accept(forms[key], {**values, **changes}, context(**{"outcome": outcome, **around}))


def test_all_that_is_wrong_with_a_visit_is_said_at_once(forms: dict[str, Form]) -> None:
    with pytest.raises(Invalid) as refused:
        accept(
            forms["F03"],
            {**SAMPLES["F03"][1], "duty_told": False, "visitors": ["wangmin"], "promised_on": "2026-05-09"},
            context("promised"),
        )

    assert refused.value.fields == {
        "visitors": ["家访人员至少 2 人，请再补 1 人"],
        "promised_on": ["承诺返校日期要在家访时间之后 14 天以内，最晚 4月22日（周三）"],
        "duty_told": ["向监护人讲明法定义务后才能提交；还没讲明的，请先存草稿"],
    }


def test_what_says_nothing_here_is_not_kept(forms: dict[str, Form]) -> None:
    visit = {**SAMPLES["F03"][1], "result": "refused_pupil"}
    stale = {**SAMPLES["F31"][1], "township": "退回"}

    assert "promised_on" not in accept(forms["F03"], visit, context("refused_pupil"))
    assert "township" not in accept(forms["F31"], stale, context("done"))


def test_the_form_works_out_what_it_can(forms: dict[str, Form]) -> None:
    def worked_out(key: str, **around: Any) -> dict[str, Any]:
        outcome, values = SAMPLES[key]
        return accept(forms[key], values, context(**{"outcome": outcome, **around}))

    assert worked_out("F04")["days"] == 5
    assert worked_out("F14")["effective_on"] == "2026-04-08"
    assert "effective_on" not in worked_out("F14", outcome="returned")
    assert worked_out("F16")["deadline90"] == "2026-07-07"
    assert worked_out("F18")["statement_by"] == "2026-04-15" and worked_out("F18")["hearing_eligible"] is False
    assert worked_out("F18", limits=Limits(hearing_threshold=500))["hearing_eligible"] is True
    assert worked_out("F19")["not_aggravated"] is True
    assert worked_out("F23")["window"] == {"remedy_expiry": "2026-03-30", "last_day": "2026-06-30"}
    assert worked_out("F23", prefilled={"remedy_expiry": "2026-03-01", "last_day": "2026-06-02"})["window"]["last_day"] == "2026-06-02"
    assert worked_out("F01", prefilled={"contacts_done": 2, "visits": 1})["rows"][0]["contacts"] == 2
    assert worked_out("F01", prefilled={"contacts_done": 2, "visits": 1})["contacts"] == 2
    assert worked_out("F30", facts={"returned_on": "2026-03-20"})["days_since_return"] == 19
    assert worked_out("F30")["list_before"] == "红"
    assert worked_out("F31")["watch_until"] == "2026-10-05"
    assert worked_out("F07")["absent_school_days"] == FACTS["absent_school_days"]


def test_a_key_left_out_takes_what_is_known_or_usual(forms: dict[str, Form]) -> None:
    order = {key: value for key, value in SAMPLES["F13"][1].items() if key not in {"comply_days", "legal_basis", "facts"}}

    filed = accept(forms["F13"], order, context("signed", prefilled={"facts": "自 3 月 30 日起未到校"}))

    assert filed["comply_days"] == 10 and filed["legal_basis"] == ["义务教育法58"] and filed["facts"] == "自 3 月 30 日起未到校"


def test_a_key_sent_empty_is_empty(forms: dict[str, Form]) -> None:
    with pytest.raises(Invalid) as refused:
        accept(forms["F13"], {**SAMPLES["F13"][1], "facts": " "}, context("signed", prefilled={"facts": "自 3 月 30 日起未到校"}))

    assert refused.value.fields == {"facts": ["请填写事实"]}


def test_what_is_sent_for_a_worked_out_field_is_ignored(forms: dict[str, Form]) -> None:
    assert accept(forms["F04"], {**SAMPLES["F04"][1], "days": 1}, context("approved"))["days"] == 5
