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
    xml = f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t">{pool}<process id="proc" name={quoteattr(name)}>{body}</process></definitions>'
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
