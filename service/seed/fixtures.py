"""The fixtures of the stories: 青山县 on ladder B, on ladder A with a case on the way, and with a run-out sign-off."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from service import clock, people, profiles
from service.config import Settings
from service.db import Database
from service.errors import Invalid
from service.people import Enrolment, NewStudent
from service.seed import qingshan, stories
from service.seed.counties import Founded, Plan, found
from service.seed.pupils import Registrar, enter, id_number, roll
from service.seed.wiping import wipe
from service.vault import Vault

FIXTURES = ("qingshan_b", "qingshan_a", "qingshan_a_expired")
FOUNDED_ON = date(2024, 9, 1)
"""When everybody was appointed, enrolled and the diagrams were published."""


def reset(database: Database, settings: Settings, fixture: str, now: datetime) -> dict[str, Any]:
    """Empty the database and load a named fixture as of an aware instant; who can sign in, and the pupils.

    The database comes with its tools in place (`installation.connect`). Raises `Invalid` for a name that is none of `FIXTURES`.
    """
    if fixture not in FIXTURES:
        raise Invalid("没有这套演练数据", {"fixture": [f"请从 {'、'.join(FIXTURES)} 中选择"]})
    wipe(database)
    with clock.standing_at(min(now, clock.local(FOUNDED_ON, time(8)))), database.transaction() as session:
        county = found(session, settings, plan(settings, fixture))
        enter_stories(session, county, database.memory["vault"], since=FOUNDED_ON)
        _classmates(session, county)
    stories.live(database, county, fixture, now)
    return {"people": county.listed(), "students": [{"id": str(i), "name": name} for name, i in county.students.items()]}


def plan(settings: Settings, fixture: str) -> Plan:
    """青山县 with the profile of a fixture."""
    return Plan(qingshan.NAME, qingshan.CODE, list(qingshan.places()), list(qingshan.posts()), _profile(settings, fixture))


def enter_stories(session: Session, county: Founded, vault: Vault, *, since: date) -> None:
    """The pupils of the stories."""
    for serial, pupil in enumerate(qingshan.PUPILS, start=1):
        number = id_number(pupil.born, serial)
        new = NewStudent(
            name=pupil.name,
            birth_date=pupil.born,
            village_id=county.organisations[pupil.village],
            class_id=county.organisations.get(pupil.klass),
            from_on=since,
            gender="男" if serial % 2 else "女",
            id_number=number,
            registry_no=f"G{number}" if pupil.klass else None,
            guardians=list(_guardians(pupil.guardians, serial)),
        )
        county.students[pupil.name] = people.add(session, county.id, new, vault).id
    for name, (klass, on) in qingshan.MOVED_UP.items():
        _move_up(session, county, name, klass, on)


def _profile(settings: Settings, fixture: str) -> Mapping[str, Any]:
    ladder = "qs_b" if fixture == "qingshan_b" else "qs_a"
    body = profiles.read(settings.processes_dir / "profiles" / f"{ladder}.yaml")
    if fixture == "qingshan_a_expired":
        body["penalty"]["legal_signoff"]["date"] = "2025-04-10"
    return body


def _guardians(text: str, serial: int) -> Iterator[Mapping[str, Any]]:
    for number, one in enumerate(text.split(", ")):
        relation, name, *mark = one.split()
        yield {
            "name": name,
            "relation": relation,
            "phone": f"138000{serial:03d}{number:02d}",
            "is_legal_guardian": mark != ["养"],
            "caretaker": mark == ["养"],
            "at_home": mark != ["外"],
        }


def _move_up(session: Session, county: Founded, name: str, klass: str, on: date) -> None:
    student_id = county.students[name]
    session.execute(update(Enrolment).where(Enrolment.student_id == student_id).values(until_on=on))
    session.add(Enrolment(county_id=county.id, student_id=student_id, class_id=county.organisations[klass], from_on=on))
    session.flush()


def _classmates(session: Session, county: Founded) -> None:
    """Ten of each class who never miss a day."""
    registrar = Registrar(1, taken=[*county.students, *county.persons])
    children = list(roll(registrar, county, qingshan.SCHOOLS, qingshan.TOWNSHIPS, school_year=2025))
    ids = enter(session, county.id, children, registrar, since=FOUNDED_ON)
    county.students.update(zip((child.name for child in children), ids, strict=True))
