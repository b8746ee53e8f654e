"""A case's story for a reader: its history, told."""

from sqlalchemy.orm import Session

from service import cases, people, processes
from service.access import Actor
from service.cases import Case
from service.processes import Instance
from service.web.telling import Line, Teller


def story_of(session: Session, actor: Actor, case: Case) -> list[Line]:
    """Every event of a case as a sentence, oldest first."""
    events = cases.timeline(session, case)
    ids = {int(e["data"]["to"]) for e in events if str(e["data"].get("to") or "").isdigit()}
    return teller_of(session, case, people.names_of(session, ids)).tell(events)


def teller_of(session: Session, case: Case, names: dict[int, str]) -> Teller:
    """A teller who knows the diagrams the case runs on."""
    root = session.get(Instance, case.root_id)
    if root is None:
        return Teller({}, {}, names)
    bundle = processes.frozen(session, root.bundle_id).bundle
    return Teller(bundle.nodes, bundle.diagrams, names)
