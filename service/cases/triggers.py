"""Opening a case by hand: a clue, a child who never enrolled, a gap in the registry (DOMAIN e.1, trigger types)."""

from typing import Any

from sqlalchemy.orm import Session

from service import clock, forms, people, processes
from service.access import Actor, reads_names
from service.cases import attendance, files
from service.cases.models import Case
from service.errors import Forbidden, Invalid
from service.processes import Motion

BY_HAND = ("clue", "not_enrolled", "term_missing", "roster_gap", "reopen")
FORMS = {"clue": "F45"}
"""The form a trigger is reported on."""


def start(session: Session, actor: Actor, student_id: int, trigger_type: str, values: dict[str, Any]) -> Case:
    """Start a case for a pupil of one's area, or add the trigger to the one that runs.

    Raises `NotFound` (not your pupil), `Forbidden`, `Invalid`.
    """
    people.find_for(session, actor, student_id, clock.today())
    if not reads_names(actor):
        raise Forbidden("您的角色只能查阅，不能立案")
    if trigger_type not in BY_HAND:
        raise Invalid("不能这样立案", {"trigger_type": ["请从规定的来源中选择"]})
    told = _told(session, actor, trigger_type, values)
    running = attendance.active_case(session, student_id)
    case = running or files.open_case(session, actor, student_id, trigger_type)
    assert case.root_id is not None

    def note(motion: Motion) -> None:
        motion.note("case.trigger", trigger=trigger_type, values=told or None, joined=True if running else None)

    processes.act(session, actor, case.root_id, note)
    return case


def _told(session: Session, actor: Actor, trigger_type: str, values: dict[str, Any]) -> dict[str, Any]:
    """What was reported, checked by the trigger's form."""
    key = FORMS.get(trigger_type)
    if key is None:
        return values
    form = processes.frozen(session, processes.bundle_now(session, actor.county_id)).forms[key]
    return forms.accept(form, values, forms.Context(today=clock.today(), now=clock.now()))
