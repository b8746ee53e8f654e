"""认领 · 退回待认领 · 转办 · 委派 · 催办 · 退回上一步: each a page that asks one thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock, people, processes, tasks
from service.access import Actor
from service.errors import Invalid
from service.web.frame import me, pages, reading, transaction

Move = Callable[[Session, Actor, int, Mapping[str, str]], None]


@dataclass(frozen=True)
class Question:
    """What a page asks before a task moves."""

    title: str
    button: str
    says: str
    act: Move
    note: str
    person: bool = False
    until: bool = False
    reason: str = ""
    reason_needed: bool = False
    stays: bool = True
    """Whether the task can still be looked at afterwards."""


def _assign(session: Session, actor: Actor, task_id: int, asked: Mapping[str, str]) -> None:
    tasks.assign(session, actor, task_id, person_id=_person(asked), reason=_reason(asked, 2))


def _delegate(session: Session, actor: Actor, task_id: int, asked: Mapping[str, str]) -> None:
    tasks.delegate(session, actor, task_id, person_id=_person(asked), until=_until(asked), reason=_reason(asked, 2))


def _release(session: Session, actor: Actor, task_id: int, _asked: Mapping[str, str]) -> None:
    tasks.release(session, actor, task_id)


def _remind(session: Session, actor: Actor, task_id: int, asked: Mapping[str, str]) -> None:
    tasks.remind(session, actor, task_id, note=asked.get("reason", "").strip()[:200])


def _return(session: Session, actor: Actor, task_id: int, asked: Mapping[str, str]) -> None:
    processes.give_back(session, actor, task_id, reason=_reason(asked, 2))


QUESTIONS = {
    "assignment": Question(
        "转办",
        "转办这项任务",
        "转办是把任务交出去，今后由接手的同事承办和负责。",
        _assign,
        "assigned",
        person=True,
        reason="转办理由",
        reason_needed=True,
        stays=False,
    ),
    "delegation": Question(
        "委派",
        "委派这项任务",
        "委派是请同事代办，到期自动交回，责任仍在您。",
        _delegate,
        "delegated",
        person=True,
        until=True,
        reason="委派理由",
        reason_needed=True,
    ),
    "release": Question(
        "退回待认领", "退回待认领", "任务回到待认领列表，同岗位的同事都可以认领。到期时间不变。", _release, "released", stays=False
    ),
    "reminder": Question("催办", "发出催办", "催办会记入案件经过，承办人在任务页能看到。", _remind, "reminded", reason="催办意见"),
    "return": Question(
        "退回上一步",
        "退回上一步",
        "退回给前一位办理人重新办理。案件在此之后已有变动的，不能退回。",
        _return,
        "returned",
        reason="退回理由",
        reason_needed=True,
        stays=False,
    ),
}


@pages.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> ResponseReturnValue:
    """Take a task that waits for anybody of the role."""
    with transaction() as session:
        tasks.claim(session, me(), task_id)
    return redirect(url_for(".task", task_id=task_id, note="claimed"), 303)


@pages.get("/tasks/<int:task_id>/<any(assignment, delegation, release, reminder, return):move>")
def move(task_id: int, move: str) -> ResponseReturnValue:
    """Ask what is needed for a move."""
    return _ask(task_id, move, {}, {})


@pages.post("/tasks/<int:task_id>/<any(assignment, delegation, release, reminder, return):move>")
def moved(task_id: int, move: str) -> ResponseReturnValue:
    """Move the task."""
    question = QUESTIONS[move]
    try:
        with transaction() as session:
            question.act(session, me(), task_id, request.form)
    except Invalid as wrong:
        return _ask(task_id, move, request.form, wrong.fields or {"reason": [wrong.message]}), 422
    if question.stays:
        return redirect(url_for(".task", task_id=task_id, note=question.note), 303)
    return redirect(url_for(".inbox", note=question.note), 303)


def _ask(task_id: int, move: str, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    with reading() as session:
        found, _ = tasks.find_for(session, me(), task_id)
        shown = processes.describe(session, me(), [found])[0]
        colleagues = _colleagues(session, found) if QUESTIONS[move].person else []
    return render_template(
        "move.html",
        task=shown,
        move=move,
        question=QUESTIONS[move],
        colleagues=colleagues,
        typed=typed,
        errors=errors,
        soonest=clock.today(),
        latest=clock.today() + timedelta(30),
    )


def _colleagues(session: Session, found: tasks.Task) -> list[people.Colleague]:
    if found.student_id is None:
        return []
    place = people.place_of(session, found.student_id, clock.today())
    return [c for c in people.colleagues_near(session, place) if c.id != found.assignee_id]


def _person(asked: Mapping[str, str]) -> int:
    chosen = asked.get("person_id", "")
    if not chosen.isdigit():
        raise Invalid("请选择同事", {"person_id": ["请选择同事"]})
    return int(chosen)


def _until(asked: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(asked.get("until", ""))
    except ValueError:
        raise Invalid("请选择日期", {"until": ["请选择今天起30天以内的日期"]}) from None


def _reason(asked: Mapping[str, str], least: int) -> str:
    reason = asked.get("reason", "").strip()
    if not least <= len(reason) <= 200:
        raise Invalid("请写明理由", {"reason": ["请用 2 至 200 个字写明理由"]})
    return reason
