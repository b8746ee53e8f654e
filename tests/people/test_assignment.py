"""From a pupil and a role to a person: the assignment rule of DOMAIN e.0."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import access, people
from service.errors import NotFound
from service.people import Appointment, Enrolment, Holder, Person, Staff
from tests.cast import County

DAY = date(2026, 3, 9)


def around(session: Session, standing: County, pupil: str, *roles: str, on: date = DAY) -> Staff:
    return people.staff_around(session, people.place_of(session, standing.students[pupil], on), roles, on)


def takes(session: Session, standing: County, role: str, pupil: str = "陈三", on: date = DAY) -> tuple[str, Holder]:
    found = around(session, standing, pupil, role, on=on).holder(role)
    assert found is not None
    return standing.name(found.person_id), found


def resign(session: Session, standing: County, name: str, role: str) -> None:
    session.execute(delete(Appointment).where(Appointment.person_id == standing.persons[name], Appointment.role == role))


def appoint(session: Session, standing: County, name: str, role: str, at: str, *, rank: int = 999, until: date | None = None) -> None:
    row = Appointment(
        county_id=standing.id,
        person_id=standing.persons[name],
        organisation_id=standing.organisations[at],
        role=role,
        rank=rank,
        until_on=until,
    )
    session.add(row)
    session.flush()


@pytest.mark.parametrize(
    ("pupil", "role", "who"),
    [
        ("陈三", "class_teacher", "王敏"),
        ("赵四", "class_teacher", "赵强"),
        ("陈三", "school_kcbx_officer", "李静"),
        ("赵四", "school_kcbx_officer", "钱峰"),
        ("陈三", "village_cadre", "田勇"),
        ("蒋十", "village_cadre", "余波"),
        ("赵四", "village_cadre", "向东"),
        ("陈三", "township_edu_officer", "何芳"),
        ("赵四", "township_head", "龚平"),
        ("陈三", "legal_reviewer", "林涛"),
        ("赵四", "legal_reviewer", "谭静"),
        ("陈三", "police_officer", "雷鸣"),
        ("陈三", "county_kcbx_officer", "高洁"),
        ("陈三", "dpf_officer", "薛梅"),
    ],
)
def test_a_role_is_played_by_whoever_answers_for_the_pupils_class_village_township_or_county(
    session: Session, standing: County, pupil: str, role: str, who: str
) -> None:
    name, found = takes(session, standing, role, pupil)

    assert (name, found.role, found.unmanned) == (who, role, False)


def test_a_pupil_who_lives_elsewhere_is_answered_for_by_the_township_of_residence(session: Session, standing: County) -> None:
    assert takes(session, standing, "class_teacher", "钟戊")[0] == "杨兰"
    assert takes(session, standing, "township_edu_officer", "钟戊")[0] == "段红"


def test_of_two_officers_the_one_appointed_earlier_takes_it_and_the_other_is_second(session: Session, standing: County) -> None:
    line = around(session, standing, "陈三", "township_enforcement").holders("township_enforcement")

    assert [standing.name(h.person_id) for h in line] == ["吴磊", "郑华"]


def test_whoever_has_fewer_other_roles_takes_it(session: Session, standing: County) -> None:
    appoint(session, standing, "吴磊", "village_cadre", "下村")

    assert takes(session, standing, "township_enforcement")[0] == "郑华"


def test_a_role_given_up_long_ago_does_not_count_as_another_role(session: Session, standing: County) -> None:
    appoint(session, standing, "吴磊", "village_cadre", "下村", until=date(2025, 12, 31))

    assert takes(session, standing, "township_enforcement")[0] == "吴磊"


def test_an_appointment_ends_after_its_last_day(session: Session, standing: County) -> None:
    session.execute(
        update(Appointment)
        .where(Appointment.person_id == standing.persons["吴磊"], Appointment.role == "township_enforcement")
        .values(until_on=DAY)
    )

    assert takes(session, standing, "township_enforcement", on=DAY)[0] == "吴磊"
    assert takes(session, standing, "township_enforcement", on=date(2026, 3, 10))[0] == "郑华"


def test_nobody_who_has_left_is_given_work(session: Session, standing: County) -> None:
    session.execute(update(Person).where(Person.id == standing.persons["吴磊"]).values(active=False))

    assert takes(session, standing, "township_enforcement")[0] == "郑华"


@pytest.mark.parametrize(
    ("role", "gone", "manager"),
    [
        ("class_teacher", [("王敏", "class_teacher")], "周涛"),
        ("class_teacher", [("王敏", "class_teacher"), ("周涛", "vice_principal")], "陈刚"),
        ("class_teacher", [("王敏", "class_teacher"), ("周涛", "vice_principal"), ("陈刚", "principal")], "高洁"),
        ("village_cadre", [("田勇", "village_cadre")], "何芳"),
        ("township_edu_officer", [("何芳", "township_edu_officer")], "罗军"),
        ("township_leader", [("罗军", "township_leader")], "马健"),
        ("township_head", [("马健", "township_head")], "许宏"),
        ("county_kcbx_officer", [("高洁", "county_kcbx_officer")], "许宏"),
        ("legal_reviewer", [("林涛", "legal_reviewer")], "董洁"),
    ],
)
def test_work_of_a_role_that_nobody_holds_goes_to_the_manager_and_is_flagged(
    session: Session, standing: County, role: str, gone: list[tuple[str, str]], manager: str
) -> None:
    for name, held in gone:
        resign(session, standing, name, held)

    name, found = takes(session, standing, role)

    assert (name, found.role, found.unmanned) == (manager, role, True)


def test_where_not_even_a_manager_is_left_nobody_takes_it(session: Session, standing: County) -> None:
    for name, role in (("高洁", "county_kcbx_officer"), ("许宏", "bureau_leader"), ("董洁", "joint_office")):
        resign(session, standing, name, role)

    assert around(session, standing, "陈三", "county_kcbx_officer").holder("county_kcbx_officer") is None


def test_the_class_teacher_changes_on_the_day_the_pupil_changes_class(session: Session, standing: County) -> None:
    assert takes(session, standing, "class_teacher", "周六", on=date(2025, 8, 31))[0] == "韩雪"
    assert takes(session, standing, "class_teacher", "周六", on=date(2025, 9, 1))[0] == "王敏"


def test_a_child_who_never_enrolled_has_a_village_and_a_township_but_no_school(session: Session, standing: County) -> None:
    place = people.place_of(session, standing.students["何乙"], DAY)

    assert (place.class_id, place.school_id) == (None, None)
    assert place.village_id == standing.organisations["上村"]
    assert place.township_id == place.household_township_id == standing.organisations["石桥镇"]


def test_a_pupil_between_two_classes_belongs_to_none(session: Session, standing: County) -> None:
    student = standing.students["陈三"]
    session.execute(update(Enrolment).where(Enrolment.student_id == student).values(until_on=DAY))

    assert people.place_of(session, student, date(2026, 3, 8)).class_id is not None
    assert people.place_of(session, student, DAY).class_id is None


def test_places_of_many_pupils_are_those_of_each(session: Session, standing: County) -> None:
    ids = list(standing.students.values())
    places = people.places_of(session, [*ids, 999_999], DAY)

    assert places.keys() == set(ids)
    for student in ids[:20]:
        assert places[student] == people.place_of(session, student, DAY)


def test_a_pupil_who_does_not_exist_has_no_place(session: Session) -> None:
    with pytest.raises(NotFound):
        people.place_of(session, 999_999, DAY)


def test_zhao_qiang_finds_none_of_wang_mins_pupils(session: Session, standing: County) -> None:
    zhao_qiang, wang_min = standing.actor("赵强"), standing.actor("王敏")

    assert people.find_for(session, wang_min, standing.students["陈三"], DAY)[0].name == "陈三"
    with pytest.raises(NotFound):
        people.find_for(session, zhao_qiang, standing.students["陈三"], DAY)
    assert "陈三" not in {s.name for s in people.search(session, zhao_qiang, on=DAY, limit=500)}


def test_a_teacher_loses_sight_of_a_pupil_who_leaves_the_class(session: Session, standing: County) -> None:
    han_xue, student = standing.actor("韩雪"), standing.students["周六"]

    assert people.find_for(session, han_xue, student, date(2025, 8, 31))
    with pytest.raises(NotFound):
        people.find_for(session, han_xue, student, date(2025, 9, 1))


def test_everybody_lists_exactly_the_pupils_they_find_one_by_one(session: Session, standing: County) -> None:
    students = session.scalars(select(people.Student.id)).all()
    places = people.places_of(session, students, DAY)
    for name in ("王敏", "赵强", "李静", "田勇", "何芳", "段红", "吴磊", "林涛", "高洁", "万青", "薛梅", "孔亮", "史诚"):
        actor = standing.actor(name)
        listed = {s.id for s in people.search(session, actor, on=DAY, limit=1000)}

        assert listed == {s for s in students if access.in_scope(actor, places[s], legal=True)}, name
        assert people.count(session, actor, on=DAY) == len(listed)


def test_a_search_by_name_takes_percent_signs_for_what_they_are(session: Session, standing: County) -> None:
    officer = standing.actor("高洁")

    assert [s.name for s in people.search(session, officer, on=DAY, q="陈三")] == ["陈三"]
    assert people.search(session, officer, on=DAY, q="%") == []


def test_a_list_goes_on_where_it_stopped(session: Session, standing: County) -> None:
    officer = standing.actor("高洁")
    first = people.search(session, officer, on=DAY, limit=7)
    rest = people.search(session, officer, on=DAY, after=first[-1].id, limit=1000)

    assert len(first) == 7
    assert [*first, *rest] == list(people.search(session, officer, on=DAY, limit=1000))


def test_a_person_of_another_county_is_no_colleague(session: Session, standing: County) -> None:
    other = people.County(name="云河县", code="yh")
    session.add(other)
    session.flush()
    stranger = Person(county_id=other.id, username="stranger", name="外人", password_hash="x")
    session.add(stranger)
    session.flush()

    with pytest.raises(NotFound):
        people.colleague(session, standing.actor("王敏"), stranger.id)
