"""Whose a task is, and who may change that: claim, release, hand over, lend, remind, draft."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import clock, people, tasks
from service.errors import Forbidden, Invalid, NotFound
from service.tasks import StaleRevision, Task, TaskTaken
from tests.cast import County


@pytest.fixture
def task(session: Session) -> Task:
    """Li Jing's: open the pupil's file."""
    return session.scalars(select(Task).where(Task.node_id.startswith("SP20_T01_"), Task.state == "open")).one()


@pytest.fixture
def unclaimed(session: Session, task: Task) -> Task:
    """The same, which nobody holds, in a school with two officers."""
    session.execute(update(Task).where(Task.id == task.id).values(assignee_id=None, unmanned=True))
    session.expire_all()
    return task


def second_officer(session: Session, standing: County) -> people.Person:
    """Sun Li is appointed school officer beside Li Jing."""
    row = people.Appointment(
        county_id=standing.id,
        person_id=standing.persons["孙丽"],
        organisation_id=standing.organisations["石桥中学"],
        role="school_kcbx_officer",
        rank=500,
    )
    session.add(row)
    session.flush()
    return session.get_one(people.Person, row.person_id)


def actor(session: Session, standing: County, name: str) -> Any:
    return people.actor_for(session, standing.persons[name], clock.today())


def noted(session: Session) -> list[str]:
    return [row["action"] for row in session.info.get("history", [])]


def test_li_jing_claims_what_lies_in_her_pool(session: Session, standing: County, unclaimed: Task) -> None:
    seen = unclaimed.revision
    held = tasks.claim(session, actor(session, standing, "李静"), unclaimed.id, seen)

    assert (held.assignee_id, held.unmanned, held.revision) == (standing.persons["李静"], False, seen + 1)
    assert noted(session) == ["task.claimed"]


def test_of_two_officers_the_second_to_claim_learns_that_it_is_taken(session: Session, standing: County, unclaimed: Task) -> None:
    second_officer(session, standing)
    tasks.claim(session, actor(session, standing, "李静"), unclaimed.id)

    with pytest.raises(TaskTaken):
        tasks.claim(session, actor(session, standing, "孙丽"), unclaimed.id)
    assert session.get_one(Task, unclaimed.id).assignee_id == standing.persons["李静"]


@pytest.mark.parametrize("who", ["周涛", "陈刚", "高洁"])
def test_a_superior_who_sees_a_task_cannot_claim_it_without_its_role(session: Session, standing: County, unclaimed: Task, who: str) -> None:
    with pytest.raises(Forbidden):
        tasks.claim(session, actor(session, standing, who), unclaimed.id)


def test_zhao_qiang_cannot_claim_what_he_cannot_see(session: Session, standing: County, unclaimed: Task) -> None:
    with pytest.raises(NotFound):
        tasks.claim(session, actor(session, standing, "赵强"), unclaimed.id)
    with pytest.raises(NotFound):
        tasks.claim(session, actor(session, standing, "钱峰"), unclaimed.id)


def test_a_released_task_goes_back_to_the_pool(session: Session, standing: County, task: Task) -> None:
    freed = tasks.release(session, actor(session, standing, "李静"), task.id)

    assert freed.assignee_id is None
    assert noted(session) == ["task.released"]


def test_only_the_holder_releases(session: Session, standing: County, task: Task) -> None:
    second_officer(session, standing)

    with pytest.raises(TaskTaken):
        tasks.release(session, actor(session, standing, "孙丽"), task.id)
    with pytest.raises(Forbidden):
        tasks.release(session, actor(session, standing, "周涛"), task.id)


@pytest.mark.parametrize("who", ["李静", "周涛", "陈刚", "高洁", "许宏"])
def test_the_holder_and_supervisors_who_see_a_task_hand_it_over(session: Session, standing: County, task: Task, who: str) -> None:
    moved = tasks.assign(session, actor(session, standing, who), task.id, person_id=standing.persons["孙丽"], reason="工作调整")

    assert moved.assignee_id == standing.persons["孙丽"]
    assert noted(session) == ["task.assigned"]


@pytest.mark.parametrize(
    ("who", "error"),
    [("王敏", Forbidden), ("田勇", Forbidden), ("何芳", Forbidden), ("赵强", NotFound), ("彭飞", NotFound), ("贺斌", NotFound)],
)
def test_others_cannot_hand_it_over(session: Session, standing: County, task: Task, who: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tasks.assign(session, actor(session, standing, who), task.id, person_id=standing.persons["孙丽"])
    assert noted(session) == []


def test_a_task_is_handed_to_somebody_else_who_exists(session: Session, standing: County, task: Task) -> None:
    li_jing = actor(session, standing, "李静")

    with pytest.raises(Invalid):
        tasks.assign(session, li_jing, task.id, person_id=li_jing.person_id)
    with pytest.raises(NotFound):
        tasks.assign(session, li_jing, task.id, person_id=999_999)


def test_whoever_reads_names_masked_hands_nothing_over(session: Session, standing: County, task: Task) -> None:
    for who in ("万青", "姚远", "董洁"):
        with pytest.raises(Forbidden):
            tasks.assign(session, actor(session, standing, who), task.id, person_id=standing.persons["孙丽"])


def test_a_colleague_cannot_lend_what_li_jing_holds(session: Session, standing: County, task: Task) -> None:
    with pytest.raises(Forbidden):
        tasks.delegate(
            session, actor(session, standing, "周涛"), task.id, person_id=standing.persons["孙丽"], until=clock.today(), reason="请假"
        )

    assert session.scalars(select(tasks.Delegation)).all() == []


@pytest.mark.parametrize(("days", "fine"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_loan_lasts_at_most_thirty_days_and_never_ends_in_the_past(
    session: Session, standing: County, task: Task, days: int, fine: bool
) -> None:
    def lend(until: date) -> tasks.Delegation:
        return tasks.delegate(
            session, actor(session, standing, "李静"), task.id, person_id=standing.persons["孙丽"], until=until, reason="请假"
        )

    if fine:
        assert lend(clock.today() + timedelta(days)).helper_id == standing.persons["孙丽"]
    else:
        with pytest.raises(Invalid):
            lend(clock.today() + timedelta(days))


def test_nobody_lends_to_themselves_or_to_nobody(session: Session, standing: County, task: Task) -> None:
    li_jing = actor(session, standing, "李静")

    with pytest.raises(Invalid):
        tasks.delegate(session, li_jing, task.id, person_id=li_jing.person_id, until=clock.today(), reason="请假")
    with pytest.raises(NotFound):
        tasks.delegate(session, li_jing, task.id, person_id=999_999, until=clock.today(), reason="请假")


def test_a_second_loan_replaces_the_first(session: Session, standing: County, task: Task) -> None:
    for helper in ("孙丽", "许静"):
        tasks.delegate(
            session, actor(session, standing, "李静"), task.id, person_id=standing.persons[helper], until=clock.today(), reason="请假"
        )

    assert [loan.helper_id for loan in session.scalars(select(tasks.Delegation))] == [standing.persons["许静"]]


def finisher(session: Session, standing: County, name: str, task: Task) -> int | None:
    who = actor(session, standing, name)
    found, ties = tasks.find_for(session, who, task.id)
    return tasks.may_finish(who, found, ties)


def test_a_helper_finishes_on_behalf_of_the_holder_who_may_still_do_it_herself(session: Session, standing: County, task: Task) -> None:
    tasks.delegate(
        session, actor(session, standing, "李静"), task.id, person_id=standing.persons["孙丽"], until=clock.today(), reason="请假"
    )

    assert finisher(session, standing, "孙丽", task) == standing.persons["李静"]
    assert finisher(session, standing, "李静", task) is None


def test_a_loan_that_ran_out_gives_no_right(session: Session, standing: County, task: Task) -> None:
    tasks.delegate(
        session, actor(session, standing, "李静"), task.id, person_id=standing.persons["孙丽"], until=clock.today(), reason="请假"
    )

    with clock.standing_at(clock.now() + timedelta(days=1)), pytest.raises(Forbidden):
        finisher(session, standing, "孙丽", task)


def test_a_loan_of_a_former_holder_gives_no_right_once_the_task_is_handed_over(session: Session, standing: County, task: Task) -> None:
    li_jing = actor(session, standing, "李静")
    tasks.delegate(session, li_jing, task.id, person_id=standing.persons["孙丽"], until=clock.today(), reason="请假")
    tasks.assign(session, li_jing, task.id, person_id=standing.persons["周涛"])

    with pytest.raises(Forbidden):
        finisher(session, standing, "孙丽", task)


def test_a_colleague_of_the_same_role_learns_that_the_task_is_taken(session: Session, standing: County, task: Task) -> None:
    second_officer(session, standing)

    with pytest.raises(TaskTaken):
        finisher(session, standing, "孙丽", task)


def test_anybody_of_the_role_finishes_what_nobody_holds(session: Session, standing: County, unclaimed: Task) -> None:
    assert finisher(session, standing, "李静", unclaimed) is None


@pytest.mark.parametrize("who", ["周涛", "何芳", "高洁", "王敏"])
def test_whoever_sees_a_task_may_urge_the_holder_on(session: Session, standing: County, task: Task, who: str) -> None:
    tasks.remind(session, actor(session, standing, who), task.id, note="请尽快")

    assert noted(session) == ["task.reminded"]


def test_nobody_urges_on_what_they_do_not_see(session: Session, standing: County, task: Task) -> None:
    with pytest.raises(NotFound):
        tasks.remind(session, actor(session, standing, "赵强"), task.id)


def test_whoever_saw_an_older_form_is_told_and_changes_nothing(session: Session, standing: County, task: Task) -> None:
    li_jing, seen = actor(session, standing, "李静"), task.revision
    tasks.save_draft(session, li_jing, task.id, {"opinion": "第一稿"}, seen)

    with pytest.raises(StaleRevision):
        tasks.save_draft(session, li_jing, task.id, {"opinion": "第二稿"}, seen)
    with pytest.raises(StaleRevision):
        tasks.release(session, li_jing, task.id, seen)
    assert session.get_one(Task, task.id).values == {"opinion": "第一稿"}


def test_a_colleague_writes_no_draft_into_li_jings_task(session: Session, standing: County, task: Task) -> None:
    with pytest.raises(Forbidden):
        tasks.save_draft(session, actor(session, standing, "周涛"), task.id, {"opinion": "我来写"})


@pytest.mark.parametrize("move", ["claim", "release", "assign", "delegate", "remind", "draft"])
def test_a_finished_task_is_left_as_it_is(session: Session, standing: County, move: str) -> None:
    done = session.scalars(select(Task).where(Task.node_id.startswith("SP10_T06_"), Task.state == "done")).one()
    li_jing, other = actor(session, standing, "李静"), standing.persons["孙丽"]
    moves: dict[str, Callable[[], object]] = {
        "claim": lambda: tasks.claim(session, li_jing, done.id),
        "release": lambda: tasks.release(session, li_jing, done.id),
        "assign": lambda: tasks.assign(session, li_jing, done.id, person_id=other),
        "delegate": lambda: tasks.delegate(session, li_jing, done.id, person_id=other, until=clock.today(), reason="请假"),
        "remind": lambda: tasks.remind(session, li_jing, done.id),
        "draft": lambda: tasks.save_draft(session, li_jing, done.id, {}),
    }

    with pytest.raises(TaskTaken):
        moves[move]()
    assert noted(session) == []


def test_two_colleagues_claiming_at_once_cannot_both_win(session: Session, standing: County, unclaimed: Task) -> None:
    """The second change finds the row no longer as it was seen, whatever was read before."""
    second_officer(session, standing)
    sun_li = actor(session, standing, "孙丽")
    stale = session.get_one(Task, unclaimed.id)
    session.execute(
        update(Task).where(Task.id == unclaimed.id).values(assignee_id=standing.persons["李静"], revision=Task.revision + 1),
        execution_options={"synchronize_session": False},
    )
    assert stale.assignee_id is None

    with pytest.raises(TaskTaken):
        tasks.holding._change(session, stale, None, assignee_id=sun_li.person_id)


def test_a_department_sees_no_task_before_the_case_is_referred_to_it(session: Session, standing: County, task: Task) -> None:
    with pytest.raises(NotFound):
        tasks.remind(session, actor(session, standing, "薛梅"), task.id)
