"""Diagrams drawn by the machine must be readable: nothing overlaps, nothing runs through anything."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from lxml import etree

from service.engine.layout import arrange

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NS = {
    "b": BPMN,
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
}
PROCESSES = sorted((Path(__file__).parents[2] / "processes").rglob("*.bpmn"))

Corners = tuple[float, float, float, float]

KINDS = {
    "start": ("startEvent", ""),
    "end": ("endEvent", ""),
    "terminate": ("endEvent", "terminate"),
    "error": ("endEvent", "error"),
    "catch": ("intermediateCatchEvent", "message"),
    "wait": ("intermediateCatchEvent", "timer"),
    "user": ("userTask", ""),
    "service": ("serviceTask", ""),
    "call": ("callActivity", ""),
    "xor": ("exclusiveGateway", ""),
    "and": ("parallelGateway", ""),
    "event": ("eventBasedGateway", ""),
    "on-message": ("boundaryEvent", "message"),
    "on-timer": ("boundaryEvent", "timer"),
    "on-error": ("boundaryEvent", "error"),
}


def sketch(text: str, name: str = "试验流程", lanes: dict[str, str] | None = None) -> bytes:
    """BPMN from lines like `user T01 核实`, `T01 > G : 同意`, `on-timer E @ T01 到期`, `sub S 劝返 {` … `}`."""
    counter = itertools.count(1)
    lane_set = "".join(
        f'<lane id="Lane_{index}" name={quoteattr(lane)}>' + "".join(f"<flowNodeRef>{m}</flowNodeRef>" for m in members.split()) + "</lane>"
        for index, (lane, members) in enumerate((lanes or {}).items())
    )
    body = f'<laneSet id="Lanes">{lane_set}</laneSet>' if lane_set else ""
    for line in (line.strip() for line in text.strip().splitlines()):
        if line == "}":
            body += "</subProcess>"
        elif " > " in line:
            ends, _, label = line.partition(" : ")
            source, target = ends.split(" > ")
            body += f'<sequenceFlow id="f{next(counter)}" name={quoteattr(label)} sourceRef="{source}" targetRef="{target.strip()}"/>'
        elif line:
            body += _element(line)
    pool = '<collaboration id="Pool"><participant id="P" name=' + quoteattr(name) + ' processRef="proc"/></collaboration>' if lanes else ""
    process = f'<process id="proc" name={quoteattr(name)}>{body}</process>'
    xml = f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t">{pool}{process}</definitions>'
    return xml.encode()


def _element(line: str) -> str:
    kind, key, *rest = line.split()
    if kind == "sub":
        return f'<subProcess id="{key}" name={quoteattr(" ".join(rest[:-1]))}>'
    tag, trigger = KINDS[kind]
    host = ""
    if rest[:1] == ["@"]:
        host, rest = f' attachedToRef="{rest[1]}"', rest[2:]
    inner = f"<{trigger}EventDefinition/>" if trigger else ""
    return f'<{tag} id="{key}" name={quoteattr(" ".join(rest))}{host}>{inner}</{tag}>'


ADMONITION = sketch(
    """
    start S
    xor G0 从哪里开始
    user T01 升级研判（儿童最大利益审查）
    xor G1 研判结果
    user T02 批评教育谈话
    xor G2 谈话结果
    wait E01 承诺期
    xor G3 孩子到校了吗
    service C1 登记返校
    end End1 等待返校确认
    user T03 拟制责令限期改正通知书
    user T04 法制审核
    xor G4
    user T05 签发
    xor G5
    service P6 准备送达
    call C06 送达
    wait E02 改正期限
    user T07 核查改正情况
    xor G7 核查结果
    user T09 下一步研判
    xor G9 研判结果
    wait E03 协同措施后复核
    end End2 转行政处罚
    end End3 转司法程序
    end End4 继续帮扶
    service S5 启动保护程序
    wait E04 等待三十天
    S > G0
    G0 > T01 : 从研判开始
    G0 > T02 : 新监护人
    G0 > T09 : 程序退回
    T01 > G1
    G1 > T02 : 批评教育
    G1 > T03 : 无人可谈、公告送达
    G1 > End4 : 继续帮扶
    G1 > S5 : 保护
    S5 > T01
    G1 > E04 : 暂缓
    E04 > T01
    T02 > G2
    G2 > E01 : 作出承诺
    G2 > T03 : 拒绝
    G2 > T02 : 未到场
    E01 > G3
    G3 > C1 : 到校
    C1 > End1
    G3 > T03 : 未到校
    T03 > T04
    T04 > G4
    G4 > T05 : 通过
    G4 > T03 : 修改
    G4 > T01 : 不通过
    T05 > G5
    G5 > P6 : 签发
    G5 > T01 : 退回研判
    P6 > C06
    C06 > E02
    E02 > T07
    T07 > G7
    G7 > C1 : 已返校
    G7 > E02 : 延期
    G7 > T01 : 有正当理由
    G7 > T09 : 未改正
    T09 > G9
    G9 > End2 : 处罚
    G9 > End3 : 强制执行
    G9 > E03 : 协同措施
    E03 > T09
    G9 > End4 : 继续帮扶
    """,
    "批评教育、责令限期改正",
    {
        "乡镇领导": "S G0 T01 G1 E04 S5 T09 G9 E03 End2 End3 End4",
        "承办执法人员": "T02 G2 E01 G3 C1 End1 T03 P6 C06 E02",
        "法制审核人员": "T04 G4",
        "签发人": "T05 G5",
        "村干部": "T07 G7",
    },
)

DETECTION = sketch(
    """
    start S 第一天缺勤
    xor G0
    user T01 联系监护人问明原因
    xor G1 缺勤原因
    user T02 补办请假条
    xor G2
    wait E02 假期届满
    xor G3 到校了吗
    wait E01 第二日到校核对
    xor G4 到校了吗
    call SP15 家访
    wait E03 第三日到校核对
    xor G5 到校了吗
    and A1
    user T05 学籍系统标注疑似辍学
    user T06 疑似辍学登记、三日报告（填报）
    user T07 校长签发报告
    xor G6
    and A2
    service S1 登记为疑似辍学
    end End1 疑似辍学
    end End2 到校，结束预警
    S > G0
    G0 > T01 : 第一日
    G0 > E01 : 第二日
    G0 > E03 : 第三日
    T01 > G1
    G1 > T02 : 请假或生病
    G1 > E01 : 其他
    G1 > End2 : 实际在校
    T02 > G2
    G2 > E02 : 同意
    G2 > E01 : 不同意
    E02 > G3
    G3 > End2 : 到校
    G3 > T01 : 未到校
    E01 > G4
    G4 > End2 : 到校
    G4 > SP15 : 未到校
    SP15 > E03
    E03 > G5
    G5 > End2 : 到校
    G5 > A1 : 未到校
    A1 > T05
    A1 > T06
    T06 > T07
    T07 > G6
    G6 > T06 : 退回
    G6 > A2 : 签发
    T05 > A2
    A2 > S1
    S1 > End1
    """,
    "发现（缺勤三日链）",
    {
        "班主任": "S G0 T01 G1 T02 G2 E02 G3 E01 G4 End2",
        "分管副校长": "SP15 E03 G5 A1",
        "学籍管理员": "T05",
        "学校控辍专干": "T06 A2 S1 End1",
        "校长": "T07 G6",
    },
)

LIFE = sketch(
    """
    start S 立案
    sub LIFE 在办 {
    start LS
    xor G_entry 从哪里开始
    call SP10 发现
    xor G10 结果
    end L1 到校结束
    sub WORK 核实、劝返与程序 {
    start WS
    call SP20 核实
    sub EFFORT 劝返 {
    start ES
    and EA
    call SP30 劝返
    call SP25 认定
    end E1
    terminate E2 转程序
    ES > EA
    EA > SP30
    EA > SP25
    SP30 > E2
    SP25 > E1
    }
    sub LADDER 程序 {
    start DS
    and DA
    call SP40 批评教育、责令改正
    xor DG 下一步
    call SP50 行政处罚
    call SP60 司法程序
    terminate D1
    wait DW 每月
    user T09 持续劝返（每月至少一次）
    DS > DA
    DA > SP40
    DA > DW
    DW > T09
    T09 > DW
    SP40 > DG
    DG > SP50 : 处罚
    DG > SP60 : 起诉
    DG > D1 : 继续帮扶
    SP50 > SP60 : 未履行
    SP60 > SP40 : 驳回
    }
    on-message RESET @ LADDER 程序重新开始
    RESET > LADDER
    WS > SP20
    SP20 > EFFORT
    EFFORT > LADDER
    LADDER > EFFORT : 继续帮扶
    on-error OTHER @ EFFORT 另有原因
    OTHER > SP20
    }
    on-message RETURN @ WORK 返校确认
    on-message ERR @ WORK 数据错误
    call SP70 安置
    call SP80 稳控回访
    xor G80 结果
    end L2 稳定
    end L3 数据错误
    LS > G_entry
    G_entry > SP10 : 缺勤
    G_entry > WORK : 其他来源
    G_entry > SP80 : 休学期满
    SP10 > G10
    G10 > L1 : 到校
    G10 > WORK : 疑似辍学
    RETURN > SP70
    ERR > L3
    SP70 > SP80
    SP80 > G80
    G80 > SP10 : 复辍
    G80 > L2 : 稳定
    }
    on-message M1 @ LIFE 转学
    on-message M2 @ LIFE 休学
    on-message M3 @ LIFE 送教上门
    on-message M4 @ LIFE 死亡
    on-message M5 @ LIFE 出国定居
    on-message M6 @ LIFE 完成义务教育
    service C3 转学销号
    service C6 停止通知
    service C7 登记出国
    service C2 登记完成
    catch B11 休学期满
    catch CP01 送教达标
    xor GC
    call SP90 销号
    xor G90 结果
    end End 结案
    S > LIFE
    LIFE > GC
    M1 > C3
    M2 > B11
    B11 > LIFE
    M3 > CP01
    M4 > C6
    M5 > C7
    M6 > C2
    C3 > GC
    C6 > GC
    C7 > GC
    C2 > GC
    CP01 > GC
    GC > SP90
    SP90 > G90
    G90 > End : 批准
    G90 > LIFE : 不批准
    """,
    "一生一案主流程",
    {"案件": "S LIFE B11 CP01 GC SP90 G90 End C3 C6 C7 C2"},
)

SAMPLES = {"admonition": ADMONITION, "detection": DETECTION, "life": LIFE}


def random_process(seed: int) -> bytes:
    """A process nobody would draw: loops, jumps, blocks, boundary events, two flows between the same nodes."""
    dice = random.Random(seed)
    lines = ["start s 开始"]
    names: list[str] = []
    hosts: list[str] = []
    for index in range(dice.randint(4, 26)):
        kind = dice.choice(["user", "user", "user", "service", "call", "xor", "xor", "and", "wait", "event"])
        lines.append(f"{kind} n{index} " + dice.choice(["", "核实", "去向核实（入户、电话、比对）", "是否到校？", "劝返"]))
        names.append(f"n{index}")
    for index in range(dice.randint(0, 2)):
        lines += [f"sub p{index} 内部程序 {{", f"start p{index}s", f"user p{index}t 谈话", f"xor p{index}g 结果？", f"end p{index}e 结束"]
        lines += [
            f"p{index}s > p{index}t",
            f"p{index}t > p{index}g",
            f"p{index}g > p{index}e : 同意",
            f"p{index}g > p{index}t : 不同意",
            "}",
        ]
        names.insert(dice.randint(0, len(names)), f"p{index}")
    for index, host in enumerate(dice.sample(names, len(names) // 5)):
        if any(line.startswith((f"user {host} ", f"sub {host} ", f"call {host} ")) for line in lines):
            lines.append(f"on-timer b{index} @ {host} 逾期未办")
            hosts.append(f"b{index}")
    lines.append("end e 结束")
    for one, two in itertools.pairwise(["s", *names, "e"]):
        lines.append(f"{one} > {two}" + dice.choice(["", " : 同意", " : 有正当理由"]))
    for source in [*dice.choices(names, k=len(names) // 2), *hosts]:
        lines.append(f"{source} > {dice.choice([*names, 'e'])}" + dice.choice(["", " : 退回", " : 无人接听或者拒绝"]))
    members = ["s", *names, "e"]
    count = dice.randint(0, 4)
    lanes = {f"第{lane}个办理角色": " ".join(members[i] for i in range(len(members)) if (i // 2) % count == lane) for lane in range(count)}
    return sketch("\n".join(lines), lanes=lanes)


class Chart:
    """The diagram interchange of an arranged file, ready to be measured."""

    def __init__(self, xml: bytes) -> None:
        self.root = etree.fromstring(arrange(xml))
        self.element = {e.get("id"): e for e in self.root.iter(f"{{{BPMN}}}*") if e.get("id")}
        self.box: dict[str, Corners] = {}
        self.label: dict[str, Corners] = {}
        self.line: dict[str, list[tuple[float, float]]] = {}
        for shown in self.root.iterfind(".//bpmndi:BPMNPlane/*", NS):
            key = shown.get("bpmnElement")
            if (bounds := shown.find("dc:Bounds", NS)) is not None:
                self.box[key] = _corners(bounds)
            else:
                self.line[key] = [(float(p.get("x")), float(p.get("y"))) for p in shown.iterfind("di:waypoint", NS)]
            if (bounds := shown.find("bpmndi:BPMNLabel/dc:Bounds", NS)) is not None:
                self.label[key] = _corners(bounds)

    def tag(self, key: str) -> str:
        return etree.QName(self.element[key]).localname

    @property
    def nodes(self) -> list[str]:
        return [key for key in self.box if self.tag(key) not in {"participant", "lane"}]

    def parents(self, key: str) -> set[str]:
        return {a.get("id") for a in self.element[key].iterancestors(f"{{{BPMN}}}subProcess")}

    def ends(self, flow: str) -> tuple[str, str]:
        return self.element[flow].get("sourceRef"), self.element[flow].get("targetRef")

    def segments(self, flow: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        return list(itertools.pairwise(self.line[flow]))


def _corners(bounds: etree._Element) -> Corners:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _overlap(one: Corners, two: Corners, margin: float = -0.5) -> bool:
    return one[0] < two[2] + margin and two[0] < one[2] + margin and one[1] < two[3] + margin and two[1] < one[3] + margin


def _inside(inner: Corners, outer: Corners) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _span(segment: tuple[tuple[float, float], tuple[float, float]]) -> Corners:
    (ax, ay), (bx, by) = segment
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def faults(chart: Chart) -> list[str]:
    """Everything that would annoy a reader."""
    return [*_missing(chart), *_misplaced(chart), *_bad_lines(chart), *_lines_on_lines(chart), *_bad_labels(chart)]


def _missing(chart: Chart) -> list[str]:
    wanted = {"participant", "lane", "sequenceFlow", "subProcess", "boundaryEvent", *(tag for tag, _ in KINDS.values())}
    drawn = chart.box.keys() | chart.line.keys()
    return [f"{key} is not drawn" for key in chart.element if chart.tag(key) in wanted and key not in drawn]


def _misplaced(chart: Chart) -> list[str]:
    found = []
    for one, two in itertools.combinations(chart.nodes, 2):
        related = chart.element[one].get("attachedToRef") == two or chart.element[two].get("attachedToRef") == one
        nested = one in chart.parents(two) or two in chart.parents(one)
        if not related and not nested and _overlap(chart.box[one], chart.box[two]):
            found.append(f"{one} overlaps {two}")
    for key in chart.nodes:
        host = chart.element[key].get("attachedToRef")
        if host and (chart.box[key][1] + chart.box[key][3]) / 2 != pytest.approx(chart.box[host][3], abs=0.1):
            found.append(f"{key} is not on the lower edge of {host}")
        found += [f"{key} leaves {parent}" for parent in chart.parents(key) if not _inside(chart.box[key], chart.box[parent])]
    for lane in (key for key in chart.box if chart.tag(key) == "lane"):
        members = [ref.text for ref in chart.element[lane].iterfind("b:flowNodeRef", NS)]
        found += [f"{key} leaves its lane" for key in members if not _inside(chart.box[key], chart.box[lane])]
    return found


def _bad_lines(chart: Chart) -> list[str]:
    found = []
    for flow in chart.line:
        for key, point in zip(chart.ends(flow), (chart.line[flow][0], chart.line[flow][-1]), strict=True):
            x1, y1, x2, y2 = chart.box[key]
            on_edge = min(abs(point[0] - x1), abs(point[0] - x2), abs(point[1] - y1), abs(point[1] - y2)) < 0.1
            if not on_edge or not (x1 - 0.1 <= point[0] <= x2 + 0.1 and y1 - 0.1 <= point[1] <= y2 + 0.1):
                found.append(f"{flow} does not touch {key}")
        host = chart.element[chart.ends(flow)[0]].get("attachedToRef")
        for segment in chart.segments(flow):
            (ax, ay), (bx, by) = segment
            if abs(ax - bx) > 0.1 and abs(ay - by) > 0.1:
                found.append(f"{flow} is slanted")
            for key in chart.nodes:
                if key not in chart.parents(flow) and key != host and _overlap(_span(segment), chart.box[key], -1):
                    found.append(f"{flow} runs through {key}")
    return found


def _lines_on_lines(chart: Chart) -> list[str]:
    """Flows that neither start nor end together must not run on one line."""
    found = []
    for one, two in itertools.combinations(chart.line, 2):
        if chart.ends(one)[0] == chart.ends(two)[0] or chart.ends(one)[1] == chart.ends(two)[1]:
            continue
        for a, b in itertools.product(chart.segments(one), chart.segments(two)):
            first, second = _span(a), _span(b)
            along = min(first[2], second[2]) - max(first[0], second[0]), min(first[3], second[3]) - max(first[1], second[1])
            if max(along) > 1 and min(along) > -2 and (a[0][0] == a[1][0]) == (b[0][0] == b[1][0]):
                found.append(f"{one} and {two} run on one line")
    return found


def _bad_labels(chart: Chart) -> list[str]:
    found = []
    for key, box in chart.label.items():
        for node in chart.nodes:
            if chart.tag(node) != "subProcess" and node != key and _overlap(box, chart.box[node]):
                found.append(f"label of {key} is on {node}")
        found += [f"label of {key} meets the edge of {p}" for p in chart.parents(key) if not _inside(box, chart.box[p])]
        found += [f"labels of {key} and {other} overlap" for other in chart.label if other > key and _overlap(box, chart.label[other])]
        for flow in chart.line:
            if any(_overlap(_span(segment), box) for segment in chart.segments(flow)):
                found.append(f"{flow} runs through the label of {key}")
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_every_trouble_is_drawn_without_fault(name):
    assert faults(Chart(SAMPLES[name])) == []


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_the_county_processes_are_drawn_without_fault(path):
    assert faults(Chart(path.read_bytes())) == []


@pytest.mark.parametrize("seed", range(30))
def test_any_process_is_drawn_without_fault(seed):
    assert faults(Chart(random_process(seed))) == []


@pytest.mark.parametrize("xml", [ADMONITION, LIFE, random_process(7)], ids=["lanes", "blocks", "random"])
def test_arranging_twice_changes_nothing(xml):
    once = arrange(xml)

    assert arrange(once) == once
    assert arrange(xml) == once


def test_everything_but_the_drawing_stays_as_it_was():
    xml = DETECTION.replace(b"<userTask ", b'<userTask xmlns:c="urn:c" c:formKey="F02" ', 1).replace(
        b"</process>", b'<extensionElements><x xmlns="urn:x" a="1"> t </x></extensionElements></process>'
    )
    root = etree.fromstring(arrange(xml))
    for diagram in root.findall("bpmndi:BPMNDiagram", NS):
        root.remove(diagram)
    for element in root:
        element.tail = None
    root.text = None

    assert etree.tostring(root, method="c14n") == etree.tostring(etree.fromstring(xml), method="c14n")


def test_the_old_drawing_is_replaced():
    stale = arrange(DETECTION).replace(b'x="40"', b'x="4000"')

    assert arrange(stale) == arrange(DETECTION)


def test_a_straight_process_reads_from_left_to_right_on_one_line():
    chart = Chart(sketch("start s\nuser a 核实\nuser b 劝返\nend e\ns > a\na > b\nb > e"))
    middles = [(chart.box[key][0], (chart.box[key][1] + chart.box[key][3]) / 2) for key in ("s", "a", "b", "e")]

    assert [x for x, _ in middles] == sorted(x for x, _ in middles)
    assert len({y for _, y in middles}) == 1
    assert all(len(line) == 2 for line in chart.line.values())


def test_a_long_process_is_folded_into_bands():
    tasks = [f"t{index}" for index in range(40)]
    text = "\n".join(["start s", *(f"user {task} 办理" for task in tasks), *(f"{a} > {b}" for a, b in itertools.pairwise(["s", *tasks]))])
    chart = Chart(sketch(text))

    assert max(box[2] for box in chart.box.values()) < 2600
    assert faults(chart) == []


def test_a_file_without_any_process_stays_readable():
    assert b"BPMNPlane" in arrange(f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t"/>'.encode())
