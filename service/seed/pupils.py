"""Entering invented pupils: the few of a story one by one, the many of a county in bulk."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.people import Enrolment, Guardian, Student
from service.seed.counties import Founded, rows
from service.seed.layouts import School

AREA = "990101"
"""The first six digits of the ID numbers here belong to no county."""

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
BOYS = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建亮成博志晨睿航子轩一鸣思远天佑家豪文昊嘉树景行"
GIRLS = "芳娜敏静丽艳娟霞燕玲桂英萍红雪琳晶洁婷慧莹倩颖悦欣怡佳梦瑶雨萱诗涵思雯可心语嫣若兮依诺紫涵清妍晓彤"
FATHERS, MOTHERS = "建国志强福贵德明永发长生水根树林大勇有田", "秀英桂兰玉梅春花凤霞素珍小红翠莲美玲秋菊冬梅"


@dataclass(frozen=True)
class Child:
    """A pupil to be entered in bulk."""

    name: str
    gender: str
    born: date
    class_id: int | None
    village_id: int | None
    guardian: str
    relation: str
    household_village_id: int | None = None
    focus_tags: tuple[str, ...] = ()


def id_number(born: date, serial: int) -> str:
    """An ID number with a true check digit in an area that does not exist."""
    body = f"{AREA}{born:%Y%m%d}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


class Registrar:
    """Gives names nobody has yet, and numbers that are unique in the county."""

    def __init__(self, seed: int, taken: Iterable[str] = ()) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - invented children, the same ones every time
        self._taken = set(taken)
        self._serials: dict[date, Iterator[int]] = {}

    def name(self, gender: str, surname: str = "") -> str:
        """A name of two or three characters."""
        given = BOYS if gender == "男" else GIRLS
        while True:
            name = (surname or self.chance.choice(SURNAMES)) + "".join(self.chance.sample(given, self.chance.choice((1, 2, 2, 2))))
            if name not in self._taken:
                self._taken.add(name)
                return name

    def guardian(self, child: str) -> tuple[str, str]:
        """A parent of this child, and how they are related."""
        if self.chance.random() < 0.5:
            return child[0] + "".join(self.chance.sample(FATHERS, 2)), "父"
        return self.chance.choice(SURNAMES) + "".join(self.chance.sample(MOTHERS, 2)), "母"

    def birth_date(self, grade: int, school_year: int) -> date:
        """A day that makes a child the usual age for a grade in the school year beginning in that autumn."""
        return date(school_year - 6 - grade, 9, 1) + timedelta(days=self.chance.randrange(365))

    def serial(self, born: date) -> int:
        return next(self._serials.setdefault(born, count(101)))

    def child(self, *, grade: int, school_year: int, class_id: int | None, village_id: int) -> Child:
        """A child of a class."""
        gender = self.chance.choice("男女")
        name = self.name(gender)
        guardian, relation = self.guardian(name)
        return Child(name, gender, self.birth_date(grade, school_year), class_id, village_id, guardian, relation)


def roll(
    registrar: Registrar, county: Founded, schools: Sequence[School], townships: Mapping[str, Sequence[str]], *, school_year: int
) -> Iterator[Child]:
    """The children of every class, at home in turn in the villages of their school's township."""
    for school in schools:
        villages = [county.organisations[village] for village in townships[school.township]]
        for number in school.classes:
            class_id = county.organisations[f"{school.name} {number}"]
            for seat in range(school.size):
                village = villages[seat % len(villages)]
                yield registrar.child(grade=number // 100, school_year=school_year, class_id=class_id, village_id=village)


def enter(session: Session, county_id: int, children: Sequence[Child], registrar: Registrar, *, since: date) -> list[int]:
    """Enter children with a guardian each and their class, in a few statements; their ids in order.

    Their ID numbers are not kept (sealing wants each row's number first), only the registry numbers made from them.
    """
    ids = rows(session, Student, [_student(county_id, child, registrar) for child in children])
    placed = list(zip(ids, children, strict=True))
    _insert(session, Guardian, [_guardian(county_id, student_id, child) for student_id, child in placed])
    _insert(
        session,
        Enrolment,
        [
            {"county_id": county_id, "student_id": student_id, "class_id": child.class_id, "from_on": since, "until_on": None}
            for student_id, child in placed
            if child.class_id
        ],
    )
    return ids


def _student(county_id: int, child: Child, registrar: Registrar) -> dict[str, Any]:
    return {
        "county_id": county_id,
        "name": child.name,
        "gender": child.gender,
        "birth_date": child.born,
        "ethnicity": None,
        "registry_no": "G" + id_number(child.born, registrar.serial(child.born)),
        "id_number": None,
        "id_number_index": None,
        "village_id": child.village_id,
        "household_village_id": child.household_village_id or child.village_id,
        "boarding": False,
        "focus_tags": list(child.focus_tags),
    }


def _guardian(county_id: int, student_id: int, child: Child) -> dict[str, Any]:
    return {
        "county_id": county_id,
        "student_id": student_id,
        "name": child.guardian,
        "relation": child.relation,
        "phone": None,
        "is_legal": True,
        "caretaker": False,
        "at_home": True,
    }


def _insert(session: Session, model: type[Any], values: Sequence[Mapping[str, Any]]) -> None:
    if values:
        session.execute(insert(model), values)
