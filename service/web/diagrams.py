"""The diagrams a case ran on, its path painted."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import cases, history, processes, tasks
from service.cases import Case
from service.engine import picture
from service.errors import NotFound
from service.processes import Instance
from service.web.frame import me, pages, reading
from service.web.stories import tasks_seen


@dataclass(frozen=True)
class Tab:
    """One diagram that ran."""

    key: str
    name: str
    version: int | None
    running: bool


@pages.get("/cases/<int:case_id>/diagrams")
def case_diagrams(case_id: int) -> ResponseReturnValue:
    """One diagram of the case, chosen by process, with the list of its steps."""
    with reading() as session:
        case = cases.find_for(session, me(), case_id)
        root = session.get(Instance, case.root_id)
        if root is None:
            raise NotFound("这个案件没有流程")
        frozen = processes.frozen(session, root.bundle_id)
        events = history.of(session, f"case:{case.id}")
        states = {key: processes.node_states(events, d.nodes) for key, d in frozen.bundle.diagrams.items()}
        tabs = [_tab(frozen, key, states[key]) for key in frozen.bundle.diagrams if states[key]]
        tabs.sort(key=lambda tab: min(one["entered_at"] for one in states[tab.key].values()))
        chosen = request.args.get("process") or _liveliest(tabs)
        if chosen not in states or not states[chosen]:
            raise NotFound("这张流程图在本案中还没有用到")
        diagram = frozen.bundle.diagrams[chosen]
        svg = picture.draw(
            diagram.xml,
            {node_id: one["state"] for node_id, one in states[chosen].items()},
            {node_id: one["count"] for node_id, one in states[chosen].items() if one["count"] > 1},
        )
        return render_template(
            "case_diagram.html",
            case=cases.brief(session, me(), [case])[0],
            tabs=tabs,
            chosen=next(tab for tab in tabs if tab.key == chosen),
            svg=Markup(svg),  # noqa: S704 - drawn by us, every text escaped
            fit=request.args.get("fit") == "1",
            seen={str(i) for i in tasks_seen(session, me(), case)},
            steps=_steps(session, case, set(diagram.nodes)),
        )


def _tab(frozen: Any, key: str, states: dict[str, dict[str, Any]]) -> Tab:
    version = next((n for name, n in frozen.versions.items() if name.partition("@")[0] == key), None)
    return Tab(key, frozen.bundle.diagrams[key].name, version, any(one["state"] == "here" for one in states.values()))


def _liveliest(tabs: list[Tab]) -> str:
    """The last diagram that is running and not the main one, else the last."""
    running = [tab.key for tab in tabs if tab.running and tab.key != processes.MAIN]
    return (running or [tab.key for tab in tabs] or [processes.MAIN])[-1]


def _steps(session: Session, case: Case, node_ids: set[str]) -> list[dict[str, Any]]:
    table = tasks.Task
    rows = session.scalars(
        select(table).where(table.root_id == case.root_id, table.node_id.in_(node_ids)).order_by(table.created_at, table.id)
    ).all()
    return processes.describe(session, me(), rows)
