"""A task's page: why it is mine, what the law says, what was done before, the form, and what happens afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import cases, clock, forms, people, processes, tasks
from service.access import SUPERVISORS, reads_names
from service.errors import Invalid, ServiceError
from service.forms import attachments
from service.processes import Sheet
from service.vault import mask_name
from service.web import parts, words
from service.web.frame import me, pages, reading, transaction
from service.web.outcomes import deciding_field, outcome_of
from service.web.stories import story_of

NOTES = {
    "claimed": "已认领，现在由您办理。",
    "drafted": "草稿已保存，下次打开接着填。",
    "completed": "已提交。",
    "delegated": "已委派，同事现在可以办理这项任务。",
    "assigned": "已转办。",
    "reminded": "已催办，记入经过。",
}
BEFORE = 6
"""How many earlier events a task page tells."""


@dataclass(frozen=True)
class Typed:
    """What came back from the form, to be shown again."""

    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outcome: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    stale: bool = False


@pages.get("/tasks/<int:task_id>")
def task(task_id: int) -> ResponseReturnValue:
    """The task: a form while it is open and ours, what was filed once it is done."""
    return _page(task_id, None)


@pages.post("/tasks/<int:task_id>/completion")
def completion(task_id: int) -> ResponseReturnValue:
    """Finish the task. What was typed comes back with what is still to do."""
    typed = _typed(task_id)
    if _asks_for_row():
        return _page(task_id, typed)
    if typed.errors:  # a file that could not be kept must not vanish unnoticed
        return _page(task_id, typed), 422
    revision = request.form.get("revision", 0, int)
    try:
        with transaction() as session:
            processes.complete_task(session, me(), task_id, revision=revision, outcome=typed.outcome, values=dict(typed.values))
    except Invalid as wrong:
        return _page(task_id, _with_errors(task_id, typed, wrong)), 422
    except tasks.StaleRevision:
        return _page(task_id, replace(typed, stale=True)), 409
    except tasks.TaskTaken:
        if not _done_by_me(task_id):
            raise
    return redirect(url_for(".task", task_id=task_id, note="completed"), 303)


@pages.post("/tasks/<int:task_id>/draft")
def draft(task_id: int) -> ResponseReturnValue:
    """Keep what was typed without finishing."""
    typed = _typed(task_id)
    if typed.errors:
        return _page(task_id, typed), 422
    try:
        with transaction() as session:
            found, _ = tasks.find_for(session, me(), task_id)
            sheet = processes.open_sheet(session, me(), found)
            values = forms.shape(sheet.form, {key: value for key, value in typed.values.items() if value not in (None, "", [])})
            tasks.save_draft(session, me(), task_id, values, request.form.get("revision", None, int))
    except tasks.StaleRevision:
        return _page(task_id, replace(typed, stale=True)), 409
    return redirect(url_for(".task", task_id=task_id, note="drafted"), 303)


def _asks_for_row() -> bool:
    """Whether the button pressed was “add a row”."""
    return "_add" in request.form


def _typed(task_id: int) -> Typed:
    """What the post says, its files stored first, so that they survive a refused form."""
    uploaded: dict[str, list[str]] = {}
    sent = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    errors: dict[str, list[str]] = {}
    if sent:
        with transaction() as session:
            found, ties = tasks.find_for(session, me(), task_id)
            tasks.may_finish(me(), found, ties)
            for name, file in sent:
                try:
                    kept = attachments.store(session, me(), file.read(), session.info["memory"]["files"])
                    uploaded.setdefault(name, []).append(str(kept.id))
                except Invalid as wrong:
                    errors.setdefault(name.replace("-", "."), []).append(wrong.message)
    with reading() as session:
        found, _ = tasks.find_for(session, me(), task_id)
        sheet = processes.open_sheet(session, me(), found)
    values = forms.values_from_form(sheet.form, request.form, uploaded)
    return Typed(values, errors, outcome_of(sheet, values, request.form.get("outcome")), forms.rows_asked(sheet.form, request.form))


def _with_errors(task_id: int, typed: Typed, wrong: Invalid) -> Typed:
    """All that is wrong at once: a missing outcome does not hide the fields that are missing too."""
    errors = dict(wrong.fields)
    if "outcome" not in errors:
        return replace(typed, errors=errors or {"_": [wrong.message]})
    with reading() as session:
        found, _ = tasks.find_for(session, me(), task_id)
        sheet = processes.open_sheet(session, me(), found)
        if (decided := deciding_field(sheet)) is not None:
            errors[decided.key] = ["请选择一项"]
            del errors["outcome"]
        try:
            forms.accept(sheet.form, dict(typed.values), sheet.context)
        except Invalid as more:
            errors = {**more.fields, **errors}
    return replace(typed, errors=errors)


def _done_by_me(task_id: int) -> bool:
    """The same form sent twice is no quarrel."""
    with reading() as session:
        found, _ = tasks.find_for(session, me(), task_id)
        return found.state == "done" and found.completed_by == me().person_id


def _page(task_id: int, typed: Typed | None) -> str:
    with reading() as session:
        found, ties = tasks.find_for(session, me(), task_id)
        sheet = processes.open_sheet(session, me(), found)
        shown = processes.describe(session, me(), [found])[0]
        common = {
            "task": shown,
            "node": sheet.node,
            "form_title": sheet.form.title,
            "subject": _subject(session, found),
            "case": cases.case_of(session, found.case_id) if found.case_id else None,
            "before": _before(session, found),
            "why": _why(sheet, shown, ties),
            "laws": [part.strip() for part in sheet.node.properties.get("law", "").split(";") if "《" in part],
            "duties": [part.strip() for part in sheet.node.properties.get("law", "").split(";") if part and "《" not in part],
            "ahead": processes.ahead(session, found, sheet) if found.state == "open" else [],
            "note": NOTES.get(request.args.get("note", "")),
            "lent": _lent(session, ties),
        }
        if found.state != "open":
            return render_template("task_done.html", **common, **_filed(session, found, sheet))
        problem = _why_not(found, ties)
        moves = _moves(session, found, ties, problem)
        if problem is not None:
            return render_template("task_look.html", **common, problem=problem, moves=moves)
        return render_template("task.html", **common, moves=moves, **_form(found, sheet, typed))


def _form(found: tasks.Task, sheet: Sheet, typed: Typed | None) -> dict[str, Any]:
    known = forms.prefill(sheet.form, sheet.context)
    values = {**known, **(typed.values if typed else found.values or {})}
    errors = dict(typed.errors) if typed else {}
    decided = deciding_field(sheet)
    outcomes = sheet.outcomes if len(sheet.outcomes) > 1 and decided is None else ()
    general = errors.pop("_", [])
    summary_errors = {key: texts for key, texts in errors.items() if key != "outcome"}
    return {
        "fields": forms.render(sheet.form, values, errors, sheet.context, dict(typed.rows) if typed else None),
        "summary": forms.summary(sheet.form, summary_errors),
        "problems": list(general),
        "outcomes": outcomes,
        "outcome": typed.outcome if typed else None,
        "outcome_error": "；".join(errors.get("outcome", ())),
        "drafted": bool(found.values),
        "stale": typed.stale if typed else False,
        "kept_draft": forms.readable(sheet.form, found.values or {}, sheet.context) if typed and typed.stale else [],
    }


def _filed(session: Session, found: tasks.Task, sheet: Sheet) -> dict[str, Any]:
    """What was answered, without what this reader need not know, and the work that followed."""
    values = processes.answers_for(session, me(), found) if found.state == "done" else {}
    after = []
    if found.root_id:
        table = tasks.Task
        rows = session.scalars(
            select(table).where(table.root_id == found.root_id, table.state == "open", table.created_at >= (found.ended_at or clock.now()))
        ).all()
        after = processes.describe(session, me(), rows)
    files = [key for key, part in sheet.form.fields.items() if part.kind in {"file", "files"}]
    named = {str(i) for key in files for i in (values.get(key) or []) if isinstance(values.get(key), list)}
    named |= {str(values[key]) for key in files if isinstance(values.get(key), str)}
    lines = [line for line in forms.readable(sheet.form, values, sheet.context) if line.key not in files]
    return {"lines": lines, "after": after, "files": sorted(named, key=int)}


def _subject(session: Session, found: tasks.Task) -> str:
    """Whom it is about: class, sex, age, village."""
    student = session.get(people.Student, found.student_id) if found.student_id else None
    if student is None:
        return ""
    names = people.organisation_names(session, {i for i in (found.class_id, found.school_id, found.village_id) if i})
    school, klass = names.get(found.school_id or 0, ""), names.get(found.class_id or 0, "")
    parts = [
        f"{school} {klass} 班" if klass else school or "未在校",
        student.gender or "",
        f"{words.age(student.birth_date)} 岁",
        names.get(found.village_id or 0, ""),
    ]
    name = mask_name(student.name) if not reads_names(me()) else student.name
    return "·".join([name, *filter(None, parts)])


def _before(session: Session, found: tasks.Task) -> list[Any]:
    if found.case_id is None or (case := cases.case_of(session, found.case_id)) is None:
        return []
    until = found.ended_at or clock.now()
    lines = [line for line in story_of(session, me(), case) if not line.background and line.at <= until and line.task_id != found.id]
    return lines[-BEFORE:]


def _why(sheet: Sheet, shown: Mapping[str, Any], ties: tasks.Ties) -> str:
    role = parts.role_name(sheet.node.roles[0]) if sheet.node.roles else shown["role_name"]
    place = words.place(shown["organisation"]["name"]) if shown["organisation"] else ""
    if ties.delegation and ties.delegation.helper_id == me().person_id:
        return f"{shown['assignee']['name']}把这项任务委派给您，责任仍在委派人。"
    if shown["unmanned"]:
        return f"这项任务应由{role}办理，目前无人承办，按规定转到上级。"
    if shown["assignee"] and shown["assignee"]["id"] == str(me().person_id):
        return f"您是{g.post}。流程规定“{sheet.node.name}”由{role}办理，{place}由您承办。"
    return f"流程规定“{sheet.node.name}”由{role}办理。"


def _why_not(found: tasks.Task, ties: tasks.Ties) -> str | None:
    """Why the reader may not fill it in; None when they may."""
    try:
        tasks.may_finish(me(), found, ties)
    except ServiceError as wrong:
        return wrong.message
    return None


def _moves(session: Session, found: tasks.Task, ties: tasks.Ties, problem: str | None) -> list[tuple[str, str, str]]:
    """The other things to do with it: (route, label, style)."""
    mine = found.assignee_id == me().person_id
    moves = []
    if found.assignee_id != me().person_id and problem is None and not (ties.delegation and ties.delegation.helper_id == me().person_id):
        moves.append(("claim", "认领任务", "line"))
    if mine or me().holds(*SUPERVISORS):
        moves.append(("assignment", "转办", "line"))
    if mine:
        moves += [("delegation", "委派", "line"), ("release", "退回待认领", "line")]
        moves += [("return", "退回上一步", "stop")] if processes.may_return(session, found) else []
    else:
        moves.append(("reminder", "催办", "line"))
    return moves


def _lent(session: Session, ties: tasks.Ties) -> str:
    if ties.delegation is None or ties.delegation.until < clock.today():
        return ""
    names = people.names_of(session, [ties.delegation.helper_id])
    return f"已委派给{names.get(ties.delegation.helper_id, '同事')}，到 {ties.delegation.until.month}月{ties.delegation.until.day}日为止"
