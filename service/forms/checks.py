"""What a form's answers must be together (DOMAIN g), as named pure functions, by form key.

A check sees answers that may be incomplete, says nothing about what is missing, and yields (field name, instruction).
"""

from collections.abc import Callable, Iterator

from service.forms import legal_checks, return_checks
from service.forms.conditions import Problem, spoken
from service.forms.context import Context, Values
from service.forms.definitions import Form
from service.forms.rules import as_day

Check = Callable[[Values, Context], Iterator[Problem]]


def broken(form: Form, values: Values, context: Context) -> Iterator[Problem]:
    """Every check of this form that these answers fail."""
    for check in CHECKS.get(form.key, ()):
        yield from check(values, context)


def absence_began_on_a_school_day(values: Values, context: Context) -> Iterator[Problem]:
    day = as_day(values.get("absent_since"))
    if day is not None and not context.is_school_day(day):
        yield "absent_since", f"{spoken(day)}不是上课日，请填缺勤开始的上课日"


def main_cause_is_a_cause(values: Values, _context: Context) -> Iterator[Problem]:
    causes = values.get("causes", values.get("reasons"))
    if causes and values.get("primary") and values["primary"] not in causes:
        yield "primary", "主要原因要在已选的原因之中"


def nobody_means_nobody(values: Values, _context: Context) -> Iterator[Problem]:
    met = values.get("met", [])
    if "无人" in met and len(met) > 1:
        yield "met", "选了“无人”就不能再选其他人"


def duty_was_told(values: Values, _context: Context) -> Iterator[Problem]:
    """A visit that met somebody is filed only when the guardian's duty was explained (F03)."""
    met_nobody = values.get("met") == ["无人"] or values.get("result") in {"nobody", "unreachable"}
    if values.get("duty_told") is False and not met_nobody:
        yield "duty_told", "向监护人讲明法定义务后才能提交；还没讲明的，请先存草稿"


def danger_is_flagged(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("result") == "danger" and values.get("danger_flag") is False:
        yield "danger_flag", "家访结果是“存在危险”，这里请选“是”"


def photos_have_consent(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("photos") and values.get("consent") is not True:
        yield "consent", "上传了照片，请确认家长同意拍摄；没有同意的请去掉照片"


def leader_is_a_visitor(values: Values, _context: Context) -> Iterator[Problem]:
    visitors = values.get("visitors", [])
    if visitors and values.get("leader") and values["leader"] not in visitors:
        yield "leader", "组长要是家访人员之一"


def second_opinion_allows_the_leave(values: Values, context: Context) -> Iterator[Problem]:
    if context.outcome == "agree" and values.get("approver_opinion") == "不同意":
        yield "approver_opinion", "审批意见是“不同意”，请改选退回"


def notice_leaves_three_working_days(values: Values, context: Context) -> Iterator[Problem]:
    first = context.working_day(context.today, 3)
    day = as_day(values.get("comply_by"))
    drafting = context.outcome not in {"agree", "return"}  # the principal signs what was right when it was drafted
    if drafting and day is not None and day < first:
        yield "comply_by", f"要给监护人留够 3 个工作日，最早 {spoken(first)}"


def feedback_date_for_the_procuratorate(values: Values, context: Context) -> Iterator[Problem]:
    day = as_day(values.get("feedback_due"))
    if day is not None and day < context.today:
        yield "feedback_due", "反馈期限不能早于今天"


_VISIT: tuple[Check, ...] = (main_cause_is_a_cause, nobody_means_nobody, photos_have_consent)

CHECKS: dict[str, tuple[Check, ...]] = {
    "F01": (absence_began_on_a_school_day, main_cause_is_a_cause),
    "F03": (*_VISIT, duty_was_told, danger_is_flagged),
    "F04": (second_opinion_allows_the_leave,),
    "F07": (main_cause_is_a_cause,),
    "F07b": (main_cause_is_a_cause,),
    "F09": (nobody_means_nobody,),
    "F10": (notice_leaves_three_working_days,),
    "F45": (feedback_date_for_the_procuratorate,),
    "F52": (leader_is_a_visitor,),
    **legal_checks.CHECKS,
    **return_checks.CHECKS,
}
