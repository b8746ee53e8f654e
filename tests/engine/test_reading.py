"""Reading files: what becomes of a drawing, and which files are turned away at the door."""

import pytest

from service.engine import Bundle, Unreadable, check_bundle, read
from tests.engine.drawing import at, block, call, caught, end, flow, hear, operation, process, start, task

SMALL = process("P", start(), task("T"), end(), flow("start", "T", "end"))

WAITING = process("P", start(), hear("c", "m"), end(), flow("start", "c", "end"))


def rules(xml: bytes) -> set[str]:
    with pytest.raises(Unreadable) as refusal:
        read(xml)
    assert all(problem.message for problem in refusal.value.problems)
    return {problem.rule for problem in refusal.value.problems}


def test_a_user_task_carries_what_the_inbox_needs() -> None:
    drawn = task(
        "SP40_T09_choose",
        role="issuer",
        form="F15",
        due="FIELD(served_on)+WD+3",
        outcomes="penalty=行政处罚; enforce=申请执行",
        offer__penalty="penalty_open()",
        copies="school_kcbx_officer, legal_reviewer",
    )
    node = read(process("P", start(), drawn, end(), flow("start", "SP40_T09_choose", "end"))).nodes["SP40_T09_choose"]
    assert (node.kind, node.form_key, node.roles, node.due, node.lane_role) == (
        "userTask",
        "F15",
        ("issuer",),
        "FIELD(served_on)+WD+3",
        "issuer",
    )
    assert [(outcome.id, outcome.name, outcome.offer) for outcome in node.outcomes] == [
        ("penalty", "行政处罚", "penalty_open()"),
        ("enforce", "申请执行", None),
    ]
    assert node.copies == ("school_kcbx_officer", "legal_reviewer")
    assert node.short_id == "SP40_T09"


def test_a_task_without_outcomes_has_the_single_outcome_done() -> None:
    assert [(outcome.id, outcome.name) for outcome in read(SMALL).nodes["T"].outcomes] == [("done", "完成")]


def test_a_task_in_a_block_is_in_the_lane_that_lists_it_or_in_the_blocks_lane() -> None:
    listed = process(
        "P",
        start(),
        block("B", start("bs"), task("T", role="principal"), end("be"), flow("bs", "T", "be")),
        end(),
        flow("start", "B", "end"),
    )
    assert read(listed).nodes["T"].lane_role == "principal"
    only_block = listed.replace(b"<bpmn:flowNodeRef>T<", b"<bpmn:flowNodeRef>B<")
    assert read(only_block).nodes["T"].lane_role == "principal"


def test_the_words_of_the_other_modeler_are_understood() -> None:
    zeebe = SMALL.replace(b"<bpmn:userTask", b'<bpmn:userTask xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"').replace(
        b' camunda:formKey="F02" camunda:candidateGroups="class_teacher" camunda:dueDate="WD+5" />',
        b'><bpmn:extensionElements><zeebe:formDefinition formKey="F03"/><zeebe:assignmentDefinition candidateGroups="principal"/>'
        b'<zeebe:taskSchedule dueDate="WD+2"/><zeebe:properties><zeebe:property name="law" value="R-001"/></zeebe:properties>'
        b"</bpmn:extensionElements></bpmn:userTask>",
    )
    node = read(zeebe).nodes["T"]
    assert (node.form_key, node.roles, node.due, node.properties["law"]) == ("F03", ("principal",), "WD+2", "R-001")


def test_the_same_bytes_are_the_same_diagram() -> None:
    assert read(SMALL) is read(bytes(SMALL))
    assert read(SMALL).digest != read(SMALL.replace(b"WD+5", b"WD+6")).digest


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"not xml", "xml_syntax"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><x/>', "xml_doctype"),
        (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]>' + SMALL, "xml_doctype"),
        (b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>', "xml_doctype"),
        (b"<definitions/>", "xml_bpmn"),
        (SMALL + b" " * 2_000_001, "xml_size"),
        (SMALL.replace(b"</bpmn:process>", b"<a>" * 60 + b"</a>" * 60 + b"</bpmn:process>"), "xml_size"),
        (SMALL.replace(b'id="T"', b'id="end"'), "id_duplicate"),
        (SMALL.replace(b'id="T"', b'id="T@D"'), "id_form"),
        (SMALL.replace(b'<bpmn:endEvent id="end"', b"<bpmn:endEvent"), "id_missing"),
        (SMALL.replace(b'targetRef="end"', b'targetRef="elsewhere"'), "flow_ends"),
        (SMALL.replace(b'isExecutable="true"', b'isExecutable="false"'), "not_executable"),
        (SMALL.replace(b"</bpmn:process>", b'</bpmn:process><bpmn:process id="Q"/>'), "one_process"),
        (process("P", start(), task("T"), end(), hear("b", "m", on="nobody"), flow("start", "T", "end")), "boundary_host"),
        (
            process("P", start(), hear("c", "m"), end(), flow("start", "c", "end")).replace(b'messageRef="msg_m"', b'messageRef="x"'),
            "event_reference",
        ),
    ],
)
def test_a_file_that_cannot_be_understood_is_turned_away(xml: bytes, rule: str) -> None:
    assert rule in rules(xml)


