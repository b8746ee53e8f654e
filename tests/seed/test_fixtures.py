"""What the sandbox loads is the county of the stories."""

from datetime import date

import pytest
from sqlalchemy import func, select

from service import cases, clock, history, people, profiles, seed
from service.errors import Invalid
from service.tasks import Task
from tests.seed.conftest import moment

MONDAY = moment("2026-03-09 07:00")


def roles(loaded, name):
    person = next(person for person in loaded["people"] if person["name"] == name)
    return [role["role"] for role in person["roles"]]


def test_everybody_of_the_table_can_sign_in_under_the_pinyin_of_their_name(database, settings):
    loaded = seed.reset(database, settings, "qingshan_b", MONDAY)

    usernames = {person["name"]: person["username"] for person in loaded["people"]}
    assert usernames["王敏"] == "wangmin"
    assert usernames["系统"] == "xitong"
    assert len(set(usernames.values())) == len(usernames)
    with database.transaction() as session:
        for name, username in usernames.items():
            assert people.sign_in(session, username, "training", "api", real_now=MONDAY).actor.name == name
    assert roles(loaded, "王敏") == ["class_teacher", "home_visit_teacher", "mentor_teacher"]
    assert roles(loaded, "林涛") == ["legal_reviewer", "court_liaison"]


def test_nobody_signs_in_with_another_password(database, settings):
    seed.reset(database, settings, "qingshan_b", MONDAY)

    with database.transaction() as session, pytest.raises(people.NotSignedIn):
        people.sign_in(session, "wangmin", "Training", "api", real_now=MONDAY)


def test_wang_min_is_responsible_for_chen_san_and_he_fang_for_his_township(database, settings):
    loaded = seed.reset(database, settings, "qingshan_b", MONDAY)

    chen_san = next(int(student["id"]) for student in loaded["students"] if student["name"] == "陈三")
    with database.reading() as session:
        place = people.place_of(session, chen_san, date(2026, 3, 9))
        around = people.staff_around(session, place, ("class_teacher", "village_cadre", "township_edu_officer"), date(2026, 3, 9))
        officers = people.staff_around(session, place, ("township_enforcement",), date(2026, 3, 9)).holders("township_enforcement")
        names = dict(session.execute(select(people.Person.id, people.Person.name)).all())
        responsible = [names[around.holder(role).person_id] for role in ("class_teacher", "village_cadre", "township_edu_officer")]
        assert responsible == ["王敏", "田勇", "何芳"]
        assert [names[officer.person_id] for officer in officers] == ["吴磊", "郑华"]


def test_zhou_liu_moves_from_701_to_801_in_autumn(database, settings):
    loaded = seed.reset(database, settings, "qingshan_b", moment("2025-03-03 07:00"))

    zhou_liu = next(int(student["id"]) for student in loaded["students"] if student["name"] == "周六")
    with database.reading() as session:
        classes = [people.place_of(session, zhou_liu, day).class_id for day in (date(2025, 8, 31), date(2025, 9, 1))]
        assert list(people.organisation_names(session, classes).values()) == ["701", "801"]


def test_every_class_has_ten_more_pupils(database, settings):
    seed.reset(database, settings, "qingshan_b", MONDAY)

    with database.reading() as session:
        sizes = dict(
            session.execute(
                select(people.Organisation.name, func.count())
                .join(people.Enrolment, people.Enrolment.class_id == people.Organisation.id)
                .where(people.Enrolment.until_on.is_(None))
                .group_by(people.Organisation.name)
            ).all()
        )
    assert sizes == {"701": 10, "801": 20, "802": 10, "901": 10, "902": 12, "301": 12}


def test_an_unknown_fixture_is_refused_and_nothing_is_lost(database, settings):
    seed.reset(database, settings, "qingshan_b", MONDAY)

    with pytest.raises(Invalid):
        seed.reset(database, settings, "qingshan_c", MONDAY)

    assert seed.is_seeded(database)


def test_a_second_reset_leaves_nothing_of_the_first(database, settings):
    seed.reset(database, settings, "qingshan_a", moment("2026-01-14 18:00"))
    seed.reset(database, settings, "qingshan_b", MONDAY)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(cases.Case)) == 0
        assert session.scalar(select(func.count()).select_from(history.Event).where(history.Event.subject.like("case:%"))) == 0
        assert session.scalars(select(people.County.name)).all() == ["青山县"]
        county_id = session.scalars(select(people.County.id)).one()
        assert profiles.current(session, county_id).name == "qs_b"


def test_wu_qi_has_lived_up_to_the_served_order(loaded):
    database = loaded("qingshan_a", lambda db, settings: seed.reset(db, settings, "qingshan_a", moment("2026-03-11 07:00")))

    with database.reading() as session:
        case = session.scalars(select(cases.Case)).one()
        assert (case.status, case.stage, case.ladder) == ("ordered", "admonition", "A")
        assert (case.suspected_on, case.confirmed_on) == (date(2026, 1, 14), date(2026, 1, 26))
        assert (case.order_served_on, case.order_comply_by) == (date(2026, 3, 10), date(2026, 3, 20))
        waiting = session.scalars(select(Task).where(Task.state == "open")).one()
        assert waiting.node_id == "SP30_T09_continued_persuasion"
        assert waiting.due_at == moment("2026-04-02 17:30")
        assert history.first_break(session, f"case:{case.id}") is None
        late = session.scalars(select(history.Event).where(history.Event.action == "task.overdue")).all()
        assert late == []


def test_a_fixture_is_cut_where_its_moment_comes_earlier(database, settings):
    seed.reset(database, settings, "qingshan_a", moment("2026-01-13 12:00"))

    with database.reading() as session:
        assert session.scalars(select(cases.Case.status)).one() == "alert"
        assert session.scalars(select(Task.node_id).where(Task.state == "open")).all() == ["SP10_T04_home_visit"]


def test_with_a_run_out_sign_off_one_penalty_runs_and_one_decision_waits(loaded):
    database = loaded("expired", lambda db, settings: seed.reset(db, settings, "qingshan_a_expired", moment("2026-04-13 07:00")))

    with database.reading() as session:
        rows = session.execute(
            select(people.Student.name, cases.Case.status, cases.Case.id).join(people.Student, people.Student.id == cases.Case.student_id)
        ).all()
        found = {name: (status, case_id) for name, status, case_id in rows}
        assert {name: status for name, (status, _) in found.items()} == {"吴七": "penalty", "秦己": "ordered"}
        wu_qi, qin_ji = (
            {
                node_id[:8]: clock.local_date(due_at)
                for node_id, due_at in session.execute(
                    select(Task.node_id, Task.due_at).where(Task.case_id == case_id, Task.state == "open")
                )
            }
            for case_id in (found["吴七"][1], found["秦己"][1])
        )
        assert wu_qi == {"SP50_T02": date(2026, 4, 22), "SP30_T09": date(2026, 5, 6)}
        assert qin_ji == {"SP40_T09": date(2026, 4, 14), "SP30_T09": date(2026, 5, 6)}
        county_id = session.scalars(select(people.County.id)).one()
        profile = profiles.of(session, profiles.current(session, county_id).id)
        assert profiles.penalty_open(profile, date(2026, 4, 9))
        assert not profiles.penalty_open(profile, date(2026, 4, 13))
