"""督办: what is late and whose, whether the history is whole, what went wrong."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service import cases, clock, history, jobs, people, processes, tasks
from service.access import SUPERVISORS
from service.errors import Forbidden
from service.web.frame import me, pages, reading

MOST = 200
WATCHERS = ("county_kcbx_officer", "bureau_leader", "auditor", "sys_admin", "joint_office")
"""Who sees incidents of the whole county."""


@pages.get("/oversight")
def oversight() -> ResponseReturnValue:
    """What is late, the gravest first."""
    return _page(None)


@pages.post("/oversight/verification")
def verification() -> ResponseReturnValue:
    """Recompute every hash of the county's history."""
    _must_supervise()
    with reading() as session:
        found = history.verify(session, me().county_id)
    return _page(found)


def _page(verified: Any) -> str:
    _must_supervise()
    township = request.args.get("township", 0, int)
    with reading() as session:
        late = tasks.inbox(session, me(), "team", tasks.Filters(overdue=True, limit=MOST))
        townships = people.organisation_names(session, {t.township_id for t in late if t.township_id})
        rows = processes.describe(session, me(), [t for t in late if not township or t.township_id == township])
        open_count = tasks.count(session, me(), "team")
        late_count = tasks.count(session, me(), "team", tasks.Filters(overdue=True))
        running = cases.search(session, me(), cases.Wanted(limit=500))
        incidents = _incidents(session) if me().holds(*WATCHERS) else []
        reminded = _reminded(session, late)
    rows.sort(key=lambda row: (row["light"] != "seriously_overdue", row["due_at"]))
    return render_template(
        "oversight.html",
        rows=rows,
        township=township,
        townships=townships,
        by_township=Counter(t.township_id for t in late),
        open_count=open_count,
        late_count=late_count,
        grave=sum(row["light"] == "seriously_overdue" for row in rows),
        by_role=Counter(row["role_name"] for row in rows).most_common(),
        by_place=Counter(row["organisation"]["name"] for row in rows if row["organisation"]).most_common(12),
        by_stage=Counter(c.stage for c in running if c.closed_at is None),
        stages=cases.STAGE_NAMES,
        running=sum(c.closed_at is None for c in running),
        incidents=incidents,
        watches=me().holds(*WATCHERS),
        reminded=reminded,
        verified=verified,
        at=clock.now(),
    )


def _incidents(session: Any) -> Sequence[jobs.Incident]:
    table = jobs.Incident
    return session.scalars(  # type: ignore[no-any-return]
        select(table).where(table.county_id == me().county_id, table.closed_at.is_(None)).order_by(table.id.desc()).limit(50)
    ).all()


def _reminded(session: Any, late: Sequence[tasks.Task]) -> dict[str, Any]:
    """When a late task was last urged by a person, by task id."""
    table = history.Event
    subjects = {f"case:{t.case_id}" for t in late if t.case_id}
    rows = session.execute(
        select(table.at, table.data)
        .where(table.subject.in_(subjects), table.action == "task.reminded", table.actor_id.isnot(None))
        .order_by(table.at)
    )
    return {str((data or {}).get("task")): at for at, data in rows}


def _must_supervise() -> None:
    if not me().holds(*SUPERVISORS, "sys_admin"):
        raise Forbidden("督办页只对分管领导、县控辍办和督查人员开放")
