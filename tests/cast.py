"""The cast: 青山县 in a database of each test's own, its people by name, its clock in the test's hand.

Wang Min teaches 801 and 陈三 is her pupil; Zhao Qiang at the other school must see nothing of hers.
A county is seeded, and played to where a story begins, once per process and database; tests get copies.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import cases, cli, clock, history, people, processes, seed
from service.access import Actor
from service.config import Settings
from service.db import Database
from service.people import Organisation, Person, Student
from service.processes import Instance
from service.seed.player import Player, short
from service.tasks import Task
from tests.databases import Databases

FIELD_KEY = bytes(range(32))
SOME_DAY = "2026-03-09 07:00"
"""The Monday on which 陈三 stays away for the first time."""


def moment(text: str) -> datetime:
    """A local wall-clock moment, `2026-03-09 08:40`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL).astimezone(UTC)


@dataclass
class County:
    """A county a test may do with as it likes. `case` is the one its story is about."""

    database: Database
    settings: Settings
    player: Player
    case: int = 0
    persons: dict[str, int] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)

    # ---- who

    def actor(self, name: str) -> Actor:
        with clock.standing_at(self.now), self.database.reading() as session:
            return people.actor_for(session, self.persons[name], clock.today())

    def name(self, person_id: int | None) -> str:
        return next((name for name, number in self.persons.items() if number == person_id), "")

    @property
    def id(self) -> int:
        return self.actor("王敏").county_id

    # ---- when

    def at(self, text: str) -> "County":
        """Let time pass until a local moment, everything due happening at its own instant."""
        self.player.until(moment(text))
        return self

    @property
    def now(self) -> datetime:
        return self.player.now

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction at the county's moment."""
        with clock.standing_at(self.player.now), self.database.transaction() as session:
            yield session

    # ---- what people do

    def absent(self, *names: str) -> int:
        """Wang Min marks pupils absent today; the case of the last one."""
        return max([self.player.attend(self.students[name], present=False) or 0 for name in names])

    def present(self, name: str) -> None:
        self.player.attend(self.students[name], present=True)

    def do(self, node: str, outcome: str | None = None, *, case: int = 0, second: bool = True, **told: object) -> None:
        """Complete the open task of a node as its holder, with what a careful clerk would write."""
        self.player.complete(case or self.case, node, outcome, second=second, **told)

    def tell(self, event: str, by: str, *, case: int = 0, **values: object) -> None:
        """Register an event of the case as a person of this name."""
        with self.session() as session:
            cases.register_event(session, people.actor_for(session, self.persons[by], clock.today()), case or self.case, event, values)

    def work(self) -> int:
        """Let the worker do everything that is due, jobs included."""
        return processes.run_due(self.database, self.now)

    # ---- what came of it

    def file(self, case: int = 0) -> cases.Case:
        """The case as it stands."""
        return self.player.case(case or self.case)

    def facts(self, case: int = 0) -> dict[str, object]:
        """What the case knows."""
        with self.database.reading() as session:
            return dict(
                session.scalar(select(Instance.facts).where(Instance.id == session.get_one(cases.Case, case or self.case).root_id)) or {}
            )

    def open(self, case: int = 0) -> set[str]:
        """The nodes of the open tasks, by the first two parts of their ids."""
        return {short(task) for task in self.player.open_tasks(case or self.case)}

    def task(self, node: str, case: int = 0) -> Task:
        """The open task of a node."""
        found = self.player.find(case or self.case, node)
        assert found is not None, f"{node} is not open, but {self.open(case)}"
        return found

    def holder(self, node: str, case: int = 0) -> str:
        """Who holds the open task of a node."""
        return self.name(self.task(node, case).assignee_id)

    def events(self, action: str = "", case: int = 0) -> list[history.Event]:
        """The history of the case, or its events of one kind."""
        with self.database.reading() as session:
            return [e for e in history.of(session, f"case:{case or self.case}") if not action or e.action == action]


Story = Callable[[County], object]

_REMEMBERED: dict[tuple[str, str], dict[object, object]] = {}
"""Diagrams parsed once: what a process remembers of a county holds for its copies, which have the same rows."""


