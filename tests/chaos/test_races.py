"""Several people want the same thing in the same moment: one gets it, the others learn who or what stood in the way (P2, P3)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from benchmarks.clerk import Clerk, Paper
from service import clock, history, people, processes, tasks
from service.access import Actor
from service.errors import Conflict
from service.people import Appointment, Person, requests
from service.tasks import Task
from tests.cast import County
from tests.chaos.clients import as_built
from tests.chaos.conftest import LONG
from tests.chaos.journal import Answered, Asked, Journal
from tests.chaos.reckoning import differences

PEOPLE, ROUNDS = 8, 20
COUNTIES = range(10 if LONG else 1)
"""Rounds are made county by county: 200 in the long form."""


@dataclass(frozen=True)
class Tried:
    """What came of one attempt."""

    who: int
    won: bool
    code: str = ""


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it in the same moment, each in a thread of its own; what each came to, an exception where it raised."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = acts[number]()
        except Exception as error:
            results[number] = error  # type: ignore[call-overload]

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.parametrize("_county", COUNTIES)
def test_of_eight_who_submit_one_task_one_wins(busy: County, _county: int) -> None:
    rivals = colleagues(busy)
    papers = [paper for paper in calls(busy) if paper.task.organisation_id][:ROUNDS]
    assert len(papers) == ROUNDS

    for paper in papers:
        tried = at_once([_attempt(busy, paper, person, stale=number == PEOPLE - 1) for number, person in enumerate(rivals)])

        assert [one for one in tried if not isinstance(one, Tried)] == []
        winners = [one.who for one in tried if one.won]
        assert len(winners) == 1
        assert {one.code for one in tried if not one.won} <= {"task_taken", "stale_revision", "task_gone"}
        assert tried[-1].code in {"stale_revision", "task_taken"}
        assert _told(busy, paper.task) == {"completed": 1, "by": winners[0]}
    assert differences(busy.database, Path("nowhere")) == []


def test_of_eight_who_claim_one_task_one_holds_it(busy: County) -> None:
    rivals = colleagues(busy)
    paper = calls(busy)[0]

    def claim(person: int) -> Callable[[], Tried]:
        def act() -> Tried:
            try:
                with busy.session() as session:
                    tasks.claim(session, _actor(busy, person), paper.task.id, paper.task.revision)
            except Conflict as refused:
                return Tried(person, False, refused.code)
            return Tried(person, True)

        return act

    tried = at_once([claim(person) for person in rivals])

    assert Counter(one.won for one in tried) == {True: 1, False: PEOPLE - 1}
    assert {one.code for one in tried if not one.won} <= {"task_taken", "stale_revision"}
    with busy.session() as session:
        assert session.get_one(Task, paper.task.id).assignee_id == next(one.who for one in tried if one.won)


def test_one_key_sent_twice_at_once_acts_once_and_answers_the_same(busy: County, tmp_path: Path) -> None:
    for number, paper in enumerate(calls(busy, pooled=False)[:10]):
        asked = Asked(f"key-{number}", paper.actor.person_id or 0, paper.task.id, paper.task.revision, paper.outcome, dict(paper.values))

        first, second = at_once([partial(as_built, busy.database, asked, Journal(tmp_path / "client-0.jsonl"))] * 2)

        assert isinstance(first, Answered)
        assert first.status == 200
        assert first == second
        assert _told(busy, paper.task)["completed"] == 1
    with busy.session() as session:
        assert len(session.scalars(select(requests.AnsweredRequest)).all()) == 10


def test_a_key_used_for_other_words_is_refused(busy: County, tmp_path: Path) -> None:
    paper = calls(busy, pooled=False)[0]
    asked = Asked("key", paper.actor.person_id or 0, paper.task.id, paper.task.revision, paper.outcome, dict(paper.values))
    other = Asked("key", asked.person, asked.task, asked.revision, "danger", asked.values)
    journal = Journal(tmp_path / "client-0.jsonl")

    answers = [as_built(busy.database, one, journal) for one in (asked, other)]

    assert [answer.status for answer in answers] == [200, 409]
    assert answers[1].body == {"code": "idempotency_key_reused"}


def test_what_several_people_do_in_one_case_at_once_stays_one_history(busy: County) -> None:
    """A completion, reminders and notes of one case in the same moment: nobody is turned away, no link is missing."""
    chief = busy.persons["许宏"]
    for paper in calls(busy, pooled=False)[:10]:

        def remind(paper: Paper = paper) -> None:
            with busy.session() as session:
                tasks.remind(session, _actor(busy, paper.actor.person_id or chief), paper.task.id, note="请尽快")

        def hand_in(paper: Paper = paper) -> None:
            Clerk(busy.database, now=busy.now).hand_in(paper)

        done = at_once([remind, remind, hand_in, remind])

        assert [one for one in done if isinstance(one, Exception) and not isinstance(one, Conflict)] == []
        assert done[2] is None
    assert differences(busy.database, Path("nowhere")) == []


# ---- the rivals and what they want


def colleagues(county: County) -> list[int]:
    """Eight people who all are class teachers of every class."""
    with county.session() as session:
        posts = session.execute(select(Appointment).where(Appointment.role == "class_teacher")).scalars().all()
        rows = [
            {"county_id": county.id, "username": f"rival{n}", "name": f"同事{n}", "password_hash": "", "active": True}
            for n in range(PEOPLE)
        ]
        ids = list(session.scalars(insert(Person).returning(Person.id), rows))
        session.execute(
            insert(Appointment),
            [
                {"county_id": county.id, "person_id": i, "organisation_id": at, "role": "class_teacher", "rank": 1000 + i}
                for i in ids
                for at in {post.organisation_id for post in posts}
            ],
        )
    return ids


def calls(county: County, *, pooled: bool = True) -> list[Paper]:
    """Every first call to a family, filled in; `pooled` ones are nobody's, so that all may do them."""
    clerk = Clerk(county.database, now=county.now)
    with county.session() as session:
        found = session.scalars(select(Task).where(Task.state == "open", Task.node_id.startswith("SP10_T01_")).order_by(Task.id)).all()
    papers = [clerk.write(task, "refuses", {}) for task in found]
    if pooled:
        with county.session() as session:
            session.execute(update(Task).where(Task.id.in_([task.id for task in found])).values(assignee_id=None))
    return papers


def _attempt(county: County, paper: Paper, person: int, *, stale: bool) -> Callable[[], Tried]:
    actor, seen = _actor(county, person), paper.task.revision - stale

    def act() -> Tried:
        try:
            with county.session() as session:
                processes.complete_task(session, actor, paper.task.id, revision=seen, outcome=paper.outcome, values=paper.values)
        except Conflict as refused:
            return Tried(person, False, refused.code)
        return Tried(person, True)

    return act


def _actor(county: County, person: int) -> Actor:
    with clock.standing_at(county.now), county.database.reading() as session:
        return people.actor_for(session, person, clock.today())


def _told(county: County, task: Task) -> dict[str, Any]:
    with county.database.reading() as session:
        found = [e for e in history.of(session, f"case:{task.case_id}") if e.action == "task.completed" and e.data["task"] == task.id]
    return {"completed": len(found), "by": found[0].actor_id if found else None}
