"""County profiles: what the law does not let a county choose, when the penalty gate is open, and versions that stay."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import processes, profiles
from service.config import ROOT
from service.errors import Invalid, NotFound
from service.profiles import Profile, ProfileVersion
from tests.cast import County

FOLDER = ROOT / "processes" / "profiles"
LADDER_A = profiles.read(FOLDER / "qs_a.yaml")


def changed(**penalty: Any) -> dict[str, Any]:
    body = copy.deepcopy(LADDER_A)
    body["penalty"].update(penalty)
    return body


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_profiles_we_ship_break_no_bound_and_share_one_list_of_keys(path: Any) -> None:
    body = profiles.read(path)

    assert profiles.breaches(body) == []
    assert body.keys() == LADDER_A.keys()


@pytest.mark.parametrize("missing", ["legal_basis", "authority", "legal_signoff"])
@pytest.mark.parametrize("empty", [None, [], {}, ""])
def test_a_penalty_without_basis_authority_or_sign_off_is_refused(missing: str, empty: Any) -> None:
    assert len(profiles.breaches(changed(**{missing: empty}))) == 1


def test_a_county_without_penalty_needs_none_of_them() -> None:
    assert profiles.breaches(changed(enabled=False, legal_basis=[], authority=None, legal_signoff=None)) == []


@given(days=st.integers(min_value=0, max_value=60))
def test_an_order_gives_three_to_thirty_days(days: int) -> None:
    body = copy.deepcopy(LADDER_A)
    body["rectify_order"]["comply"] = f"CD+{days}"

    assert bool(profiles.breaches(body)) == (not 3 <= days <= 30)


@given(signed=st.dates(date(2020, 1, 1), date(2030, 12, 31)), after=st.integers(min_value=0, max_value=800))
def test_the_gate_is_open_for_twelve_months_after_the_sign_off(signed: date, after: int) -> None:
    gate = Profile(changed(legal_signoff={"by": "林涛", "date": signed.isoformat()}))
    on = signed + timedelta(after)
    a_year_later = date(signed.year + 1, 3, 1) if (signed.month, signed.day) == (2, 29) else signed.replace(year=signed.year + 1)

    assert profiles.penalty_open(gate, on) == (on < a_year_later)


@pytest.mark.parametrize("shut", [{"enabled": False}, {"legal_basis": []}, {"authority": None}, {"legal_signoff": None}])
def test_the_gate_is_shut_wherever_something_is_missing(shut: dict[str, Any]) -> None:
    day = date.fromisoformat(LADDER_A["penalty"]["legal_signoff"]["date"])

    assert profiles.penalty_open(Profile(LADDER_A), day)
    assert not profiles.penalty_open(Profile(changed(**shut)), day)


def test_a_sign_off_without_a_date_opens_nothing() -> None:
    assert not profiles.penalty_open(Profile(changed(legal_signoff={"by": "林涛"})), date(2026, 3, 9))


def test_values_are_read_by_their_path() -> None:
    profile = Profile(LADDER_A)

    assert (profile.ladder, Profile(profiles.read(FOLDER / "qs_b.yaml")).ladder) == ("A", "B")
    assert profile["persuasion.max_rounds_before_notice"] == 2
    assert profile.days("return_notice.comply") == 5


def test_a_profile_that_breaks_a_bound_is_not_published(session: Session, standing: County) -> None:
    with pytest.raises(Invalid):
        profiles.publish(session, standing.id, changed(authority=None))

    assert profiles.current(session, standing.id).version == 1


def test_a_new_version_leaves_the_old_one_as_it_was_and_running_cases_on_it(county: County) -> None:
    case = county.at("2026-03-09 08:40").absent("刘一")
    body = profiles.read(FOLDER / "qs_b.yaml")
    body["confirm"]["min_absent_school_days"] = 15
    with county.session() as session:
        before = profiles.current(session, county.id)
        old, was = before.id, copy.deepcopy(before.body)
        profiles.publish(session, county.id, body)
    later = county.absent("张二")

    with county.session() as session:
        first, second = session.scalars(select(ProfileVersion).order_by(ProfileVersion.version)).all()
        assert (first.id, first.version, first.body, second.version) == (old, 1, was, 2)
        limits = [
            processes.frozen(session, instance.bundle_id).profile["confirm.min_absent_school_days"]
            for instance in session.scalars(
                select(processes.Instance).where(processes.Instance.case_id.in_([case, later])).order_by(processes.Instance.case_id)
            )
        ]
    assert limits == [10, 15]


def test_versions_count_up_per_county_and_are_found_by_name(session: Session, standing: County) -> None:
    profiles.publish(session, standing.id, LADDER_A)

    assert profiles.current(session, standing.id).version == 2
    assert profiles.find(session, standing.id, "qs_b").version == 1
    assert profiles.find(session, standing.id, "current").name == "qs_a"
    with pytest.raises(NotFound):
        profiles.find(session, standing.id, "yh_c")
    with pytest.raises(NotFound):
        profiles.current(session, standing.id + 1)
