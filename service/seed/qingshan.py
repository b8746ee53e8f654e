"""青山县: the invented county of the stories, with its organisations, people and pupils."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from service.seed.counties import Place, Post
from service.seed.layouts import BUREAU, OFFICE, School, layout
from service.seed.staffing import TEACHER

NAME, CODE = "青山县", "qs"
SCHOOLS = (
    School("石桥中学", "石桥镇", (701, 801, 802, 901), 10),
    School("云岭中学", "云岭乡", (902,), 10),
    School("石桥镇中心小学", "石桥镇", (301,), 10),
)
TOWNSHIPS = {"石桥镇": ("上村", "下村"), "云岭乡": ("松坪",)}

_TEACHERS = (
    ("韩雪", "石桥中学 701"),
    ("王敏", "石桥中学 801"),
    ("邓丽", "石桥中学 802"),
    ("曹阳", "石桥中学 901"),
    ("赵强", "云岭中学 902"),
    ("杨兰", "石桥镇中心小学 301"),
)
_STAFF: dict[str, tuple[tuple[str, str], ...]] = {
    "石桥中学": (
        ("许静", "counsellor"),
        ("孙丽", "school_registrar"),
        ("李静", "school_kcbx_officer"),
        ("周涛", "vice_principal"),
        ("陈刚", "principal"),
    ),
    "云岭中学": (("唐梅", "school_registrar"), ("钱峰", "school_kcbx_officer"), ("彭飞", "vice_principal"), ("蒋伟", "principal")),
    "石桥镇中心小学": (
        ("秦悦", "sped_teacher"),
        ("白雪", "school_registrar"),
        ("金凤", "school_kcbx_officer"),
        ("石磊", "vice_principal"),
        ("方明", "principal"),
    ),
    "上村": (("田勇", "village_cadre"),),
    "下村": (("余波", "village_cadre"),),
    "石桥镇": (
        ("何芳", "township_edu_officer"),
        ("吴磊", "township_enforcement"),
        ("郑华", "township_enforcement"),
        ("罗军", "township_leader"),
        ("马健", "township_head"),
    ),
    "石桥司法所": (("林涛", "legal_reviewer"), ("林涛", "court_liaison")),
    "石桥派出所": (("雷鸣", "police_officer"),),
    "松坪": (("向东", "village_cadre"),),
    "云岭乡": (
        ("段红", "township_edu_officer"),
        ("毛军", "township_enforcement"),
        ("汪浩", "township_enforcement"),
        ("贺斌", "township_leader"),
        ("龚平", "township_head"),
    ),
    "云岭司法所": (("谭静", "legal_reviewer"), ("谭静", "court_liaison")),
    "云岭派出所": (("尹强", "police_officer"),),
    BUREAU: (
        ("高洁", "county_kcbx_officer"),
        ("范林", "county_registrar"),
        ("姚远", "inspector"),
        ("梁文", "sped_committee"),
        ("顾兰", "sped_committee"),
        ("许宏", "bureau_leader"),
    ),
    OFFICE: (("董洁", "joint_office"),),
    "残联": (("薛梅", "dpf_officer"),),
    "人社局": (("丁峰", "hrss_officer"),),
    "民政局": (("任芳", "civil_affairs_officer"),),
    "卫健局": (("卢敏", "health_officer"),),
    "妇联": (("苏萍", "women_federation"),),
    "农业农村局": (("江涛", "rural_officer"),),
    "市监局": (("沈强", "market_officer"),),
    "检察院": (("熊飞", "procuratorate_liaison"),),
    NAME: (
        ("程立", "city_supervisor"),
        ("万青", "auditor"),
        ("孔亮", "process_analyst"),
        ("邱玲", "process_analyst"),
        ("史诚", "sys_admin"),
        ("系统", "sys_admin"),
    ),
}


@dataclass(frozen=True)
class Pupil:
    """A pupil of the stories. `guardians` reads 母 李秀, a mark behind says who is away (外) or only takes care (养)."""

    name: str
    born: date
    klass: str
    village: str
    guardians: str


PUPILS = (
    Pupil("刘一", date(2012, 3, 11), "石桥中学 801", "上村", "母 李秀"),
    Pupil("张二", date(2012, 1, 20), "石桥中学 801", "上村", "母 杨梅, 父 张海"),
    Pupil("陈三", date(2012, 2, 14), "石桥中学 801", "上村", "父 陈山, 母 吴娟"),
    Pupil("赵四", date(2012, 4, 2), "云岭中学 902", "松坪", "父 赵林"),
    Pupil("孙五", date(2011, 11, 30), "石桥中学 801", "上村", "母 钱玉"),
    Pupil("周六", date(2011, 10, 8), "石桥中学 701", "上村", "父 周强, 母 何英"),
    Pupil("吴七", date(2012, 6, 18), "石桥中学 801", "上村", "父 吴森"),
    Pupil("秦己", date(2012, 2, 2), "石桥中学 801", "上村", "父 秦川"),
    Pupil("郑八", date(2018, 2, 10), "石桥镇中心小学 301", "下村", "母 王霞, 父 郑平"),
    Pupil("冯九", date(2010, 12, 5), "云岭中学 902", "松坪", "父 冯军 外, 母 张琴 外, 祖母 周桂 养"),
    Pupil("蒋十", date(2011, 12, 19), "石桥中学 801", "下村", "父 蒋波"),
    Pupil("沈甲", date(2012, 5, 6), "石桥中学 801", "下村", "母 罗兰"),
    Pupil("何乙", date(2020, 7, 15), "", "上村", "母 陈燕"),
    Pupil("钟甲", date(2013, 5, 2), "", "上村", "父 钟诚"),
    Pupil("钟乙", date(2019, 3, 20), "", "下村", "母 温柔"),
    Pupil("钟丙", date(2012, 7, 9), "石桥中学 801", "下村", "父 钟实"),
    Pupil("钟丁", date(2016, 10, 10), "", "松坪", "母 柳絮"),
    Pupil("钟戊", date(2015, 1, 1), "石桥镇中心小学 301", "松坪", "父 钟信"),
)
MOVED_UP = {"周六": ("石桥中学 801", date(2025, 9, 1))}
"""Who changes class, and when: 701 becomes 801."""


def places() -> Iterator[Place]:
    """The tree below the county."""
    return layout(NAME, TOWNSHIPS, SCHOOLS)


def posts() -> Iterator[Post]:
    """Everybody's roles, in the order of the table of people."""
    schools = [school.name for school in SCHOOLS]
    for school in schools:
        yield from (Post(name, role, at) for name, at in _TEACHERS if at.startswith(school) for role in TEACHER)
        yield from (Post(name, role, school) for name, role in _STAFF[school])
    for at, staff in _STAFF.items():
        if at not in schools:
            yield from (Post(name, role, at) for name, role in staff)
