"""Checks of return, placement, follow-up and closure (F26–F31)."""

import re
from collections.abc import Callable, Iterator

from service.forms.automatic import days_since_return, white_days
from service.forms.conditions import Problem
from service.forms.context import Context, Values
from service.forms.identity import age_on
from service.forms.rules import as_day

DAYS_PRESENT = 3

# What proves each closure code (DOMAIN e.9).
EVIDENCE: dict[str, tuple[str, ...]] = {
    "C01": ("90日考勤", "回访记录", "学籍正常"),
    "C02": ("毕业或结业证明",),
    "C03": ("学籍转接记录或接收学校证明", "到校考勤证明"),
    "C04": ("专家委员会意见", "送教计划", "送教记录"),
    "C06": ("死亡证明或户口注销",),
    "C07": ("出境或境外就读证明",),
    "C08": ("学籍更正证明",),
    "C09": ("接收单位证明函",),
    "C10": ("年满16周岁", "法制审核意见", "县级批准", "职业教育等替代安排记录"),
    "C11": ("联系、家访或请假记录",),
    "C12": ("关联案件",),
}
# these never close a case, whoever writes them …
NEVER_A_REASON = ("劝退", "开除", "自动退学", "家长保证书", "多次劝返无效")
# … and these only tell a story that goes on: somebody came back, or learns elsewhere.
NOT_BY_ITSELF = ("外出务工", "已婚")
_LEARNING = re.compile("复学|返校|到校|在校|在读|就读|入学|转学|毕业|结业|送教")


def three_days_present(values: Values, _context: Context) -> Iterator[Problem]:
    days = values.get("attendance")
    if values.get("confirmed") is True and days and sum(bool(day.get("present")) for day in days) < DAYS_PRESENT:
        yield "confirmed", "连续 3 个上课日到校才能确认复学；考勤不足 3 日，请等考勤记录满 3 日"


def done_items_are_dated(values: Values, _context: Context) -> Iterator[Problem]:
    for index, row in enumerate(values.get("checklist", [])):
        if row.get("done") is True and not row.get("date"):
            yield f"checklist.{index}.date", f"请填写{row['item']}落实的日期"


def something_was_put_in_place(values: Values, _context: Context) -> Iterator[Problem]:
    if not any(row.get("done") for row in values.get("checklist", [])):
        yield "checklist", "请勾选已经落实的事项，至少一项"


def stable_long_enough(values: Values, context: Context) -> Iterator[Problem]:
    """Closure is proposed after 90 days back and 30 days white, not before (DOMAIN SP80_T06)."""
    if context.outcome != "to_closure" and values.get("propose_closure") is not True:
        return
    where = "list_after" if context.outcome == "to_closure" else "propose_closure"
    back, white, limits = days_since_return(values, context), white_days(values, context), context.limits
    if back is None or back < limits.min_days_before_closure:
        yield where, f"返校满 {limits.min_days_before_closure} 天才能提出销号，现在 {back or 0} 天；请选继续跟踪"
    elif white is None or white < limits.min_white_days:
        yield where, f"在白名单满 {limits.min_white_days} 天才能提出销号，现在 {white or 0} 天；请选继续跟踪"


def closure_is_proposed_as_chosen(values: Values, context: Context) -> Iterator[Problem]:
    if context.outcome == "to_closure" and values.get("propose_closure") is False:
        yield "propose_closure", "办理结果是提出销号，这里请选“是”或改选办理结果"


def red_pupils_are_paired(values: Values, context: Context) -> Iterator[Problem]:
    if context.facts.get("list") != "white" and not values.get("pairing"):
        yield "pairing", "红名单学生要有结对包保人，请至少填一人"


def closure_is_proven(values: Values, _context: Context) -> Iterator[Problem]:
    code = values.get("code", "")
    missing = [paper for paper in EVIDENCE.get(code, ()) if paper not in values.get("evidence", [])]
    if values.get("evidence") and missing:
        yield "evidence", f"{code} 的佐证不齐，还缺：{'、'.join(missing)}"


def closure_has_a_lawful_reason(values: Values, _context: Context) -> Iterator[Problem]:
    facts = values.get("facts", "")
    said = next((word for word in NEVER_A_REASON if word in facts), None)
    if said is None and not _LEARNING.search(facts):
        said = next((word for word in NOT_BY_ITSELF if word in facts), None)
    if said is not None:
        yield "facts", f"“{said}”不能作为销号理由，请写明学生现在在哪里接受义务教育，或继续劝返"


def overage_means_sixteen(values: Values, context: Context) -> Iterator[Problem]:
    born = as_day(context.prefilled.get("birth_date"))
    if values.get("code") == "C10" and born is not None and age_on(born, context.today) < 16:
        yield "code", "学生未满 16 周岁，不能按超龄销号"


def opinions_agree_with_the_outcome(values: Values, context: Context) -> Iterator[Problem]:
    given = {key: values[key] for key in ("principal", "township", "county") if key in values}
    refused = next((key for key, opinion in given.items() if opinion == "退回"), None)
    if context.outcome in {"pass", "approve"} and refused:
        yield refused, "意见是退回，与所选的办理结果不一致，请改其中一项"
    elif context.outcome == "approve" and "county" not in given:
        yield "county", "请选择县级意见"
    elif context.outcome == "pass" and not given:
        yield "principal", "请选择审核意见"
    elif context.outcome in {"return", "refuse"} and refused is None:
        yield next(reversed(given), "principal"), "办理结果是退回，请在本级意见中选退回"


CHECKS: dict[str, tuple[Callable[[Values, Context], Iterator[Problem]], ...]] = {
    "F26": (three_days_present,),
    "F27": (done_items_are_dated,),
    "F27d": (something_was_put_in_place, done_items_are_dated),
    "F30": (stable_long_enough, closure_is_proposed_as_chosen),
    "F30b": (red_pupils_are_paired,),
    "F31": (closure_is_proven, closure_has_a_lawful_reason, overage_means_sixteen, opinions_agree_with_the_outcome),
}