def test_a_bomb_of_entities_is_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE d [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&a;" * 100) for n in range(50))
        + b"]><d>&b1;</d>"
    )
    assert rules(bomb) <= {"xml_doctype", "xml_syntax"}


# ------------------------------------------------------------------ bundles


def caller(*parts: str) -> bytes:
    return process("P", start(), *(call(f"C_{key}", key) for key in parts), end(), flow("start", *(f"C_{key}" for key in parts), "end"))


def small(key: str, id: str) -> bytes:
    return process(
        key,
        start(f"{key}_s"),
        block(id, start(f"{id}_s"), end(f"{id}_e"), flow(f"{id}_s", f"{id}_e")),
        end(f"{key}_e"),
        flow(f"{key}_s", id, f"{key}_e"),
    )


def bundle_rules(**files: bytes) -> set[str]:
    diagrams = {key: read(xml) for key, xml in files.items()}
    with pytest.raises(Unreadable) as refusal:
        Bundle(diagrams)
    found = {problem.rule for problem in refusal.value.problems}
    assert {problem.rule for problem in check_bundle(diagrams) if problem.severity == "error"} <= found
    return found


def test_an_id_used_in_two_processes_is_refused() -> None:
    assert bundle_rules(P=caller("Q", "R"), Q=small("Q", "BLOCK"), R=small("R", "BLOCK")) == {"id_twice"}


def test_a_called_process_must_be_there() -> None:
    assert bundle_rules(P=caller("Q")) == {"call_missing"}


def test_processes_calling_each_other_in_a_circle_are_refused() -> None:
    circle = process("Q", start("Qs"), call("Qc", "P"), end("Qe"), flow("Qs", "Qc", "Qe"))
    assert bundle_rules(P=caller("Q"), Q=circle) == {"call_cycle"}


def test_a_diagram_stands_under_the_key_it_is_called_by() -> None:
    assert bundle_rules(P=caller("Q"), Q=small("R", "B")) == {"bundle_key"}


def test_an_error_must_be_caught_by_every_caller() -> None:
    inner = process("Q", start("Qs"), end("Qe", error="x"), flow("Qs", "Qe"))
    assert bundle_rules(P=caller("Q"), Q=inner) == {"error_uncaught"}
    catcher = process("P", start(), call("C", "Q"), caught("b", "x", on="C"), end(), end("e2"), flow("start", "C", "end"), flow("b", "e2"))
    assert Bundle({"P": read(catcher), "Q": read(inner)}).node("b").kind == "boundaryEvent"


def test_what_the_engine_cannot_run_does_not_get_into_a_bundle() -> None:
    cycle = process("P", start(), at("t", "WD+1"), end(), flow("start", "t", "end")).replace(b"timeDate", b"timeCycle")
    assert bundle_rules(P=cycle) == {"timer_cycle"}


def test_a_bundle_knows_every_node() -> None:
    bundle = Bundle({"P": read(caller("Q")), "Q": read(small("Q", "B"))})
    assert bundle.node("C_Q").called == "Q"
    assert "B_s" in bundle
    with pytest.raises(KeyError):
        bundle.node("nothing")


def test_a_companions_key_may_be_the_id_of_its_task() -> None:
    xml = process(
        "SP65_confirm",
        start("s"),
        task("SP65_T01"),
        operation("o", "claim.close"),
        end("e"),
        flow("s", "SP65_T01", "o", "e"),
        key="SP65_T01",
    )
    diagram = read(xml)
    assert (diagram.process_key, diagram.process_id) == ("SP65_T01", "SP65_confirm")
    assert Bundle({"SP65_T01": diagram}).node("SP65_T01").process == "SP65_T01"
