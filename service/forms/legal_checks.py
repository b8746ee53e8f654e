"""Checks of admonition, penalty and court (F11–F25): what the law asks of the procedure before anything else."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from service.forms.automatic import announced_fine
from service.forms.conditions import Problem, spoken
from service.forms.context import Context, Values, guardian_id
from service.forms.identity import age_on, id_birth_date
from service.forms.rules import as_day

STEPS_UP = frozenset({"admonish", "order_by_notice", "penalty", "enforce", "civil"})
ADULT = 18
ANNOUNCEMENT_DAYS = 30  # 民事诉讼法第九十五条
LONGEST_EXTENSION = 10


def no_step_up_while_a_cause_is_open(values: Values, _context: Context) -> Iterator[Problem]:
    """A family is not pressed further for what the State has not put right (F11)."""
    rows = values.get("cause_checklist", [])
    unanswered = [row["cause"] for row in rows if "ruled_out" not in row and not row.get("measure_done")]
    if unanswered:
        yield "cause_checklist", f"请逐项写明已排除，或已采取的措施；还缺：{'、'.join(unanswered)}"
        return
    still_open = [row["cause"] for row in rows if row.get("ruled_out") is not True and not row.get("measure_done")]
    if still_open and values.get("decision") in STEPS_UP:
        yield "cause_checklist", f"{'、'.join(still_open)}还没有排除，也没有写明已采取的措施，不能升级；请先解决或改选其他决定"


def respondent_is_an_adult_legal_guardian(values: Values, context: Context) -> Iterator[Problem]:
    chosen = next((row for row in context.guardians() if guardian_id(row) == values.get("respondent")), None)
    if chosen is None:
        return
    born = as_day(chosen.get("birth_date")) or id_birth_date(str(chosen.get("id_number") or ""))
    if chosen.get("is_legal_guardian") is False:
        yield "respondent", f"{chosen['name']}不是法定监护人，请改选法定监护人"
    elif born is not None and age_on(born, context.today) < ADULT:
        yield "respondent", f"{chosen['name']}未满 18 周岁，请改选成年的法定监护人"


def drafter_reviewer_and_signer_differ(values: Values, _context: Context) -> Iterator[Problem]:
    named = [values[key] for key in ("drafter", "reviewer", "signer") if values.get(key)]
    if len(set(named)) < len(named):
        yield "signer", "拟稿人、审核人、签发人要是不同的人"


def leaving_in_place_is_witnessed(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("method") == "留置" and not values.get("witness") and not values.get("media"):
        yield "witness", "留置送达要写见证人，或上传录像、照片"


def public_notice_lasts_thirty_days(values: Values, _context: Context) -> Iterator[Problem]:
    first, last = as_day(values.get("announce_from")), as_day(values.get("announce_to"))
    if values.get("method") == "公告" and first and last and last < first + timedelta(days=ANNOUNCEMENT_DAYS):
        yield "announce_to", f"公告期是 30 日，最早到 {spoken(first + timedelta(days=ANNOUNCEMENT_DAYS))}"


def presence_agrees_with_the_outcome(values: Values, context: Context) -> Iterator[Problem]:
    present = values.get("present_at_school")
    if context.outcome == "returned" and present is False:
        yield "present_at_school", "办理结果是已返校，这里请选“是”；没有到校的请改选办理结果"
    if context.outcome in {"no", "no_with_reason", "extension"} and present is True:
        yield "present_at_school", "学生已到校，请把办理结果改为已返校"


def one_short_extension(values: Values, context: Context) -> Iterator[Problem]:
    if context.outcome != "extension":
        return
    start = as_day(values.get("checked_on")) or context.today
    day = as_day(values.get("extension_to"))
    if context.facts.get("extension_used"):
        yield "extension_to", "改正期限只能延长一次，本案已经延长过"
    elif day is not None and day > start + timedelta(days=LONGEST_EXTENSION):
        yield "extension_to", f"最多延长 10 天，最晚 {spoken(start + timedelta(days=LONGEST_EXTENSION))}"


def two_certified_officers(values: Values, _context: Context) -> Iterator[Problem]:
    """行政处罚法第四十二条: at least two officers, each with a certificate."""
    rows = values.get("officers", [])
    if not rows:
        return
    persons = {row.get("person") for row in rows if row.get("person")}
    certificates = {row.get("cert_no") for row in rows if row.get("cert_no")}
    if len(persons) < 2 or len(certificates) < 2:
        yield "officers", "执法人员不少于 2 人，要写 2 个不同的人和各自的执法证号"


def certificates_were_shown(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("cert_shown") is False:
        yield "cert_shown", "出示执法证件后才能询问；没有出示的笔录无效，请重新询问"


def rights_were_told(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("rights_told") is False:
        yield "rights_told", "告知权利义务后才能询问；没有告知的笔录无效，请重新询问"


def questioning_ends_after_it_began(values: Values, _context: Context) -> Iterator[Problem]:
    begun, ended = values.get("time_from"), values.get("time_to")
    if begun and ended and ended <= begun:
        yield "time_to", "结束时间要晚于开始时间"


def fine_within_the_law(values: Values, context: Context) -> Iterator[Problem]:
    kind, amount, most = values.get("proposed_kind", values.get("kind")), values.get("amount"), context.limits.max_fine
    if amount is None:
        return
    if kind is not None and kind != "罚款" and amount > 0:
        yield "amount", f"处罚种类是{kind}，不能填罚款金额；要罚款请把种类改为罚款"
    elif most is not None and amount > most:
        yield "amount", f"罚款不能超过 {most} 元"


def no_heavier_after_the_defence(values: Values, context: Context) -> Iterator[Problem]:
    """行政处罚法第四十五条: defending oneself may not make the penalty heavier than the notice said."""
    before = announced_fine(context)
    for key in ("amount", "proposed_amount"):
        if before is not None and values.get(key) is not None and values[key] > before:
            yield key, f"不能因陈述申辩加重处罚，事先告知的是 {before} 元"


def chair_did_not_investigate(values: Values, context: Context) -> Iterator[Problem]:
    chair = values.get("hearing", {}).get("chair")
    if chair is not None and str(chair) in investigators(context):
        yield "hearing.chair", "听证主持人不能是本案调查人员，请另选一人"


def hearing_was_announced_in_time(values: Values, context: Context) -> Iterator[Problem]:
    hearing = values.get("hearing", {})
    notified, held = as_day(hearing.get("notified_on")), as_day(hearing.get("held_on"))
    if notified and held and held < context.working_day(notified, 7):
        yield "hearing.held_on", f"听证要在通知 7 个工作日以后举行，最早 {spoken(context.working_day(notified, 7))}"


def hearing_has_a_chair(values: Values, _context: Context) -> Iterator[Problem]:
    if values.get("kind") == "听证" and not values.get("hearing", {}).get("chair"):
        yield "hearing.chair", "请选择听证主持人"


def nothing_failed_is_approved(values: Values, _context: Context) -> Iterator[Problem]:
    failed = [row["item"] for row in values.get("checklist", []) if row.get("result") == "不合格"]
    if failed and values.get("opinion") == "同意":
        yield "opinion", f"{'、'.join(failed)}不合格，不能选同意"


def application_is_in_time(values: Values, context: Context) -> Iterator[Problem]:
    """行政强制法第五十三条: not before the remedies have run out, not later than three months after."""
    window = values.get("window")
    if window is None:
        return
    first, last = as_day(window["remedy_expiry"]), as_day(window["last_day"])
    if last is not None and context.today > last:
        yield "window", f"申请期限到 {spoken(last)}已经届满，不能再申请；请报法制审核人员登记"
    elif first is not None and context.today < first:
        yield "window", f"救济期到 {spoken(first)}才届满，还不能申请"


def all_papers_attached(values: Values, _context: Context) -> Iterator[Problem]:
    needed = ("决定书", "依据", "当事人意见", "催告情况", "标的情况", "负责人签名盖章")
    missing = [paper for paper in needed if paper not in values.get("attachments", [])]
    if values.get("attachments") and missing:
        yield "attachments", f"材料不齐，还缺：{'、'.join(missing)}"


def closeout_rows_agree_with_the_outcome(values: Values, context: Context) -> Iterator[Problem]:
    paying = any(row.get("state") == "罚款分期" for row in values.get("rows", []))
    if context.outcome == "instalments" and not paying:
        yield "rows", "办理结果是分期缴纳，请把对应文书的处理选为罚款分期"
    if context.outcome == "closed" and paying:
        yield "rows", "还有文书在分期缴纳，办理结果请选分期"


def investigators(context: Context) -> set[str]:
    """Who investigated: the fact `investigators` (ids with commas), or the prefilled list of the same name."""
    known = context.prefilled.get("investigators") or str(context.facts.get("investigators") or "").split(",")
    return {str(person).strip() for person in known if str(person).strip()}


CHECKS: dict[str, tuple[Callable[[Values, Context], Iterator[Problem]], ...]] = {
    "F11": (no_step_up_while_a_cause_is_open,),
    "F12": (respondent_is_an_adult_legal_guardian,),
    "F13": (respondent_is_an_adult_legal_guardian, drafter_reviewer_and_signer_differ),
    "F14": (leaving_in_place_is_witnessed, public_notice_lasts_thirty_days),
    "F15": (presence_agrees_with_the_outcome, one_short_extension),
    "F16": (respondent_is_an_adult_legal_guardian, two_certified_officers),
    "F17": (certificates_were_shown, rights_were_told, questioning_ends_after_it_began),
    "F18": (fine_within_the_law,),
    "F19": (hearing_has_a_chair, chair_did_not_investigate, hearing_was_announced_in_time, no_heavier_after_the_defence),
    "F20": (nothing_failed_is_approved,),
    "F21": (respondent_is_an_adult_legal_guardian, fine_within_the_law, no_heavier_after_the_defence),
    "F23": (respondent_is_an_adult_legal_guardian, application_is_in_time, all_papers_attached),
    "F47": (closeout_rows_agree_with_the_outcome,),
}
