"""Papers and photographs, for those who see the case or the task they belong to."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import cases, documents, processes, tasks
from service.errors import NotFound
from service.forms import attachments
from service.web.frame import desk, me, pages, reading


@pages.get("/documents/<int:document_id>/file")
def document_file(document_id: int) -> ResponseReturnValue:
    """The pages of a notice."""
    with reading() as session:
        found = session.get(documents.Document, document_id)
        if found is None:
            raise NotFound("没有找到这份文书")
        cases.find_for(session, me(), found.case_id)
        row = session.get(attachments.Attachment, found.attachment_id or 0)
        if row is None:
            raise NotFound("文书还在生成，请稍后再来下载")
        return _sent(row, f"{found.title}{attachments.SUFFIX[row.type]}")


@pages.get("/tasks/<int:task_id>/files/<int:file_id>")
def task_file(task_id: int, file_id: int) -> ResponseReturnValue:
    """A file named in the answers of a task one sees."""
    with reading() as session:
        found, _ = tasks.find_for(session, me(), task_id)
        if str(file_id) not in _named(session, found):
            raise NotFound("没有找到这个文件")
        row = session.get(attachments.Attachment, file_id)
        if row is None or row.county_id != me().county_id:
            raise NotFound("没有找到这个文件")
        return _sent(row, f"附件{file_id}{attachments.SUFFIX[row.type]}")


def _named(session: Session, found: tasks.Task) -> set[str]:
    """The files in those answers that this reader may read."""
    frozen = processes.frozen(session, found.bundle_id)
    form = frozen.forms[frozen.bundle.node(found.node_id).form_key or "F00"]
    values = processes.answers_for(session, me(), found)
    files = [key for key, part in form.fields.items() if part.kind in {"file", "files"}]
    return {str(one) for key in files for one in (values[key] if isinstance(values.get(key), list) else [values.get(key)])}


def _sent(row: attachments.Attachment, name: str) -> Response:
    """The file itself, never shown inside a page of ours."""
    path = desk().settings.data_dir / "files" / row.name
    if not path.exists():
        raise NotFound("文件不在了，请联系系统管理员")
    return send_file(path, row.type, as_attachment=True, download_name=name, etag=False, conditional=False)
