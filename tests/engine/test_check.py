"""One diagram refused for each rule, and none of the county's own refused for any."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from service.engine import Problem, Vocabulary, check, check_bundle, read
from service.errors import Invalid
from tests.engine.drawing import (
    Part,
    arrow,
    at,
    block,
    call,
    caught,
    choice,
    el,
    end,
    first_event,
    flow,
    fork,
    hear,
    merge,
    operation,
    process,
    start,
    task,
    tasks,
)
from tests.engine.walks import real_files

PACKAGE = Path(__file__).parents[2] / "service" / "engine" / "check"
Body = list[Part]


def due_rule(text: str) -> None:
    if not re.match(r"(WD|SD|CD|MON|FIELD|D\d)", text):
        raise Invalid("不是期限规则")


WORDS = Vocabulary(
    roles=frozenset({"class_teacher", "principal"}),
    forms=frozenset({"F02"}),
    operations=frozenset({"case.status", "message.raise"}),
    facts=frozenset({"rounds"}),
    functions=frozenset({"present", "penalty_open", "today"}),
    messages=frozenset({"m", "other"}),
    due_rule=due_rule,
)


def problems(*parts: Part, key: str = "P", kind: str = "phase", stage: str = "detection", **about: str) -> list[Problem]:
    return check(read(process(key, *parts, kind=kind, stage=stage, **about)), WORDS)


def line(*middle: Element, **about: str) -> list[Problem]:
    return problems(start(), *middle, end(), flow("start", *(one.get("id", "") for one in middle), "end"), **about)


def test_a_well_drawn_diagram_has_no_problems() -> None:
    assert line(task("T"), operation("S", "case.status"), at("E", "WD+1"), hear("M", "m")) == []


def loop(*middle: Element) -> Body:
    ids = [one.get("id", "") for one in middle]
    return [start(), *merge("M"), *middle, end(), flow("start", "M", *ids, "G"), choice("G", "M", end="rounds > 1")]


def unmarked(tag: str, **attributes: str) -> Element:
    made = task("T")
    made.append(el(tag, **attributes))
    return made


ONE_WAY = flow("start", "T", "end")
REFUSED: dict[str, Body] = {
    "element": [start(), el("scriptTask", id="T"), end(), ONE_WAY],
    "element multi": [start(), unmarked("multiInstanceLoopCharacteristics"), end(), ONE_WAY],
    "element loop": [start(), unmarked("standardLoopCharacteristics", loopMaximum="3"), end(), ONE_WAY],
    "element inclusive": [start(), el("inclusiveGateway", id="T"), end(), ONE_WAY],
    "element throw": [start(), el("intermediateThrowEvent", id="T"), end(), ONE_WAY],
    "id_reserved": [start(), task("End"), end(), flow("start", "End", "end")],
    "id_reserved ending": [start(), task("T.EndJoin"), end(), flow("start", "T.EndJoin", "end")],
    "too_large": [start(), tasks(*(f"T{n}" for n in range(310))), end(), flow("start", *(f"T{n}" for n in range(310)), "end")],
    "start_one": [start(), start("second"), *tasks("T"), *merge("M"), end(), flow("start", "M", "T", "end"), flow("second", "M")],
    "end_missing": [start(), task("T"), flow("start", "T")],
    "dead_end": [start(), *tasks("T"), *merge("G"), end(), flow("start", "G", "T"), arrow("G", "end", "rounds > 1")],
    "end_outflow": [start(), *tasks("T"), end(), flow("start", "T", "end", "T")],
    "one_outflow": [start(), *tasks("T", "U"), end(), flow("start", "T", "end"), flow("T", "U", "end")],
    "event_inflow": [start(), *tasks("T"), end(), flow("start", "T", "end"), hear("b", "m", on="T"), flow("b", "end"), flow("T", "b")],
    "condition_ignored": [start(), task("T"), end(), flow("start", "T"), arrow("T", "end", "rounds > 1")],
    "condition_single": [start(), *merge("G"), end(), flow("start", "G"), arrow("G", "end", "rounds > 1")],
    "condition_missing": [start(), *merge("G"), *tasks("T"), end(), flow("start", "G", "T", "end"), arrow("G", "end", "rounds > 1")],
    "gateway_default": [
        start(), *merge("G"), end(), end("e2"), flow("start", "G"), arrow("G", "end", "rounds > 1"), arrow("G", "e2", "rounds < 1"),
    ],
    "default_condition": [
        start(), el("exclusiveGateway", id="G", default="d"), end(), end("e2"), flow("start", "G"),
        arrow("G", "end", "rounds > 1", id="d"), arrow("G", "e2", "rounds < 1"),
    ],
    "event_kind": [start(), el("intermediateCatchEvent", el("signalEventDefinition"), id="T"), end(), ONE_WAY],
    "event_kind link": [start(), el("intermediateCatchEvent", el("linkEventDefinition"), id="T"), end(), ONE_WAY],
    "event_kind signal end": [start(), el("endEvent", el("signalEventDefinition"), id="end"), flow("start", "end")],
    "event_kind timer start": [el("startEvent", el("timerEventDefinition", el("timeDate")), id="start"), end(), flow("start", "end")],
    "timer_form": [start(), at("T", ""), end(), ONE_WAY],
    "boundary_message_once": [
        start(), task("T"), end(), ONE_WAY, hear("b", "m", on="T", interrupting=False), end("e2"), flow("b", "e2"),
    ],
    "boundary_block": [
        start(), block("T", start("s"), end("e"), flow("s", "e")), end(), ONE_WAY,
        at("b", "WD+1", on="T", interrupting=False), end("e2"), flow("b", "e2"),
    ],
    "boundary_host": [start(), operation("T", "case.status"), end(), ONE_WAY, at("b", "WD+1", on="T"), end("e2"), flow("b", "e2")],
    "boundary_doubled": [
        start(), task("T"), end(), ONE_WAY,
        hear("b", "m", on="T"), hear("c", "m", on="T"), end("e2"), end("e3"), flow("b", "e2"), flow("c", "e3"),
    ],
    "error_host": [start(), task("T"), end(), ONE_WAY, caught("b", "x", on="T"), end("e2"), flow("b", "e2")],
    "call_target": [start(), el("callActivity", id="T"), end(), ONE_WAY],
    "event_gateway": [start(), first_event("G"), hear("a", "m"), end(), flow("start", "G", "a", "end")],
    "event_gateway task": [
        start(), first_event("G"), hear("a", "m"), task("T"), end(), end("e2"), flow("start", "G", "a", "end"), flow("G", "T", "e2"),
    ],
    "event_gateway_timers": [
        start(), first_event("G"), at("a", "WD+1"), at("b", "WD+2"), end(), end("e2"),
        flow("start", "G", "a", "end"), flow("G", "b", "e2"),
    ],
    "flow_doubled": [start(), *fork("F", "J"), end(), flow("start", "F", "J", "end"), flow("F", "J")],
    "unreachable": [start(), *tasks("T", "U"), end(), ONE_WAY, flow("U", "end")],
    "loop_without_task": loop(at("E", "WD+1")),
    "join_starves": [
        start(), *fork("J"), *tasks("T", "U"), end(), flow("start", "G"), choice("G", "T", U="rounds > 1"),
        flow("T", "J", "end"), flow("U", "J"),
    ],
    "parallel_reentered": [
        start(), *merge("M"), *fork("F", "J"), *tasks("T", "U"), end(), flow("start", "M", "F", "T", "G"), choice("G", "J", M="rounds > 1"),
        flow("F", "U", "J", "end"),
    ],
    "no_way_out": [
        start(), *merge("M"), *tasks("T", "U"), end(), flow("start", "G"), choice("G", "M", end="rounds > 1"), flow("M", "T", "U", "M"),
    ],
    "too_parallel": [
        start(), *fork("F", "J"), end(), flow("start", "F"), flow("J", "end"),
        *(one for n in range(6) for one in tasks(*(f"T{n}{m}" for m in range(8)))),
        *(flow("F", *(f"T{n}{m}" for m in range(8)), "J") for n in range(6)),
    ],
    "too_branchy": [
        start(), end(), *(one for n in range(12) for one in (*fork(f"F{n}", f"J{n}"), *tasks(f"A{n}", f"B{n}"))),
        flow("start", "F0"), flow("J11", "end"), *(flow(f"J{n}", f"F{n + 1}") for n in range(11)),
        *(flow(f"F{n}", f"{side}{n}", f"J{n}") for n in range(12) for side in "AB"),
    ],
    "role_one": [start(), task("T", role=""), end(), ONE_WAY],
    "role_one two": [start(), task("T", role="class_teacher,principal"), end(), ONE_WAY],
    "role_unknown": [start(), task("T", role="emperor"), end(), ONE_WAY],
    "role_unknown copy": [start(), task("T", copies="emperor"), end(), ONE_WAY],
    "also": [start(), task("T", also="principal 14:00"), end(), ONE_WAY],
    "form_missing": [start(), task("T", form=""), end(), ONE_WAY],
    "form_unknown": [start(), task("T", form="F99"), end(), ONE_WAY],
    "due_missing": [start(), task("T", due=""), end(), ONE_WAY],
    "due_rule": [start(), task("T", due="soon"), end(), ONE_WAY],
    "due_rule timer": [start(), at("T", "P5D"), end(), ONE_WAY],
    "outcome_form": [start(), task("T", outcomes="Yes=好; no"), end(), ONE_WAY],
    "outcome_twice": [start(), task("T", outcomes="yes=好; yes=是"), end(), ONE_WAY],
    "offer_unknown": [start(), task("T", outcomes="yes=好; no=不", offer__maybe="present()"), end(), ONE_WAY],
    "facts_form": [start(), task("T", facts="leave until tomorrow"), end(), ONE_WAY],
    "operation_missing": [start(), el("serviceTask", id="T"), end(), ONE_WAY],
    "operation_unknown": [start(), operation("T", "os.system"), end(), ONE_WAY],
    "message_unknown": [start(), hear("T", "nobody_sends_this"), end(), ONE_WAY],
    "message_unknown raised": [start(), operation("T", "message.raise", message="nobody_hears_this"), end(), ONE_WAY],
    "expression": [start(), *tasks("T"), end(), end("e2"), flow("start", "G"), choice("G", "T", e2="__import__('os')"), flow("T", "end")],
    "expression timer": [start(), at("T", "=2 ** 9"), end(), ONE_WAY],
    "expression offer": [start(), task("T", outcomes="yes=好", offer__yes="1 +"), end(), ONE_WAY],
    "function_unknown": [start(), at("T", "=full_moon()"), end(), ONE_WAY],
    "fact_elsewhere": [
        start(), *tasks("T"), end(), end("e2"), flow("start", "G"), choice("G", "T", e2="weather == 'fine'"), flow("T", "end"),
    ],
    "penalty_lock": [start(), call("T", "SP50_penalty"), end(), ONE_WAY],
    "penalty_lock or": [
        start(), *merge("M"), call("C", "SP50_penalty"), end(), end("e2"), flow("start", "G"), flow("M", "C", "e2"),
        choice("G", "end", M="rounds > 1 or penalty_open()"),
    ],
    "doubled": [
        start(), *fork("F"), *merge("M"), *tasks("T"), at("E", "WD+1"), at("E2", "WD+2"), end(),
        flow("start", "F", "E", "M", "T", "end"), flow("F", "E2", "M"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_diagram_is_refused_for_this_reason(case: str) -> None:
    found = problems(*REFUSED[case])
    rule = case.split()[0]
    assert rule in {problem.rule for problem in found}, found
    about = [problem for problem in found if problem.rule == rule]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in problem.message) for problem in about)
    assert all(problem.element_id for problem in about)


def test_a_repeating_timer_is_refused() -> None:
    xml = process("P", start(), at("T", "WD+1"), task("U"), end(), flow("start", "T", "U", "end"), kind="main").replace(
        b"timeDate", b"timeCycle"
    )
    assert [problem.rule for problem in check(read(xml), WORDS)] == ["timer_cycle"]


def test_a_task_in_another_roles_lane_is_refused() -> None:
    xml = process("P", start(), task("T"), end(), ONE_WAY, kind="main").replace(
        b'name="role" value="class_teacher"', b'name="role" value="principal"'
    )
    assert [problem.rule for problem in check(read(xml), WORDS)] == ["lane_role"]
    xml = process("P", start(), task("T"), task("U"), end(), flow("start", "T", "U", "end"), kind="main")
    assert [problem.rule for problem in check(read(xml.replace(b"<bpmn:flowNodeRef>U</bpmn:flowNodeRef>", b"")), WORDS)] == ["lane_missing"]


@pytest.mark.parametrize(
    ("about", "rule"),
    [
        ({"kind": "poem"}, "process_kind"),
        ({"kind": "phase", "stage": "spring"}, "process_stage"),
        ({"kind": "companion", "at_once": "one"}, "process_ends"),
        ({"kind": "companion", "ends_with_work": "true", "at_once": "some"}, "process_at_once"),
    ],
)
def test_a_process_says_what_it_is(about: dict[str, str], rule: str) -> None:
    assert [problem.rule for problem in line(task("T"), **about)] == [rule]


def test_a_penalty_behind_its_lock_is_allowed_also_through_a_merge() -> None:
    body: Body = [start(), *merge("M"), call("C", "SP50_penalty"), end(), end("e2"), flow("start", "G"), flow("M", "C", "e2")]
    found = problems(*body, choice("G", "end", M="rounds > 1 and penalty_open()"))
    assert found == []


def test_the_main_process_keeps_its_ways_out() -> None:
    inner = block("LADDER", start("ls"), end("le"), flow("ls", "le"))
    work = block("WORK", start("ws"), inner, end("we"), flow("ws", "LADDER", "we"))
    found = problems(start(), work, end(), flow("start", "WORK", "end"), key="P01_student_case", kind="main")
    missing = {(problem.rule, problem.element_id) for problem in found}
    assert missing == {("frame_event", "WORK"), ("frame_event", "LADDER"), ("frame_block", "P01_student_case")}


def test_every_rule_has_a_diagram_it_refuses() -> None:
    source = "".join(path.read_text() for path in PACKAGE.glob("*.py"))
    written = set(re.findall(r'found\.(?:error|warning)\(\s*"([a-z_]+)"', source))
    tests = Path(__file__).read_text() + Path(__file__).with_name("test_reading.py").read_text()
    untested = [rule for rule in sorted(written) if rule not in REFUSED and f'"{rule}"' not in tests]
    assert len(written) > 50
    assert untested == []


def test_a_condition_on_an_outcome_nobody_can_give_is_pointed_out_in_the_bundle() -> None:
    asked = task("SP1_T01_x", outcomes="yes=好; no=不")
    ways: Body = [flow("start", "SP1_T01_x", "G"), choice("G", "end", e2="o_SP1_T01 == 'maybe'")]
    body: Body = [start(), asked, end(), end("e2"), *ways]
    diagrams = {"P": read(process("P", *body, kind="main"))}
    assert [(problem.rule, problem.severity) for problem in check_bundle(diagrams)] == [("outcome_unknown", "warning")]


def test_a_fact_nobody_sets_is_an_error_in_the_bundle() -> None:
    body: Body = [
        start(),
        task("T"),
        end(),
        end("e2"),
        flow("start", "T", "G"),
        choice("G", "end", e2="weather == 'fine' or o_SP9_T99 == 'x'"),
    ]
    found = check_bundle({"P": read(process("P", *body, kind="main"))}, WORDS)
    assert [problem.rule for problem in found] == ["fact_unknown", "fact_unknown"]


@pytest.mark.parametrize("variant", ["", "ladder_a"])
def test_the_countys_own_diagrams_are_sound(variant: str) -> None:
    """Words are checked where the words are known; here: elements, paths, lanes, outcomes, the lock and the ways out."""
    diagrams = {key: read(xml) for key, xml in real_files(variant).items()}
    words = {"role_unknown", "form_unknown", "operation_unknown", "function_unknown", "message_unknown", "also"}
    found = [problem for diagram in diagrams.values() for problem in check(diagram, WORDS) if problem.severity == "error"]
    assert [problem for problem in found if problem.rule not in words] == []
    assert [problem for problem in check_bundle(diagrams) if problem.severity == "error"] == []
