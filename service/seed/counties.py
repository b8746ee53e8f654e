"""Founding a county: its tree of organisations, its people in their posts, its terms, profile and diagrams."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service import clock, people, processes, profiles
from service.access import system
from service.calendars import SchoolTerm
from service.config import Settings
from service.people import Appointment, Organisation, Person

PASSWORD = "training"  # noqa: S105 - the sandbox tells it to everybody

TERMS = (
    ("2024年秋季学期", date(2024, 9, 2), date(2025, 1, 17)),
    ("2025年春季学期", date(2025, 2, 17), date(2025, 7, 4)),
    ("2025年秋季学期", date(2025, 9, 1), date(2026, 1, 30)),
    ("2026年春季学期", date(2026, 3, 2), date(2026, 7, 10)),
    ("2026年秋季学期", date(2026, 9, 1), date(2027, 1, 22)),
    ("2027年春季学期", date(2027, 3, 1), date(2027, 7, 9)),
    ("2027年秋季学期", date(2027, 9, 1), date(2028, 1, 21)),
)


def terms() -> Iterator[tuple[str, date, date]]:
    """The terms of the stories, then usual ones to the end of the next school year."""
    yield from TERMS
    for year in range(TERMS[-1][1].year + 1, clock.today().year + 2):
        yield f"{year}年春季学期", date(year, 3, 1), date(year, 7, 9)
        yield f"{year}年秋季学期", date(year, 9, 1), date(year + 1, 1, 20)


@dataclass(frozen=True)
class Place:
    """An organisation to found. `within` names its parent; a class is named by its school and number (`石桥中学 801`)."""

    name: str
    kind: str
    within: str
    grade: int | None = None

    @property
    def key(self) -> str:
        return f"{self.within} {self.name}" if self.kind == "class" else self.name


@dataclass(frozen=True)
class Post:
    """A person in a role at an organisation; the order of the posts is the order of appointment."""

    person: str
    role: str
    at: str


@dataclass(frozen=True)
class Plan:
    """Everything a county starts with, except its pupils."""

    name: str
    code: str
    places: Sequence[Place]
    posts: Sequence[Post]
    profile: Mapping[str, Any]


@dataclass
class Founded:
    """A county as founded: the ids behind its names."""

    id: int
    name: str
    organisations: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)
    roles: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)

    def listed(self) -> list[dict[str, Any]]:
        """Who can sign in, as the sandbox answers."""
        return [
            {
                "username": self.usernames[name],
                "name": name,
                "roles": [{"role": role, "organisation_id": str(at)} for role, at in self.roles[name]],
            }
            for name in self.persons
        ]


def found(session: Session, settings: Settings, plan: Plan) -> Founded:
    """Write a county, publish its profile and install the diagrams and forms of the settings' folders."""
    county = people.County(name=plan.name, code=plan.code)
    session.add(county)
    session.flush()
    founded = Founded(county.id, plan.name)
    founded.organisations[plan.name] = county.root_id = _root(session, county.id, plan.name)
    _place_all(session, founded, plan.places)
    _appoint(session, founded, plan.posts, cheap=settings.cheap_passwords or settings.sandbox)
    session.execute(
        insert(SchoolTerm),
        [{"county_id": county.id, "school_id": None, "name": name, "starts_on": first, "ends_on": last} for name, first, last in terms()],
    )
    profiles.publish(session, county.id, plan.profile)
    processes.install(session, system(county.id), settings.processes_dir, settings.forms_dir)
    return founded


def rows(session: Session, model: type[Any], values: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows at once; their ids in the order given."""
    if not values:
        return []
    return list(session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), values))


def _root(session: Session, county_id: int, name: str) -> int:
    return rows(session, Organisation, [{"county_id": county_id, "parent_id": None, "kind": "county", "name": name, "grade": None}])[0]


def _place_all(session: Session, founded: Founded, places: Sequence[Place]) -> None:
    """Parents before children, one statement per level of the tree."""
    waiting = list(places)
    while waiting:
        level = [place for place in waiting if place.within in founded.organisations]
        if not level:
            raise ValueError(f"no parent for {sorted({place.within for place in waiting})}")
        ids = rows(
            session,
            Organisation,
            [
                {
                    "county_id": founded.id,
                    "parent_id": founded.organisations[place.within],
                    "kind": place.kind,
                    "name": place.name,
                    "grade": place.grade,
                }
                for place in level
            ],
        )
        founded.organisations.update(zip((place.key for place in level), ids, strict=True))
        waiting = [place for place in waiting if place not in level]


def _appoint(session: Session, founded: Founded, posts: Sequence[Post], *, cheap: bool) -> None:
    """Persons in the order of their first post; one password hash serves them all, because everybody knows it."""
    secret = people.hash_password(PASSWORD, cheap=cheap)
    taken = set(session.scalars(select(Person.username)))
    for name in dict.fromkeys(post.person for post in posts):
        founded.usernames[name] = _username(name, taken)
    ids = rows(
        session,
        Person,
        [
            {"county_id": founded.id, "username": username, "name": name, "phone": None, "password_hash": secret, "active": True}
            for name, username in founded.usernames.items()
        ],
    )
    founded.persons.update(zip(founded.usernames, ids, strict=True))
    session.execute(
        insert(Appointment),
        [
            {
                "county_id": founded.id,
                "person_id": founded.persons[post.person],
                "organisation_id": founded.organisations[post.at],
                "role": post.role,
                "rank": rank,
            }
            for rank, post in enumerate(posts, start=1)
        ],
    )
    for post in posts:
        founded.roles.setdefault(post.person, []).append((post.role, founded.organisations[post.at]))


def _username(name: str, taken: set[str]) -> str:
    """The pinyin of a name without tones; a number follows where somebody has it already."""
    from pypinyin import lazy_pinyin  # its dictionary takes longer to load than the rest of the service

    plain = "".join(lazy_pinyin(name)).lower()
    found = next(candidate for number in range(1, 10_000) if (candidate := plain + (str(number) if number > 1 else "")) not in taken)
    taken.add(found)
    return found
