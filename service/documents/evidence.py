"""Evidence that people put into a case's file."""

from sqlalchemy.orm import Session

from service import cases, clock, processes
from service.access import Actor, reads_names
from service.documents.models import Document
from service.errors import Forbidden, Invalid
from service.forms import attachments
from service.processes import Motion

EVIDENCE = "evidence"


def add_evidence(session: Session, actor: Actor, case_id: int, *, file_id: int | None, title: str, kind: str = EVIDENCE) -> Document:
    """Put a file one has uploaded into a case. Raises `NotFound`, `Forbidden`, `Invalid`."""
    case = cases.find_for(session, actor, case_id)
    if kind != EVIDENCE:
        raise Forbidden("文书由流程出具，不能手工添加")
    if not reads_names(actor):
        raise Forbidden("您的角色只能查阅，不能添加材料")
    row = session.get(attachments.Attachment, file_id) if file_id else None
    if row is None or row.stored_by != actor.person_id:
        raise Invalid("请先上传文件", {"file_id": ["请先上传文件"]})
    document = Document(
        county_id=case.county_id,
        case_id=case.id,
        kind=EVIDENCE,
        title=title,
        attachment_id=row.id,
        issued_at=clock.now(),
        issued_by=actor.person_id,
    )
    session.add(document)
    session.flush()

    def note(motion: Motion) -> None:
        motion.note("document.added", document=document.id, title=title, sha256=row.sha256.hex())

    if case.root_id is not None:
        processes.act(session, actor, case.root_id, note)
    return document
