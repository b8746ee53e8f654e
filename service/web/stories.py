"""A case's story for a reader: its history, told."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import cases, people, processes, tasks
from service.access import Actor
from service.cases import Case
from service.processes import Instance
from service.web.telling import Line, Teller


def story_of(session: Session, actor: Actor, case: Case) -> list[Line]:
    """Every event of a case as a sentence, oldest first; linked to the records this reader may open."""
    events = cases.timeline(session, case)
    ids = {int(e["data"]["to"]) for e in events if str(e["data"].get("to") or "").isdigit()}
    seen = tasks_seen(session, actor, case)
    lines = teller_of(session, case, people.names_of(session, ids)).tell(events)
    return [line if line.task_id in seen else replace(line, task_id=None) for line in lines]


def tasks_seen(session: Session, actor: Actor, case: Case) -> set[int]:
    """The tasks of a case that somebody sees."""
    table, share = tasks.Task, tasks.TaskShare
    rows = session.execute(
        select(table, share)
        .outerjoin(share, (share.task_id == table.id) & (share.person_id == actor.person_id))
        .where(table.root_id == case.root_id)
    )
    return {task.id for task, mine in rows if tasks.sees(actor, task, tasks.Ties([mine] if mine else [], None))}


def teller_of(session: Session, case: Case, names: dict[int, str]) -> Teller:
    """A teller who knows the diagrams the case runs on."""
    root = session.get(Instance, case.root_id)
    if root is None:
        return Teller({}, {}, names)
    bundle = processes.frozen(session, root.bundle_id).bundle
    return Teller(bundle.nodes, bundle.diagrams, names)
