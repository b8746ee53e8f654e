"""Issuing a notice: its number inside the step, its pages after the commit (DOMAIN h)."""

import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service import cases, clock, jobs, people
from service.access import system
from service.documents.models import Document
from service.documents.render import render
from service.engine import Node
from service.forms import attachments
from service.processes import Motion, operation

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLES = {
    "D02": "劝返复学通知书",
    "D03": "责令限期改正通知书",
    "D06": "行政处罚事先告知书",
    "D07": "行政处罚决定书",
    "D09": "履行行政决定催告书",
}
SERVED_AS = {"D02": "return_notice", "D03": "rectify_order", "D06": "penalty_notice", "D07": "penalty_decision", "D09": "demand"}
WORDS = {"D02": "劝返", "D03": "责改", "D06": "罚告", "D07": "罚决", "D09": "催告"}
PRINTED = frozenset({"D02", "D03"})
"""Kinds whose template is there; the others are numbered and their pages added as scans."""


@operation("document.issue")
def issue(motion: Motion, node: Node) -> None:
    """Number the document that the property `kind` names; its pages are made by the worker."""
    kind = node.properties["kind"]
    place = motion.place
    issuer = place.school_id if kind == "D02" else place.township_id
    if motion.frozen.profile["rectify_order.issuer"] == "county_bureau" and kind != "D02":
        issuer = motion.session.scalar(
            select(people.Organisation.id).where(people.Organisation.county_id == motion.county_id, people.Organisation.kind == "bureau")
        )
    row = _numbered(motion.session, motion, kind, issuer)
    motion.facts[f"doc_no_{SERVED_AS[kind]}"] = row.number
    motion.note("document.issued", node_id=node.id, document=row.id, kind=kind, number=row.number)
    if kind in PRINTED:
        jobs.put(
            motion.session, motion.county_id, "notice.render", {"document": row.id, "answers_of": motion.root_id}, key=f"notice:{row.id}"
        )


def _numbered(session: Session, motion: Motion, kind: str, issuer: int | None) -> Document:
    """The next number of this issuer, kind and year, without gaps: the issuer's row is held until the commit."""
    year = motion.today.year
    session.execute(select(people.Organisation.id).where(people.Organisation.id == issuer).with_for_update())
    last = session.scalar(
        select(func.max(Document.seq)).where(
            Document.county_id == motion.county_id, Document.issuer_id == issuer, Document.kind == kind, Document.year == year
        )
    )
    seq = (last or 0) + 1
    name = session.scalar(select(people.Organisation.name).where(people.Organisation.id == issuer)) or ""
    row = Document(
        county_id=motion.county_id,
        case_id=motion.case_id,
        kind=kind,
        title=TITLES[kind],
        issuer_id=issuer,
        year=year,
        seq=seq,
        number=f"{_short(name)}{WORDS[kind]}〔{year}〕第{seq}号",
        code=secrets.token_hex(6).upper(),
        issued_at=motion.now,
        issued_by=motion.actor.person_id,
    )
    session.add(row)
    session.flush()
    return row


def _short(name: str) -> str:
    """机关代字: 石桥镇 -> 石, 石桥中学 -> 石中."""
    return name[:1] + ("中" if name.endswith("中学") else "小" if name.endswith("小学") else "")


@jobs.preparation("notice.render")
def pages(session: Session, payload: dict[str, Any]) -> bytes:
    """The document itself, made in a child process that may take a second."""
    row = session.get_one(Document, payload["document"])
    template: Path = session.info["memory"]["notices"] / f"{row.kind}.docx"
    return render(template, fields_of(session, row))


@jobs.handler("notice.render")
def make_pages(session: Session, payload: dict[str, Any]) -> None:
    """Keep the pages of a numbered notice; running twice keeps the first ones."""
    row = session.get_one(Document, payload["document"])
    if row.attachment_id is not None:
        return
    kept = attachments.keep(session, system(row.county_id), payload["prepared"], DOCX, session.info["memory"]["files"])
    session.execute(update(Document).where(Document.id == row.id).values(attachment_id=kept.id))


def fields_of(session: Session, row: Document) -> dict[str, Any]:
    """The merge fields of a notice (forms/notices/README.md)."""
    case = session.get_one(cases.Case, row.case_id)
    motion = Motion.look(session, system(row.county_id), case.root_id or 0)
    student = session.get_one(people.Student, case.student_id)
    guardian = session.scalars(
        select(people.Guardian).where(people.Guardian.student_id == student.id, people.Guardian.is_legal).order_by(people.Guardian.id)
    ).first()
    names = people.organisation_names(
        session, {i for i in (case.school_id, case.class_id, case.township_id, case.village_id, row.issuer_id) if i}
    )
    county = session.get_one(people.County, case.county_id)
    order = cases.last_answers(motion, "SP40_T03")
    notice = cases.last_answers(motion, "SP30_T06")
    word = (row.number or "").partition("〔")[0]
    issued_on = clock.local_date(row.issued_at)
    common = {
        "copy_label": "送达联",
        "issuer": names.get(row.issuer_id or 0, ""),
        "word": word,
        "year": row.year,
        "no": row.seq,
        "guardian": guardian.name if guardian else "监护人",
        "child": student.name,
        "absent_since": case.absent_since,
        "school": names.get(case.school_id or 0, "") or "学区学校",
        "contact": _signer(session, row),
        "phone": "（见告知单）",
        "verification": row.code,
        "issued_on": issued_on,
    }
    if row.kind == "D02":
        comply = (
            notice.get("comply_by")
            or motion.calendar.add_working(issued_on, motion.frozen.profile.days("return_notice.comply")).isoformat()
        )
        return {
            **common,
            "comply_by": date.fromisoformat(comply),
            "class_name": names.get(case.class_id or 0, ""),
            "absent_school_days": case.absent_school_days,
            "visit_dates": [],
            "measures": ["资助政策咨询", "学习辅导", "心理支持"],
            "signer": _signer(session, row),
        }
    days = int(order.get("comply_days") or motion.frozen.profile.days("rectify_order.comply"))
    return {
        **common,
        "comply_by": motion.calendar.roll(motion.calendar.add_working(issued_on, 0) + timedelta(days)),
        "relation": guardian.relation if guardian else "监护人",
        "guardian_id_number": None,
        "address": "".join(names.get(i or 0, "") for i in (case.township_id, case.village_id)),
        "birth": student.birth_date,
        "school_of_registry": names.get(case.school_id or 0),
        "facts": order.get("facts") or "学生缺课，经多次劝返未返校。",
        "evidence": ["点名记录", "家访记录", "劝返记录"],
        "norms": "《中华人民共和国义务教育法》第五条、第十一条",
        "basis": "《中华人民共和国义务教育法》第五十八条",
        "consequence": "逾期不改正的，本机关将依法采取下一步措施。",
        "review_body": f"{county.name}人民政府",
        "court": f"{county.name}人民法院",
    }


def _signer(session: Session, row: Document) -> str:
    return people.names_of(session, [row.issued_by]).get(row.issued_by, "") if row.issued_by else "承办人"


def of_case(session: Session, case_id: int) -> list[Document]:
    """The documents of a case, in the order they were made."""
    return list(session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id)))
