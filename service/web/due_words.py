"""A due rule as an official reads it. Pure."""

from service.calendars import parse
from service.calendars.rule_grammar import AbsenceDay, Field, Fixed, MonthDay, Offset, Rule, Step, TermEdge
from service.errors import Invalid

UNITS = {"WD": "个工作日", "SD": "个上课日", "CD": "日", "MON": "个月"}
DATES = {
    "suspected_on": "列为疑似辍学之日",
    "service_from": "文书交送之日",
    "remedy_ends_on": "救济期限届满之日",
    "hearing_on": "听证之日",
    "filed_on": "立案之日",
    "comply_by": "改正期限届满之日",
    "served_on": "送达之日",
    "promised_on": "承诺返校之日",
    "leave_until": "假期届满之日",
}
ROLLS = {"next_wd": "，逢假日顺延", "prev_wd": "，逢假日提前", "none": ""}


def in_words(text: str | None) -> str:
    """What a rule says; an expression of the diagram is only named."""
    if not text:
        return "收到后 5 个工作日内"
    if text.startswith("="):
        return "按案件情况计算"
    try:
        rule = parse(text)
    except Invalid:
        return "按案件情况计算"
    return _said(rule)


def _said(rule: Rule) -> str:
    first, rest = rule.steps[0], rule.steps[1:]
    said = _start(first) + "".join(_step(step) for step in rest)
    return f"{said} {rule.at:%H:%M} 前" if rule.at else f"{said}内" if isinstance(rule.steps[-1], Offset) else said


def _start(step: Step) -> str:
    return f"收到后 {_count(step)}" if isinstance(step, Offset) else _step(step)


def _step(step: Step) -> str:
    match step:
        case AbsenceDay(number):
            return f"缺勤第 {number} 个上课日"
        case Field(name):
            return DATES.get(name, "案件记载之日")
        case Offset():
            return f"起 {_count(step)}"
        case MonthDay(day, months, roll):
            return f"{'次月' if months else '当月'} {day} 日{ROLLS[roll]}"
        case Fixed(month, day, roll):
            return f"{month}月{day}日{ROLLS[roll]}"
        case TermEdge(edge, count, unit, _):
            name = "开学" if edge == "TERM_START" else "学期结束"
            return f"{name}{'后' if (count or 0) >= 0 else '前'} {abs(count)} {UNITS[unit]}" if count else f"{name}之日"


def _count(step: Offset) -> str:
    return f"{step.count} {UNITS[step.unit]}{ROLLS[step.roll] if step.unit != 'MON' else ''}"
