"""Who sees a case by area, against the table of DOMAIN f.1 written down a second time, naively."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import access
from service.access import Actor, Membership, Place, in_scope

REACHES = {
    "class": {"class_teacher"},
    "school": {"school_registrar", "school_kcbx_officer", "vice_principal", "principal"},
    "village": {"village_cadre", "household_cadre"},
    "township": {"township_edu_officer", "township_enforcement", "township_leader", "township_head", "legal_reviewer"},
    "county": {"county_kcbx_officer", "county_registrar", "bureau_leader", "joint_office", "inspector", "auditor"},
}
"""What each role's sight is cut to; whoever is not here sees only what is assigned or referred to them."""
ON_THE_LADDER_ONLY = {"township_enforcement", "legal_reviewer"}

COUNTY = 1
ids = st.integers(min_value=2, max_value=5)
"""So few organisations that memberships and places often meet."""


@st.composite
def memberships(draw: st.DrawFn) -> Membership:
    role = draw(st.sampled_from(sorted(access.ROLE_NAMES)))
    at = draw(ids)
    area = access.ROLE_AREA.get(role)
    return Membership(role, at, area, None if area is None else COUNTY if area is access.Area.COUNTY else at)


places = st.builds(
    Place,
    county_id=st.just(COUNTY),
    class_id=st.none() | ids,
    school_id=st.none() | ids,
    village_id=st.none() | ids,
    township_id=st.none() | ids,
    household_township_id=st.none() | ids,
)


def naive(actor: Actor, place: Place, alert: bool, legal: bool) -> bool:
    """The table, read row by row."""
    for m in actor.memberships:
        if m.role in REACHES["class"] and m.organisation_id == place.class_id:
            return True
        if m.role in REACHES["school"] and m.organisation_id == place.school_id:
            return True
        if alert or (m.role in ON_THE_LADDER_ONLY and not legal):
            continue
        if m.role in REACHES["village"] and m.organisation_id == place.village_id:
            return True
        if m.role in REACHES["township"] and m.organisation_id in (place.township_id, place.household_township_id):
            return True
        if m.role in REACHES["county"]:
            return True
    return False


@given(some=st.lists(memberships(), max_size=4), place=places, alert=st.booleans(), legal=st.booleans())
def test_somebody_sees_a_case_exactly_when_the_table_of_roles_says_so(
    some: list[Membership], place: Place, alert: bool, legal: bool
) -> None:
    actor = Actor(COUNTY, 7, memberships=tuple(some))

    assert in_scope(actor, place, alert=alert, legal=legal) == naive(actor, place, alert, legal)


@given(some=st.lists(memberships(), max_size=4), more=memberships(), place=places, alert=st.booleans(), legal=st.booleans())
def test_a_further_appointment_never_takes_sight_away(
    some: list[Membership], more: Membership, place: Place, alert: bool, legal: bool
) -> None:
    before, after = Actor(COUNTY, 7, memberships=tuple(some)), Actor(COUNTY, 7, memberships=(*some, more))

    assert in_scope(after, place, alert=alert, legal=legal) >= in_scope(before, place, alert=alert, legal=legal)


@given(some=st.lists(memberships(), max_size=4), place=places, legal=st.booleans())
def test_past_the_third_day_nobody_sees_less_than_before(some: list[Membership], place: Place, legal: bool) -> None:
    actor = Actor(COUNTY, 7, memberships=tuple(some))

    assert in_scope(actor, place, alert=False, legal=legal) >= in_scope(actor, place, alert=True, legal=legal)


@given(some=st.lists(memberships(), max_size=4), place=places, legal=st.booleans())
def test_another_county_sees_nothing(some: list[Membership], place: Place, legal: bool) -> None:
    assert not in_scope(Actor(COUNTY + 1, 7, memberships=tuple(some)), place, legal=legal)


def teaching(role: str, at: int, area: access.Area | None) -> Actor:
    return Actor(COUNTY, 7, memberships=(Membership(role, at, area, at if area else None),))


def test_a_child_without_a_class_is_not_seen_by_a_role_without_an_organisation() -> None:
    nowhere = Actor(COUNTY, 7, memberships=(Membership("class_teacher", 2, access.Area.CLASS, None),))

    assert not in_scope(nowhere, Place(COUNTY))


def test_both_townships_see_a_child_that_lives_in_one_and_is_registered_in_the_other() -> None:
    place = Place(COUNTY, township_id=2, household_township_id=3)

    assert in_scope(teaching("township_edu_officer", 2, access.Area.TOWNSHIP), place)
    assert in_scope(teaching("township_edu_officer", 3, access.Area.TOWNSHIP), place)
    assert not in_scope(teaching("township_edu_officer", 4, access.Area.TOWNSHIP), place)


@pytest.mark.parametrize("role", sorted(access.ROLE_NAMES))
def test_a_role_has_the_area_that_the_table_gives_it(role: str) -> None:
    expected = next((area for area, roles in REACHES.items() if role in roles), None)
    area = access.ROLE_AREA.get(role)

    assert (area.name.lower() if area else None) == expected


@pytest.mark.parametrize("role", ["dpf_officer", "hrss_officer", "police_officer", "procuratorate_liaison", "court_liaison"])
def test_departments_have_no_area_and_see_only_what_is_referred_to_them(role: str) -> None:
    assert not in_scope(teaching(role, 2, access.ROLE_AREA.get(role)), Place(COUNTY, 2, 2, 2, 2, 2), legal=True)


@pytest.mark.parametrize("role", ["process_analyst", "sys_admin", "counsellor", "mentor_teacher", "sped_teacher"])
def test_analysts_administrators_and_helpers_see_no_case_by_area(role: str) -> None:
    assert not in_scope(teaching(role, 2, access.ROLE_AREA.get(role)), Place(COUNTY, 2, 2, 2, 2, 2), legal=True)


@given(roles=st.lists(st.sampled_from(sorted(access.ROLE_NAMES)), min_size=1, max_size=3))
def test_names_are_masked_only_for_those_whose_every_role_reads_masked(roles: list[str]) -> None:
    actor = Actor(COUNTY, 7, memberships=tuple(Membership(role, 2) for role in roles))
    masked = {"joint_office", "inspector", "auditor", "city_supervisor"}

    assert access.reads_names(actor) == bool(set(roles) - masked)


def test_whoever_holds_no_role_reads_no_names() -> None:
    assert not access.reads_names(Actor(COUNTY, 7))
    assert access.reads_names(access.system(COUNTY))


@pytest.mark.parametrize(
    "role", sorted(set(access.ROLE_NAMES) - {"joint_office", "city_supervisor", "auditor", "process_analyst", "sys_admin"})
)
def test_work_that_nobody_holds_climbs_to_the_joint_office_in_the_end(role: str) -> None:
    climbed = [role]
    while climbed[-1] in access.MANAGER and climbed[-1] != "joint_office":
        climbed.append(access.MANAGER[climbed[-1]])
        assert len(climbed) < 9, climbed

    assert climbed[-1] == "joint_office"