@dataclass
class Counties:
    """Makes counties for one test."""

    databases: Databases
    kind: str
    folder: Path
    urls: list[str] = field(default_factory=list)
    opened: list[Database] = field(default_factory=list)

    def make(self, fixture: str, now: str, story: Story | None = None) -> County:
        """A county of a fixture, as of a moment, in which a story has happened."""
        name = f"{fixture} {now} {story.__name__ if story else ''}"
        url = self.databases.copy(self.kind, name, partial(self._fill, name=name, fixture=fixture, now=now, story=story))
        self.urls.append(url)
        county = self.enter(url, now)
        county.database.memory.update(_REMEMBERED[self.kind, name])
        with county.session() as session:
            first = select(cases.Case.id).order_by(cases.Case.id).limit(1)
            county.case = session.scalar(first) or 0
            county.player.now = max(county.now, *session.scalars(select(history.Event.at).order_by(history.Event.id.desc()).limit(1)))
        return county

    def enter(self, url: str, now: str) -> County:
        """Another door to a county that is there already."""
        settings = Settings(database_url=url, data_dir=self.folder, sandbox=True, cheap_passwords=True, field_key=FIELD_KEY)
        database = cli.connect(settings)
        self.opened.append(database)
        with database.reading() as session:
            persons = dict(session.execute(select(Person.name, Person.id)).all())
            students = dict(session.execute(select(Student.name, Student.id)).all())
            organisations = dict(session.execute(select(Organisation.name, Organisation.id)).all())
        return County(database, settings, Player(database, moment(now)), 0, persons, students, organisations)

    def _fill(self, url: str, *, name: str, fixture: str, now: str, story: Story | None) -> None:
        settings = Settings(database_url=url, data_dir=self.folder, sandbox=True, cheap_passwords=True, field_key=FIELD_KEY)
        database = cli.connect(settings)
        seed.reset(database, settings, fixture, moment(now))
        database.close()
        county = self.enter(url, now)
        with county.session() as session:
            processes.frozen(session, processes.bundle_now(session, county.id))
        if story:
            with county.player.together():
                story(county)
        _REMEMBERED[self.kind, name] = {key: value for key, value in county.database.memory.items() if not isinstance(key, str)}
        self.opened.pop().close()

    def close(self) -> None:
        for database in self.opened:
            database.close()
        for url in self.urls:
            self.databases.drop(url)


# ---- stories, each from where the one before ended


def kept_away(county: County) -> None:
    """陈三 misses three days and is marked and reported: suspected, verification begins."""
    county.case = county.at("2026-03-09 08:40").absent("陈三")
    county.at("2026-03-09 15:00").do("SP10_T01", "refuses")
    county.at("2026-03-10 10:15").do("SP10_T03", "assign")
    county.at("2026-03-10 19:00").do("SP10_T04", "refused_pupil")
    county.at("2026-03-11 14:20").do("SP10_T06")
    county.at("2026-03-11 16:00").do("SP10_T07", "signed")
    county.at("2026-03-11 16:30").do("SP10_T05", "marked")


def persuaded(county: County) -> None:
    """… and the team has been named: the first round of persuasion is open."""
    kept_away(county)
    county.at("2026-03-12 09:00").do("SP10_T08", "ack")
    county.do("SP10_T09", "ack")
    county.do("SP20_T01", "opened")
    county.at("2026-03-12 15:00").do("SP20_T02")
    county.at("2026-03-13 10:00").do("SP20_T03", "persuade")
    county.at("2026-03-16 10:00").do("SP30_T01")


def came_back(county: County) -> None:
    """… and 陈三 came on the promised day and stayed; he is placed and followed up, on the red list."""
    persuaded(county)
    county.at("2026-03-18 10:00").do("SP30_T02", "promised", promised_on="2026-03-20")
    county.at("2026-03-20 08:40").present("陈三")
    for day in ("2026-03-23", "2026-03-24"):
        county.at(f"{day} 08:40").present("陈三")
    county.at("2026-03-24 10:30").do("SP65_T01", "confirmed")
    county.at("2026-03-25 10:00").do("SP70_T01")
    county.do("SP70_T02")
    county.at("2026-03-26 10:00").do("SP70_T03", kind="original_class")
    county.do("SP70_T05", "agree")
    county.at("2026-03-27 10:00").do("SP70_T04", "approved")
    county.at("2026-03-30 10:00").do("SP70_T06")
    county.at("2026-03-31 10:00").do("SP80_T01")
    county.at("2026-04-01 10:00").do("SP80_T02")


# ---- what tests ask for


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the counties of this process keep their attachments."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def counties(databases: Databases, database_kind: str, files: Path) -> Iterator[Counties]:
    """The maker of counties, for tests that need a particular one."""
    maker = Counties(databases, database_kind, files)
    yield maker
    maker.close()


@pytest.fixture
def county(counties: Counties) -> County:
    """青山县 on ladder B, early on a school day; nothing has happened."""
    return counties.make("qingshan_b", SOME_DAY)


@pytest.fixture
def suspected(counties: Counties) -> County:
    """陈三 is marked and reported; verification begins."""
    return counties.make("qingshan_b", SOME_DAY, kept_away)


@pytest.fixture
def persuading(counties: Counties) -> County:
    """The first round of 陈三's persuasion is open."""
    return counties.make("qingshan_b", SOME_DAY, persuaded)


@pytest.fixture
def followed(counties: Counties) -> County:
    """陈三 is back and followed up on the red list."""
    return counties.make("qingshan_b", SOME_DAY, came_back)


@pytest.fixture
def ordered(counties: Counties) -> County:
    """青山县 on ladder A: 吴七's guardian was served the order at 10 o'clock this day."""
    return counties.make("qingshan_a", "2026-03-10 12:00")


@pytest.fixture(scope="module")
def standing(databases: Databases, database_kind: str, files: Path) -> Iterator[County]:
    """One county for all tests of a file, which commit nothing: 陈三 is suspected."""
    maker = Counties(databases, database_kind, files)
    yield maker.make("qingshan_b", SOME_DAY, kept_away)
    maker.close()


@pytest.fixture
def session(standing: County) -> Iterator[Session]:
    """A transaction in the standing county, never committed."""
    with clock.standing_at(standing.now), standing.database.reading() as session:
        yield session
