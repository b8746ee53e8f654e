"""案件: the list, and 一生一案, the page of one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import cases, clock, documents, history, people, processes
from service.access import reads_names
from service.cases import STAGE_NAMES, STATUS_NAMES, Case
from service.engine import Diagram
from service.processes import Instance
from service.vault import mask_name
from service.web.events import offered
from service.web.frame import me, pages, reading
from service.web.stories import story_of, tasks_seen
from service.web.words import age

PAGE = 50
LATEST = 12
"""How much of the story is open; the rest unfolds."""
ALWAYS = ("detection", "verification", "persuasion", "admonition", "court", "placement", "follow_up", "closure")
"""Stages the ribbon always shows; the others only once reached."""


@dataclass(frozen=True)
class Stage:
    """A piece of the ribbon."""

    name: str
    state: str
    since: date | None


@pages.get("/cases", endpoint="cases")
def case_list() -> ResponseReturnValue:
    """Cases of one's area."""
    wanted = cases.Wanted(
        status=_known(request.args.get("status", ""), STATUS_NAMES),
        stage=_known(request.args.get("stage", ""), STAGE_NAMES),
        q=request.args.get("q", "").strip(),
        after=request.args.get("after", None, int),
        limit=PAGE + 1,
    )
    with reading() as session:
        found = cases.search(session, me(), wanted)
        rows = cases.brief(session, me(), found[:PAGE])
        schools = people.organisation_names(session, {i for c in found for i in (c.school_id, c.class_id, c.township_id) if i})
        places = {str(c.id): _place(c, schools) for c in found}
    return render_template(
        "cases.html",
        rows=rows,
        places=places,
        wanted=wanted,
        statuses=STATUS_NAMES,
        stages=STAGE_NAMES,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        running=sum(row["closed_at"] is None for row in rows),
    )


@pages.get("/cases/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    """Everything about one case on one page."""
    everything = request.args.get("all") == "1"
    with reading() as session:
        found = cases.find_for(session, me(), case_id)
        lines = story_of(session, me(), found)
        student = session.get_one(people.Student, found.student_id)
        names = people.organisation_names(session, {i for i in (found.class_id, found.school_id, found.village_id, found.township_id) if i})
        masked = not reads_names(me())
        shown = [line for line in lines if everything or not line.background]
        return render_template(
            "case.html",
            case=cases.full(session, me(), found),
            row=found,
            name=mask_name(student.name) if masked else student.name,
            about=[student.gender, f"{age(student.birth_date)} 岁", _place(found, names), names.get(found.village_id or 0)],
            ribbon=ribbon(session, found),
            lines=shown[::-1],
            latest=LATEST,
            hidden=len(lines) - len(shown),
            everything=everything,
            documents=documents.of_case(session, found.id),
            events=offered(me(), found),
            seen={str(i) for i in tasks_seen(session, me(), found)},
            previous=cases.case_of(session, found.previous_case_id) if found.previous_case_id else None,
            closure=cases.CLOSURE_NAMES.get(found.closure_code or ""),
            elapsed=elapsed,
            note=request.args.get("note", ""),
        )


def ribbon(session: Session, case: Case) -> list[Stage]:
    """The stages of a case in order: when each was reached, and where it is now."""
    root = session.get(Instance, case.root_id)
    diagrams = processes.frozen(session, root.bundle_id).bundle.diagrams if root else {}
    reached = _reached(history.of(session, f"case:{case.id}"), diagrams)
    here = None if case.closed_at else case.stage
    stages = []
    for key, name in STAGE_NAMES.items():
        if key in ALWAYS or key in reached or key == here:
            state = "here" if key == here else "done" if key in reached else "todo"
            stages.append(Stage(name, state, reached.get(key)))
    return stages


def _reached(events: Sequence[history.Event], diagrams: Mapping[str, Diagram]) -> dict[str, date]:
    """The first day of each stage, from the nodes that history says were passed."""
    stage_of = {node_id: str(d.properties["stage"]) for d in diagrams.values() if "stage" in d.properties for node_id in d.nodes}
    reached: dict[str, date] = {}
    for event in events:
        data = event.data or {}
        for node_id in (*data.get("passed", ()), *data.get("in", ())):
            if node_id in stage_of:
                reached.setdefault(stage_of[node_id], clock.local_date(event.at))
    return reached


def elapsed(starts: datetime | date, ends: datetime | date) -> int:
    """How much of a period is gone, in hundredths."""
    now: Any = clock.now() if isinstance(starts, datetime) else clock.today()
    whole = (ends - starts).total_seconds()  # type: ignore[operator]  # both are instants or both are days
    return min(max(int((now - starts).total_seconds() * 100 / whole), 0), 100) if whole > 0 else 100


def _place(case: Case, names: Mapping[int, str]) -> str:
    school, klass = names.get(case.school_id or 0, ""), names.get(case.class_id or 0, "")
    return f"{school} {klass} 班" if klass else school or names.get(case.township_id or 0, "未在校")


def _known(value: str, names: Mapping[str, str]) -> str:
    return value if value in names else ""
