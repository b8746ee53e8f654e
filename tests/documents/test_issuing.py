"""Notices of real cases: numbered without gaps, printed by the worker with nothing left blank."""

import io
import re
import threading
import zipfile
from collections import Counter

import pytest
from sqlalchemy import select

from service import clock, documents, jobs, processes
from service.access import system
from service.documents import Document
from service.errors import Forbidden, Invalid, NotFound
from service.forms import attachments
from service.processes import Instance, Motion
from tests.cast import County, counties, county, files, followed, moment, ordered, persuading, session, standing, suspected

__all__ = ["counties", "county", "files", "followed", "ordered", "persuading", "session", "standing", "suspected"]


def pages(county: County, kind: str) -> str:
    """The words of the printed notice."""
    with county.session() as session:
        row = session.scalars(select(Document).where(Document.kind == kind)).one()
        assert row.attachment_id
        kept = session.get_one(attachments.Attachment, row.attachment_id)
        content = (county.settings.data_dir / "files" / kept.name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("D02", ("吴七", "吴森", "石桥中学", "劝返复学通知书", "2026年1月12日")),
        ("D03", ("吴七", "吴森", "石桥镇", "责令限期改正通知书", "2026年1月12日", "2026年3月19日", "第五十八条")),
    ],
)
def test_a_notice_of_a_real_case_is_printed_with_nothing_left_blank(ordered: County, kind: str, words: tuple[str, ...]) -> None:
    ordered.work()
    text = pages(ordered, kind)

    assert [word for word in words if word not in text] == []
    assert not re.search(r"\{\{|\}\}|\{%|%\}|None|Undefined", text)


def test_the_worker_may_print_twice_and_the_first_pages_stay(ordered: County) -> None:
    ordered.work()
    with ordered.session() as session:
        before = {row.id: row.attachment_id for row in session.scalars(select(Document))}
        for number in before:
            documents.make_pages(session, {"document": number})
    with ordered.session() as session:
        after = {row.id: row.attachment_id for row in session.scalars(select(Document))}
        waiting = session.scalars(select(jobs.Job).where(jobs.Job.state != "done")).all()

    assert before == after
    assert None not in before.values()
    assert waiting == []


def test_a_number_names_the_issuer_the_kind_and_the_year(ordered: County) -> None:
    with ordered.session() as session:
        numbers = {row.kind: row.number for row in documents.of_case(session, ordered.case)}

    assert numbers == {"D02": "石中劝返〔2026〕第1号", "D03": "石责改〔2026〕第1号"}


def issue(county: County, root_id: int, kind: str) -> None:
    with clock.standing_at(county.now), county.database.transaction() as session:
        motion = Motion.of(session, system(county.id), root_id)
        node = next(
            n
            for n in motion.frozen.bundle.nodes.values()
            if n.properties.get("operation") == "document.issue" and n.properties["kind"] == kind
        )
        processes.registry.operations["document.issue"](motion, node)
        motion.settle()


def test_numbers_of_one_issuer_have_no_gaps_however_many_issue_at_once(ordered: County) -> None:
    ordered.at("2026-03-10 12:30")
    others = [ordered.absent(name) for name in ("刘一", "张二", "孙五")]
    with ordered.session() as session:
        roots = list(session.scalars(select(Instance.id).where(Instance.case_id.in_(others), Instance.root_id.is_(None))))
    failed: list[BaseException] = []

    def work(root: int) -> None:
        try:
            for _ in range(2):
                issue(ordered, root, "D03")
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=work, args=(root,)) for root in roots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    with ordered.session() as session:
        rows = session.scalars(select(Document).where(Document.kind == "D03")).all()
    assert sorted(row.seq or 0 for row in rows) == [1, 2, 3, 4, 5, 6, 7]
    assert Counter(row.number for row in rows).most_common(1)[0][1] == 1
    assert len({row.code for row in rows}) == 7


def test_a_step_that_is_taken_back_uses_no_number(ordered: County) -> None:
    with ordered.session() as session:
        root = session.scalars(select(Instance.id).where(Instance.case_id == ordered.case, Instance.root_id.is_(None))).one()
    with pytest.raises(ZeroDivisionError), clock.standing_at(ordered.now), ordered.database.transaction() as session:
        motion = Motion.of(session, system(ordered.id), root)
        node = next(n for n in motion.frozen.bundle.nodes.values() if n.properties.get("kind") == "D03")
        processes.registry.operations["document.issue"](motion, node)
        raise ZeroDivisionError
    issue(ordered, root, "D03")

    with ordered.session() as session:
        assert sorted(row.seq or 0 for row in session.scalars(select(Document).where(Document.kind == "D03"))) == [1, 2]


def test_a_new_year_begins_with_one_and_schools_count_apart(ordered: County) -> None:
    with ordered.session() as session:
        root = session.scalars(select(Instance.id).where(Instance.case_id == ordered.case, Instance.root_id.is_(None))).one()
    issue(ordered, root, "D02")
    ordered.player.now = moment("2027-01-04 09:00")
    issue(ordered, root, "D02")

    with ordered.session() as session:
        rows = session.scalars(select(Document).where(Document.kind == "D02").order_by(Document.id)).all()
    assert [(row.year, row.seq) for row in rows] == [(2026, 1), (2026, 2), (2027, 1)]


def test_only_whoever_uploaded_a_file_puts_it_into_a_case_they_see(persuading: County) -> None:
    with persuading.session() as session:
        wang_min, zhao_qiang = persuading.actor("王敏"), persuading.actor("赵强")
        kept = attachments.keep(session, wang_min, b"%PDF-1.4 evidence", "application/pdf", persuading.database.memory["files"])
        theirs = attachments.keep(session, zhao_qiang, b"%PDF-1.4 other", "application/pdf", persuading.database.memory["files"])
    with persuading.session() as session:
        with pytest.raises(NotFound):
            documents.add_evidence(session, zhao_qiang, persuading.case, file_id=theirs.id, title="别人的")
        with pytest.raises(Invalid):
            documents.add_evidence(session, wang_min, persuading.case, file_id=theirs.id, title="不是我传的")
        with pytest.raises(Invalid):
            documents.add_evidence(session, wang_min, persuading.case, file_id=None, title="没有文件")
        with pytest.raises(Forbidden):
            documents.add_evidence(session, wang_min, persuading.case, file_id=kept.id, title="责令", kind="D03")
        with pytest.raises(Forbidden):
            documents.add_evidence(session, persuading.actor("万青"), persuading.case, file_id=kept.id, title="督查")
        documents.add_evidence(session, wang_min, persuading.case, file_id=kept.id, title="家访照片")

    (event,) = persuading.events("document.added")
    assert event.data["title"] == "家访照片"
