"""A picture of a diagram shows what BPMN means, where the case is, and passes a strict page policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from service.engine.layout import arrange
from service.engine.picture import draw

PROCESSES = sorted((Path(__file__).parents[2] / "processes").rglob("*.bpmn"))
SVG = {"s": "http://www.w3.org/2000/svg"}

HOME_VISIT = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<collaboration id="c"><participant id="p" name="家访" processRef="visit"/></collaboration>
<process id="visit" name="家访 &amp; 核实"><laneSet id="ls">
<lane id="l1" name="分管副校长"><flowNodeRef>s</flowNodeRef><flowNodeRef>arrange</flowNodeRef></lane>
<lane id="l2" name="家访教师"><flowNodeRef>visit_home</flowNodeRef><flowNodeRef>g</flowNodeRef><flowNodeRef>e</flowNodeRef>
<flowNodeRef>over</flowNodeRef><flowNodeRef>remind</flowNodeRef><flowNodeRef>block</flowNodeRef></lane></laneSet>
<startEvent id="s" name="第二日未到校"/>
<userTask id="arrange" name="安排家访"/>
<userTask id="visit_home" name="入户家访（两人以上）"/>
<boundaryEvent id="over" name="逾期" attachedToRef="visit_home" cancelActivity="false"><timerEventDefinition/></boundaryEvent>
<serviceTask id="remind" name="催办"/>
<exclusiveGateway id="g" name="见到孩子了吗" default="f4"/>
<subProcess id="block" name="再次联系"><startEvent id="bs"/><callActivity id="call" name="联系监护人"/>
<sequenceFlow id="b1" sourceRef="bs" targetRef="call"/></subProcess>
<endEvent id="e" name="家访结束"><terminateEventDefinition/></endEvent>
<sequenceFlow id="f1" sourceRef="s" targetRef="arrange"/><sequenceFlow id="f2" sourceRef="arrange" targetRef="visit_home"/>
<sequenceFlow id="f3" sourceRef="visit_home" targetRef="g"/><sequenceFlow id="f4" name="见到" sourceRef="g" targetRef="e"/>
<sequenceFlow id="f5" name="没有" sourceRef="g" targetRef="block"/><sequenceFlow id="f6" sourceRef="over" targetRef="remind"/>
</process></definitions>""".encode()

STATES = {"s": "done", "arrange": "done", "visit_home": "here", "remind": "cancelled"}


def classes(svg: str) -> dict[str, str]:
    return {g.get("data-id"): g.get("class") for g in etree.fromstring(svg).iterfind(".//s:g[@data-id]", SVG)}


def words(svg: str) -> str:
    return "".join(etree.fromstring(svg).itertext())


def test_states_become_classes_and_the_rest_looks_not_reached():
    found = classes(draw(HOME_VISIT, STATES))

    assert found["arrange"] == "node done"
    assert found["visit_home"] == "node here"
    assert found["remind"] == "node cancelled"
    assert found["e"] == "node todo"
    assert found["block"] == "frame todo"


def test_a_design_without_a_case_is_plain():
    assert {name for key, name in classes(draw(HOME_VISIT)).items() if key in {"s", "arrange", "g", "e"}} == {"node plain"}


def test_a_flow_is_done_when_both_its_ends_are():
    found = classes(draw(HOME_VISIT, STATES))

    assert (found["f1"], found["f2"], found["f3"]) == ("flow done", "flow done", "flow")


def test_states_are_also_told_in_words_and_signs():
    svg = draw(HOME_VISIT, STATES)

    assert "✓ 已办：安排家访" in words(svg)
    assert "▶ 在这里：入户家访（两人以上）" in words(svg)
    assert "✕ 已取消：催办" in words(svg)
    assert svg.count('class="sign"') == 4


def test_counts_are_badges():
    svg = draw(HOME_VISIT, counts={"visit_home": 12, "arrange": 0})
    badges = etree.fromstring(svg).findall(".//s:g[@class='badge']", SVG)

    assert [(badge.get("data-for"), "".join(badge.itertext())) for badge in badges] == [("visit_home", "12")]


def test_the_picture_has_a_title_and_a_role():
    root = etree.fromstring(draw(HOME_VISIT))

    assert root.get("role") == "img"
    assert root[0].text == "家访 & 核实流程图"
    assert etree.fromstring(draw(HOME_VISIT, title="周*的家访"))[0].text == "周*的家访"


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_every_county_process_is_drawn_whole_and_passes_the_page_policy(path):
    xml = path.read_bytes()
    svg = draw(xml)
    ids = {
        e.get("id")
        for e in etree.fromstring(arrange(xml)).iter("{*}userTask", "{*}startEvent", "{*}endEvent", "{*}callActivity", "{*}sequenceFlow")
    }

    assert ids <= classes(svg).keys()
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|href=|url\(", svg)


def test_names_cannot_smuggle_markup():
    evil = HOME_VISIT.replace("安排家访".encode(), b"&lt;script&gt;alert(1)&lt;/script&gt;")

    assert "<script" not in draw(evil, title="<script>")


def test_a_file_without_a_drawing_is_arranged_first():
    assert draw(HOME_VISIT) == draw(arrange(HOME_VISIT))


def test_a_drawing_by_another_editor_is_kept_where_it_is():
    other = arrange(HOME_VISIT).replace(b"bpmndi:BPMNLabel", b"bpmndi:Ignored")
    moved = re.sub(rb'bpmnElement="arrange">\s*<dc:Bounds x="[^"]+"', b'bpmnElement="arrange"><dc:Bounds x="777"', other)

    assert 'x="777"' in draw(moved)
    assert "见到孩子" in words(draw(moved))


def test_each_kind_of_node_has_its_sign():
    root = etree.fromstring(draw(HOME_VISIT))
    signs = {
        key: len(root.findall(f".//s:g[@data-id='{key}']/s:path", SVG)) for key in ("s", "visit_home", "remind", "g", "call", "e", "over")
    }

    assert signs == {"s": 0, "visit_home": 1, "remind": 1, "g": 1, "call": 1, "e": 2, "over": 3}
