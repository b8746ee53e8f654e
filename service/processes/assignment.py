"""From a drawn role to a person (DOMAIN e.0, assignment rule).

Some roles of the diagrams are not posts but parts people play in a case: the leader named in
a form, the issuer by the county's profile. Here they become a post, or a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service import people
from service.engine import Scalar
from service.profiles import Profile

Facts = Mapping[str, Scalar]


@dataclass(frozen=True)
class Post:
    """A real role to look for: `nth` in line (0 first), or the person a fact names."""

    role: str
    nth: int = 0
    fact: str = ""
    otherwise: str = ""
    """A second real role, when nobody holds the first."""


def _issuer(_facts: Facts, profile: Profile) -> Post:
    return Post("bureau_leader" if profile["rectify_order.issuer"] == "county_bureau" else "township_head")


def _officer_role(profile: Profile) -> str:
    return "county_kcbx_officer" if profile["rectify_order.issuer"] == "county_bureau" else "township_enforcement"


def _document_officer(facts: Facts, profile: Profile) -> Post:
    return Post("school_kcbx_officer" if facts.get("service_kind") == "return_notice" else _officer_role(profile))


def _applicant(facts: Facts, _profile: Profile) -> Post:
    return Post("township_edu_officer" if facts.get("no_school") else "school_kcbx_officer")


def _approver(facts: Facts, _profile: Profile) -> Post:
    return Post("bureau_leader" if facts.get("closure_code") in {"C07", "C08", "C10"} else "county_kcbx_officer")


PSEUDO_ROLES = {
    "issuer": _issuer,
    "issuing_officer": lambda _f, profile: Post(_officer_role(profile), fact="first_officer"),
    "second_officer": lambda _f, profile: Post(_officer_role(profile), nth=1, fact="second_officer"),
    "document_officer": _document_officer,
    "visit_leader": lambda _f, _p: Post("class_teacher", fact="visit_leader"),
    "persuasion_leader": lambda _f, _p: Post("township_edu_officer", fact="persuasion_leader"),
    "mentor": lambda _f, _p: Post("class_teacher", fact="mentor"),
    "closure_applicant": _applicant,
    "closure_approver": _approver,
}
"""Parts played in a case, and how each finds its post."""

_FALLBACK = {
    "household_cadre": "village_cadre",
    "court_liaison": "legal_reviewer",
    "home_visit_teacher": "class_teacher",
    "mentor_teacher": "class_teacher",
}


def post(role: str, facts: Facts, profile: Profile) -> Post:
    """The post that plays a drawn role."""
    if role in PSEUDO_ROLES:
        return PSEUDO_ROLES[role](facts, profile)
    return Post(role, otherwise=_FALLBACK.get(role, ""))


def roles_needed(posts: list[Post]) -> set[str]:
    """The real roles to look up for these posts."""
    return {role for p in posts for role in (p.role, p.otherwise) if role}


def holder(wanted: Post, staff: people.Staff, facts: Facts) -> people.Holder | None:
    """The person for a post: named in a form first, then by line, then the fallback role, then the manager."""
    named = facts.get(wanted.fact) if wanted.fact else None
    if named:
        person_id = int(str(named).split(",")[0])
        line = staff.holders(wanted.role)
        known = next((h for h in line if h.person_id == person_id), None)
        return known or people.Holder(person_id, wanted.role, line[0].organisation_id if line else 0)
    line = staff.holders(wanted.role)
    if len(line) > wanted.nth:
        return line[wanted.nth]
    if wanted.otherwise and (second := staff.holders(wanted.otherwise)):
        return second[0]
    return line[0] if line else staff.holder(wanted.role)
