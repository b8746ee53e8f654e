"""What lies in whose inbox, in which order, and what a search narrows it to."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from service import clock, people, tasks
from service.errors import Forbidden, NotFound
from service.tasks import Filters, Task
from tests.cast import County


def nodes(found: list[Task]) -> list[str]:
    return ["_".join(task.node_id.split("_")[:2]) for task in found]


def inbox(session: Session, standing: County, name: str, view: str = "mine", filters: Filters = tasks.NO_FILTERS) -> list[Task]:
    actor = standing.actor(name)
    found = tasks.inbox(session, actor, view, filters)
    if filters.after is None and filters.limit == tasks.NO_FILTERS.limit:
        assert tasks.count(session, actor, view, filters) == len(found)
    return found


def the(session: Session, node: str, state: str = "open") -> Task:
    return session.scalars(select(Task).where(Task.node_id.startswith(node + "_"), Task.state == state)).one()


def change(session: Session, node: str, **values: object) -> None:
    session.execute(update(Task).where(Task.node_id.startswith(node + "_"), Task.state == "open").values(values))
    session.expire_all()


def test_everybody_finds_their_own_work_and_only_that(session: Session, standing: County) -> None:
    assert nodes(inbox(session, standing, "李静")) == ["SP20_T01"]
    assert nodes(inbox(session, standing, "何芳")) == ["SP10_T08"]
    assert nodes(inbox(session, standing, "高洁")) == ["SP10_T09"]
    assert inbox(session, standing, "王敏") == []
    assert inbox(session, standing, "赵强") == []


@pytest.mark.parametrize("view", tasks.VIEWS)
def test_zhao_qiang_sees_nothing_of_wang_mins_case_in_any_view(session: Session, standing: County, view: str) -> None:
    assert inbox(session, standing, "赵强", view) == []


def test_the_most_urgent_task_comes_first(session: Session, standing: County) -> None:
    found = inbox(session, standing, "周涛", "team")

    assert len(found) == 3
    assert [(t.due_at, t.id) for t in found] == sorted((t.due_at, t.id) for t in found)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("周涛", True),
        ("陈刚", True),
        ("罗军", True),
        ("高洁", True),
        ("田勇", True),
        ("余波", False),
        ("段红", False),
        ("薛梅", False),
        ("孔亮", False),
    ],
)
def test_the_team_is_whoevers_area_the_pupil_is_in(session: Session, standing: County, who: str, sees: bool) -> None:
    assert bool(inbox(session, standing, who, "team")) == sees


def test_enforcement_and_legal_review_see_nothing_before_the_ladder(session: Session, standing: County) -> None:
    assert inbox(session, standing, "吴磊", "team") == []
    assert inbox(session, standing, "林涛", "team") == []


def test_in_the_first_three_days_only_the_school_sees_the_tasks_of_a_case(session: Session, standing: County) -> None:
    change(session, "SP20_T01", node_id="SP10_T01_contact_guardian")

    assert nodes(inbox(session, standing, "周涛", "team")).count("SP10_T01") == 1
    for outside in ("田勇", "何芳", "罗军", "高洁"):
        assert "SP10_T01" not in nodes(inbox(session, standing, outside, "team"))


def test_finished_work_is_listed_last_done_first(session: Session, standing: County) -> None:
    assert nodes(inbox(session, standing, "王敏", "done")) == ["SP10_T04", "SP10_T01"]
    assert nodes(inbox(session, standing, "李静", "done")) == ["SP10_T06"]


def test_a_released_task_is_claimable_by_its_role_at_its_organisation(session: Session, standing: County) -> None:
    change(session, "SP20_T01", assignee_id=None)

    assert nodes(inbox(session, standing, "李静", "claimable")) == ["SP20_T01"]
    assert inbox(session, standing, "李静") == []
    for other in ("王敏", "周涛", "钱峰", "高洁"):
        assert inbox(session, standing, other, "claimable") == []


def test_a_further_candidate_finds_the_task_from_the_hour_on_that_the_diagram_names(session: Session, standing: County) -> None:
    task = the(session, "SP20_T01")
    share = {"task_id": task.id, "person_id": standing.persons["孙丽"], "kind": "candidate", "from_at": clock.now() + timedelta(minutes=1)}
    session.execute(insert(tasks.TaskShare), [share])

    assert inbox(session, standing, "孙丽", "claimable") == []
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        assert nodes(inbox(session, standing, "孙丽", "claimable")) == ["SP20_T01"]


def test_whoever_gets_a_copy_finds_it_under_copies_and_may_only_read(session: Session, standing: County) -> None:
    task = the(session, "SP20_T01")
    session.execute(insert(tasks.TaskShare), [{"task_id": task.id, "person_id": standing.persons["孙丽"], "kind": "copy", "from_at": None}])
    actor = standing.actor("孙丽")
    found, ties = tasks.find_for(session, actor, task.id)

    assert nodes(inbox(session, standing, "孙丽", "copies")) == ["SP20_T01"]
    assert inbox(session, standing, "孙丽", "claimable") == []
    with pytest.raises(Forbidden):
        tasks.may_finish(actor, found, ties)


def test_a_lent_task_is_in_the_helpers_inbox_through_the_last_day(session: Session, standing: County) -> None:
    task = the(session, "SP20_T01")
    until = clock.today() + timedelta(days=1)
    tasks.delegate(session, standing.actor("李静"), task.id, person_id=standing.persons["孙丽"], until=until, reason="外出开会")

    assert nodes(inbox(session, standing, "孙丽")) == ["SP20_T01"]
    assert nodes(inbox(session, standing, "李静")) == ["SP20_T01"]
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert nodes(inbox(session, standing, "孙丽")) == ["SP20_T01"]
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert inbox(session, standing, "孙丽") == []


def test_a_list_can_be_narrowed_to_a_case_a_node_a_name_and_what_is_late(session: Session, standing: County) -> None:
    def narrowed(**wanted: object) -> int:
        return len(inbox(session, standing, "周涛", "team", Filters(**wanted)))  # type: ignore[arg-type]  # each test names one filter

    assert narrowed(case_id=standing.case) == 3
    assert narrowed(case_id=standing.case + 1) == 0
    assert narrowed(node_ids=[the(session, "SP20_T01").node_id]) == 1
    assert narrowed(node_ids=[]) == 0
    assert narrowed(q="陈") == 3
    assert narrowed(q="赵四") == 0
    assert narrowed(q="%") == 0
    assert narrowed(overdue=True) == 0
    change(session, "SP20_T01", due_at=clock.now() - timedelta(seconds=1))
    assert narrowed(overdue=True) == 1


@pytest.mark.parametrize("view", ["team", "done"])
def test_a_list_read_in_pieces_is_the_same_list(session: Session, standing: County, view: str) -> None:
    who = "周涛" if view == "team" else "王敏"
    actor = standing.actor(who)
    whole = tasks.inbox(session, actor, view)
    pieces: list[Task] = []
    after = None
    while page := tasks.inbox(session, actor, view, Filters(after=after, limit=1)):
        pieces += page
        after = ((page[-1].due_at if view == "team" else page[-1].ended_at) or clock.now(), page[-1].id)

    assert len(whole) >= 2
    assert [t.id for t in pieces] == [t.id for t in whole]


def test_tasks_due_at_the_same_minute_are_all_found_when_read_in_pieces(session: Session, standing: County) -> None:
    session.execute(update(Task).where(Task.state == "open").values(due_at=clock.now()))
    session.expire_all()
    actor = standing.actor("周涛")
    first = tasks.inbox(session, actor, "team", Filters(limit=2))
    rest = tasks.inbox(session, actor, "team", Filters(after=(first[-1].due_at, first[-1].id)))

    assert len({t.id for t in (*first, *rest)}) == 3


@pytest.mark.parametrize("who", ["赵强", "余波", "段红", "吴磊", "薛梅", "孔亮", "史诚"])
def test_a_task_of_somebody_elses_area_does_not_exist_for_others(session: Session, standing: County, who: str) -> None:
    with pytest.raises(NotFound):
        tasks.find_for(session, standing.actor(who), the(session, "SP20_T01").id)


def test_a_task_of_another_county_does_not_exist(session: Session, standing: County) -> None:
    task = the(session, "SP20_T01")
    session.execute(update(Task).where(Task.id == task.id).values(county_id=task.county_id + 1))
    session.expire_all()

    for who in ("李静", "高洁", "许宏"):
        with pytest.raises(NotFound):
            tasks.find_for(session, standing.actor(who), task.id)


def test_whoever_did_a_task_still_reads_it_after_leaving_the_school(session: Session, standing: County) -> None:
    session.execute(delete(people.Appointment).where(people.Appointment.person_id == standing.persons["王敏"]))
    wang_min = people.actor_for(session, standing.persons["王敏"], clock.today())
    task = the(session, "SP10_T04", "done")

    assert wang_min.memberships == ()
    assert tasks.find_for(session, wang_min, task.id)[0].id == task.id
    with pytest.raises(NotFound):
        tasks.find_for(session, wang_min, the(session, "SP10_T06", "done").id)
