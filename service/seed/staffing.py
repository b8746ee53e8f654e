"""Somebody for every post of a county: those named already keep theirs, the others get invented names."""

from collections.abc import Callable, Iterator, Sequence

from service.seed.counties import Place, Post

TEACHER = ("class_teacher", "home_visit_teacher", "mentor_teacher")
LAWYER = ("legal_reviewer", "court_liaison")

POSTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "class": (TEACHER,),
    "school": (("counsellor",), ("school_registrar",), ("school_kcbx_officer",), ("vice_principal",), ("principal",)),
    "village": (("village_cadre",),),
    "township": (
        ("township_edu_officer",),
        ("township_enforcement",),
        ("township_enforcement",),
        ("township_leader",),
        ("township_head",),
    ),
    "司法所": (LAWYER,),
    "派出所": (("police_officer",),),
    "bureau": (
        ("county_kcbx_officer",),
        ("county_registrar",),
        ("inspector",),
        ("sped_committee",),
        ("sped_committee",),
        ("bureau_leader",),
    ),
    "联席会议办公室": (("joint_office",),),
    "残联": (("dpf_officer",),),
    "人社局": (("hrss_officer",),),
    "民政局": (("civil_affairs_officer",),),
    "卫健局": (("health_officer",),),
    "妇联": (("women_federation",),),
    "农业农村局": (("rural_officer",),),
    "市监局": (("market_officer",),),
    "检察院": (("procuratorate_liaison",),),
    "county": (("auditor",), ("process_analyst",), ("process_analyst",), ("sys_admin",)),
}
"""Who sits where: by kind of organisation, or by the end of its name; one tuple of roles for each person."""


def staffed(places: Sequence[Place], given: Sequence[Post], name: Callable[[], str]) -> list[Post]:
    """The given posts, then one for everything that nobody holds yet."""
    return [*given, *(post for place in places for post in _missing(place, given, name))]


def _missing(place: Place, given: Sequence[Post], name: Callable[[], str]) -> Iterator[Post]:
    held = [post.role for post in given if post.at == place.key]
    for roles in POSTS.get(place.kind) or next((posts for end, posts in POSTS.items() if place.name.endswith(end)), ()):
        if roles[0] in held:
            held.remove(roles[0])
        else:
            person = name()
            yield from (Post(person, role, place.key) for role in roles)
