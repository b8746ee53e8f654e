"""Everything that time brings, in due order: timers of cases, what the clock says about tasks, jobs.

One turn is one transaction for one case, so what goes wrong stays with that case: it becomes an
incident, is taken out of the way, and everybody else's timers go on.
"""

import time
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock, history, jobs
from service.access import system
from service.db import Database
from service.errors import Conflict
from service.processes.alarms import alarm_next, ring_one
from service.processes.instances import Stuck, due_next, park, tick_one
from service.processes.models import Instance
from service.processes.sandbox import set_clock

STUCK = "case.stuck"
TRIES = 3
"""How often a case that lost a race is tried again before it counts as stuck."""

PAUSE, PATIENCE = 0.05, 200
"""Seconds between looks at what a worker beside us has in hand, and how many looks, before the clock moves on without it."""


def run_due(database: Database, until: datetime, *, step_clock: bool = False, since: datetime | None = None) -> int:
    """Do all that is due by an aware instant, earliest first; how many things that were.

    `step_clock` walks the sandbox's clock from one due instant to the next, never back behind
    `since`, so that everything happens at its own moment; otherwise (the worker, late or not) it
    is `until` all the time.
    Other workers' cases are left to them. Raises `Unavailable`.
    """
    fired, patience, lost = 0, PATIENCE, Counter[int]()
    while (at := _earliest(database, until)) is not None:
        moment = max(at, since or at) if step_clock else until
        try:
            done = _turn(database, moment, step_clock)
        except Stuck as stuck:
            lost[stuck.root_id] += 1
            if not isinstance(stuck.__cause__, IntegrityError | Conflict) or lost[stuck.root_id] >= TRIES:
                _set_aside(database, stuck, moment, timedelta(days=1) if step_clock else timedelta(hours=1))
            continue
        except jobs.JobFailed as failed:
            with clock.standing_at(moment), database.transaction() as session:
                jobs.put_off(session, failed.job_id, type(failed.__cause__).__name__)
            continue
        fired += done
        if not done:  # somebody else has it in hand
            if not step_clock or patience == 0:
                break
            patience -= 1
            time.sleep(PAUSE)
    return fired


def _earliest(database: Database, until: datetime) -> datetime | None:
    with database.reading() as session:
        found = (due_next(session, until), alarm_next(session, until), jobs.due_next(session, until))
        return min((at for at in found if at), default=None)


def _turn(database: Database, at: datetime, step_clock: bool) -> int:
    """One case, one task's alarm or one job; cases first, since they may take the others' reason away."""
    for kind in (_timers, _alarm):
        with clock.standing_at(at), database.transaction() as session:
            if done := kind(session):
                if step_clock:
                    set_clock(session, at)
                return done
    return _job(database, at, step_clock)


def _timers(session: Session) -> int:
    ticked = tick_one(session, clock.now())
    return max(ticked[1], 1) if ticked else 0


def _alarm(session: Session) -> int:
    return int(ring_one(session, clock.now()))


def _job(database: Database, at: datetime, step_clock: bool) -> int:
    """A job's long part is done before its transaction begins."""
    with clock.standing_at(at), database.reading() as session:
        prepared = jobs.prepare_next(session)
    with clock.standing_at(at), database.transaction() as session:
        done = int(jobs.take_one(session, prepared))
        if done and step_clock:
            set_clock(session, at)
        return done


def _set_aside(database: Database, stuck: Stuck, at: datetime, pause: timedelta) -> None:
    """Out of the worker's way for a while, with one incident however often it is tried."""
    with clock.standing_at(at), database.transaction() as session:
        root = session.scalars(select(Instance).where(Instance.id == stuck.root_id).with_for_update()).one()
        park(session, root.id, at + pause)
        if _is_known(session, root.id):
            return
        incident = jobs.open_incident(
            session,
            root.county_id,
            STUCK,
            f"案件不能自动推进（{type(stuck.__cause__).__name__}），请联系系统管理员",
            case_id=root.case_id,
            instance_id=root.id,
        )
        subject = f"case:{root.case_id}" if root.case_id else f"instance:{root.id}"
        history.record(session, system(root.county_id), subject, "incident.opened", incident=incident.id, kind=STUCK)


def _is_known(session: Session, root_id: int) -> bool:
    table = jobs.Incident
    known = select(table.id).where(table.instance_id == root_id, table.kind == STUCK, table.closed_at.is_(None))
    return session.scalar(known.limit(1)) is not None
