"""导入: a workbook of who was at school is read and shown, every bad row with its reason, before anything is changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import rosters
from service.errors import Conflict, Forbidden, Invalid
from service.web.frame import desk, me, pages, reading, transaction

SHOWN = 500
"""Bad rows on a page; all of them are counted."""


@pages.get("/imports")
def imports() -> ResponseReturnValue:
    """Choose a file; what one has imported before."""
    return _form({}, {})


@pages.post("/imports")
def import_read() -> ResponseReturnValue:
    """Read a file and keep it for the confirmation; nothing else is changed."""
    purpose, sent = request.form.get("purpose", "").strip(), request.files.get("file")
    content = sent.read() if sent else b""
    try:
        if wrong := _missing(purpose, content):
            raise Invalid("请补填后再读取", wrong)
        with transaction() as session:
            row, _ = rosters.start(session, me(), content, purpose=purpose, folder=_folder())
            found = row.id
    except Invalid as refused:
        return _form({"purpose": purpose}, refused.fields or {"file": [refused.message]}), 422
    return redirect(url_for(".import_shown", import_id=found), 303)


@pages.get("/imports/<int:import_id>")
def import_shown(import_id: int) -> ResponseReturnValue:
    """What the file holds, and once it was confirmed what came of it."""
    with reading() as session:
        row, found = rosters.look(session, me(), import_id, _folder())
    return render_template("import.html", row=row, found=found, problems=found.problems[:SHOWN], reasons=_reasons(found.problems))


@pages.post("/imports/<int:import_id>/commitment")
def import_committed(import_id: int) -> ResponseReturnValue:
    """Post the good rows; pressed twice, the second press only shows the result."""
    try:
        with transaction() as session:
            rosters.commit(session, me(), import_id, _folder())
    except Conflict as done:
        if done.code != "already_committed":
            raise
    return redirect(url_for(".import_shown", import_id=import_id), 303)


def _form(typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> str:
    if not me().holds(*rosters.IMPORTERS):
        raise Forbidden("只有学校控辍保学专干、县控辍办、县学籍管理可以导入到校情况")
    with reading() as session:
        earlier = rosters.latest(session, me())
    return render_template("imports.html", typed=typed, errors=errors, earlier=earlier)


def _missing(purpose: str, content: bytes) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if not 2 <= len(purpose) <= 200:
        wrong["purpose"] = ["请写明导入目的，2 到 200 个字"]
    if not content:
        wrong["file"] = ["请选择要导入的表格文件"]
    elif wrong:
        wrong["file"] = ["浏览器不会留下选过的文件，请再选一次"]
    return wrong


def _reasons(problems: Sequence[rosters.BadRow]) -> list[tuple[str, int]]:
    """How many rows each reason holds back, the most frequent first."""
    counted: dict[str, int] = {}
    for problem in problems:
        counted[problem.message] = counted.get(problem.message, 0) + 1
    return sorted(counted.items(), key=lambda one: -one[1])


def _folder() -> Path:
    return desk().settings.data_dir / "imports"
