"""待办: the work that waits, as a timetable."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock, processes, tasks
from service.web import words
from service.web.frame import me, pages, reading

VIEW_NAMES = {"mine": "待办", "claimable": "待认领", "team": "团队", "done": "已办", "copies": "抄送我的"}
PAGE = 100


@dataclass(frozen=True)
class Group:
    """Tasks of one stretch of time."""

    title: str
    rows: Sequence[dict[str, Any]]
    hot: bool = False


@pages.get("/")
def start() -> ResponseReturnValue:
    """The first page is the inbox."""
    return redirect(url_for(".inbox"), 303)


@pages.get("/tasks")
def inbox() -> ResponseReturnValue:
    """A view of tasks, most urgent first."""
    view = request.args.get("view", "mine")
    view = view if view in VIEW_NAMES else "mine"
    q, due = request.args.get("q", "").strip(), request.args.get("due", "")
    with reading() as session:
        filters = tasks.Filters(q=q, limit=PAGE)
        rows = processes.describe(session, me(), tasks.inbox(session, me(), view, filters))
        total = tasks.count(session, me(), view, filters)
    today = [row for row in rows if _is_today(row)]
    late = [row for row in rows if row["due_at"] < clock.now()]
    shown = {"today": today, "late": late}.get(due, rows)
    return render_template(
        "inbox.html",
        view=view,
        views=VIEW_NAMES,
        groups=list(grouped(shown, view)),
        rows=shown,
        today=len(today),
        late=len(late),
        first=today[0] if today else None,
        total=total,
        q=q,
        due=due,
    )


def grouped(rows: Sequence[dict[str, Any]], view: str) -> Iterator[Group]:
    """Late, today, this week, later; what is done by the day it was done."""
    if view == "done":
        days = dict.fromkeys(clock.local_date(row["ended_at"]) for row in rows)
        for day in days:
            yield Group(words.near_day(day), [row for row in rows if clock.local_date(row["ended_at"]) == day])
        return
    now, today = clock.now(), clock.today()
    week_ends = today + timedelta(6 - today.weekday())
    cuts: tuple[tuple[str, Callable[[datetime], bool]], ...] = (
        ("已逾期", lambda at: at < now),
        ("今天", lambda at: at >= now and clock.local_date(at) == today),
        ("本周", lambda at: today < clock.local_date(at) <= week_ends),
        ("以后", lambda at: clock.local_date(at) > week_ends),
    )
    for title, belongs in cuts:
        if found := [row for row in rows if belongs(row["due_at"])]:
            yield Group(title, found, hot=title == "已逾期")


def _is_today(row: dict[str, Any]) -> bool:
    at: datetime = row["due_at"]
    return at >= clock.now() and clock.local_date(at) == clock.today()
