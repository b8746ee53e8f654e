"""Who acts, and what a role reaches. Pure; the source is DOMAIN f.1 (roles and data scope).

A membership is one role at one organisation. Its reach is an area column and an id: a record
is seen when its column holds that id. Roles with no area see only what is assigned or
referred to them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """The organisation columns that students, cases and tasks carry."""

    CLASS = "class_id"
    SCHOOL = "school_id"
    VILLAGE = "village_id"
    TOWNSHIP = "township_id"
    COUNTY = "county_id"


ROLE_NAMES = {
    "class_teacher": "班主任",
    "home_visit_teacher": "家访教师",
    "mentor_teacher": "帮扶教师",
    "sped_teacher": "送教教师",
    "counsellor": "心理教师",
    "school_registrar": "学籍管理员",
    "school_kcbx_officer": "学校控辍保学专干",
    "vice_principal": "分管副校长",
    "principal": "校长",
    "village_cadre": "村（居）委会干部",
    "household_cadre": "包户干部",
    "township_edu_officer": "乡镇教育专干",
    "township_enforcement": "乡镇执法人员",
    "township_leader": "乡镇分管领导",
    "township_head": "乡镇长（街道主任）",
    "legal_reviewer": "法制审核",
    "court_liaison": "法院联络",
    "police_officer": "派出所",
    "county_kcbx_officer": "县控辍办",
    "county_registrar": "县学籍管理",
    "bureau_leader": "县教育局分管局长",
    "joint_office": "县联席会议办公室",
    "hrss_officer": "人社",
    "market_officer": "市监",
    "civil_affairs_officer": "民政",
    "dpf_officer": "残联",
    "health_officer": "卫健",
    "women_federation": "妇联",
    "rural_officer": "乡村振兴",
    "sped_committee": "特教专家委员会",
    "procuratorate_liaison": "检察联络",
    "inspector": "责任督学",
    "city_supervisor": "市级督查",
    "auditor": "督查审计",
    "process_analyst": "流程分析员",
    "sys_admin": "系统管理员",
}

ROLE_AREA: dict[str, Area | None] = {
    "class_teacher": Area.CLASS,
    "school_registrar": Area.SCHOOL,
    "school_kcbx_officer": Area.SCHOOL,
    "vice_principal": Area.SCHOOL,
    "principal": Area.SCHOOL,
    "village_cadre": Area.VILLAGE,
    "household_cadre": Area.VILLAGE,
    "township_edu_officer": Area.TOWNSHIP,
    "township_enforcement": Area.TOWNSHIP,
    "township_leader": Area.TOWNSHIP,
    "township_head": Area.TOWNSHIP,
    "legal_reviewer": Area.TOWNSHIP,
    "county_kcbx_officer": Area.COUNTY,
    "county_registrar": Area.COUNTY,
    "bureau_leader": Area.COUNTY,
    "joint_office": Area.COUNTY,
    "inspector": Area.COUNTY,
    "auditor": Area.COUNTY,
}

MASKED_ROLES = frozenset({"joint_office", "inspector", "auditor", "city_supervisor"})
"""Roles that read their area with names masked (DOMAIN f.1)."""

LEGAL_ROLES = frozenset({"township_enforcement", "legal_reviewer"})
"""Roles that see a case only once it is on the legal ladder."""

SUPERVISORS = frozenset(
    {
        "vice_principal",
        "principal",
        "township_leader",
        "township_head",
        "county_kcbx_officer",
        "bureau_leader",
        "inspector",
        "auditor",
        "joint_office",
    }
)
"""Roles with a supervisors' page."""

MANAGER = {
    **dict.fromkeys(
        ("class_teacher", "home_visit_teacher", "mentor_teacher", "sped_teacher", "counsellor", "school_registrar", "school_kcbx_officer"),
        "vice_principal",
    ),
    "vice_principal": "principal",
    "principal": "county_kcbx_officer",
    **dict.fromkeys(("village_cadre", "household_cadre"), "township_edu_officer"),
    **dict.fromkeys(("township_edu_officer", "township_enforcement"), "township_leader"),
    "township_leader": "township_head",
    **dict.fromkeys(
        ("township_head", "county_kcbx_officer", "county_registrar", "sped_committee", "inspector", "joint_office"), "bureau_leader"
    ),
    **dict.fromkeys(
        (
            *(
                "bureau_leader",
                "legal_reviewer",
                "court_liaison",
                "procuratorate_liaison",
                "police_officer",
                "hrss_officer",
                "market_officer",
            ),
            *("civil_affairs_officer", "dpf_officer", "health_officer", "rural_officer", "women_federation"),
        ),
        "joint_office",
    ),
}
"""Whom a role answers to, and who takes its work when nobody holds it (DOMAIN e.0)."""


@dataclass(frozen=True)
class Membership:
    """One role at one organisation, with the area it reaches."""

    role: str
    organisation_id: int
    area: Area | None = None
    area_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who does something. `person_id` is None only for the system itself."""

    county_id: int
    person_id: int | None = None
    name: str = "系统"
    memberships: tuple[Membership, ...] = ()
    system: bool = False

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    def holds(self, *roles: str) -> bool:
        """Whether this actor holds any of these roles, anywhere."""
        return any(m.role in roles for m in self.memberships)


def system(county_id: int) -> Actor:
    """The service itself at work in a county: timers, rules, jobs."""
    return Actor(county_id=county_id, system=True)


@dataclass(frozen=True)
class Place:
    """Where a record lies: the organisations whose people it concerns."""

    county_id: int
    class_id: int | None = None
    school_id: int | None = None
    village_id: int | None = None
    township_id: int | None = None
    """The township of residence, which answers for the child."""
    household_township_id: int | None = None


def in_scope(actor: Actor, place: Place, *, alert: bool = False, legal: bool = False) -> bool:
    """Whether a case lying at `place` is in the actor's area.

    `alert`: the case has not reached day 3, so only its school sees it (DOMAIN f.1 rule 7).
    `legal`: the case is on the legal ladder, so enforcement and legal review see it.
    Being assigned or sent a copy of a task is decided elsewhere and adds to this.
    """
    return actor.county_id == place.county_id and any(_reaches(m, place, alert, legal) for m in actor.memberships)


def _reaches(membership: Membership, place: Place, alert: bool, legal: bool) -> bool:
    area = membership.area
    if area is None or (alert and area not in {Area.CLASS, Area.SCHOOL}) or (membership.role in LEGAL_ROLES and not legal):
        return False
    if area is Area.TOWNSHIP:
        return membership.area_id in {place.township_id, place.household_township_id}
    return membership.area_id is not None and membership.area_id == getattr(place, area.value)


def reads_names(actor: Actor) -> bool:
    """Whether names are shown to this actor in full: some role of theirs is not a masked one."""
    return actor.system or any(m.role not in MASKED_ROLES for m in actor.memberships)
