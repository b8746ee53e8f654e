"""One child's case from the first absence to the closure, every step in a browser by whoever is responsible.

青山县 on ladder A, so that the penalty is open and, paid but not obeyed, the court follows. Everybody
sits at a browser of their own; Wang Min holds a phone. The clock is moved with the sandbox's bar.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from service import calendars, cases, clock, create_app, people, processes
from service.seed.courses import USUAL
from service.seed.player import PICTURE, Player, short
from service.tasks import Task
from tests import facilities
from tests.web.conftest import county_at, serve, settings_for
from tests.web.filling import A_PHOTO, Hand, Photo, QuickHand
from tests.web.test_in_a_browser import assert_sound

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.databases import Databases

BEFORE_TERM = datetime.fromisoformat("2026-01-09T08:00:00+08:00")
MONDAY = datetime.fromisoformat("2026-03-02T10:30:00+08:00")
TEACHER, PUPIL = "wangmin", "张二"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}

OUTCOMES = {**USUAL, "SP30_T02": ("refused_guardian",), "SP40_T09": ("penalty",), "SP50_T10": ("fine_only",)}
"""What is decided where somebody has a choice: in turn, the last one again and again."""

NOT_BEFORE_DUE = ("SP65_T01", "SP80_T06")
"""Three days of presence, or the review's day, must have come."""

BY_THUMB = ("SP10_T01", "SP10_T04")
"""Filled in control by control, like the first form of every phase: what a teacher does on a phone."""

CLOCK_KEEPER = "gaojie"
LEFT_ALONE = ("SP60_T07",)
"""While the court takes its measures the child comes back."""

PHASES = ("SP10", "SP20", "SP25", "SP30", "B20", "SP40", "SP50", "SP60", "SP65", "SP66", "SP70", "SP80", "SP90")


@dataclass
class Walk:
    """The county at work in browsers."""

    address: str
    browser: "Browser"
    player: Player
    usernames: dict[int, str]
    student_id: int
    case_id: int = 0
    pages: dict[str, "Page"] = field(default_factory=dict)
    contexts: list["BrowserContext"] = field(default_factory=list)
    wrong: list[list[str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    looked_at: set[str] = field(default_factory=set)
    waited: int = 0
    back_on: date | None = None
    rolled: Counter[bool] = field(default_factory=Counter)

    # ---- people

    def at(self, username: str) -> "Page":
        """Somebody's browser; they sign in when they first come."""
        if username not in self.pages:
            context = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **(PHONE if username == TEACHER else DESK))
            self.contexts.append(context)
            self.wrong.append(facilities.told_on(context))
            self.pages[username] = context.new_page()
            self._sign_in(self.pages[username], username)
        return self.pages[username]

    def _sign_in(self, page: "Page", username: str) -> None:
        page.goto(f"{self.address}/sign-in")
        button = page.locator(f'button[name="part"][value="{username}"]')
        if button.count():
            button.first.click()
        else:  # the second of two with the same role has no button
            page.get_by_label("账号").fill(username)
            page.get_by_label("密码").fill("training")
            page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(f"{self.address}/tasks")

    # ---- time

    def pass_time(self) -> None:
        """Press the sandbox's bar: a week on while nothing is near, else a day."""
        near = self.now + timedelta(days=7)
        due = [at for at in (self.player.next_due(self.case_id), *(task.due_at for task in self.open_tasks())) if at]
        quiet = self.back_on is None or self.rolled[True] >= 3
        step = "week" if quiet and due and min(due) > near else "day"
        page = self.at(CLOCK_KEEPER)
        if self.waited == 0:
            page.locator(f'.training button[value="{step}"]').click()
        else:  # the same press without drawing the page again
            token = page.locator('.training [name="csrf"]').input_value()
            page.request.post(f"{self.address}/sandbox/clock", form={"csrf": token, "step": step, "back": "/me"}, max_redirects=0)
        self.waited += 1
        self._keep_up()

    def _keep_up(self) -> None:
        with self.player.database.reading() as session:
            self.player.now = processes.sandbox_now(session) or self.player.now

    @property
    def now(self) -> datetime:
        return self.player.now

    @property
    def today(self) -> date:
        return clock.local_date(self.now)

    # ---- the roll

    def call_roll(self) -> None:
        """Wang Min marks the pupil on the first three days, and unmarks him when he is back."""
        back = self.back_on is not None and self.today >= self.back_on
        if not (back or self.back_on is None) or self.rolled[back] >= 3 or not self._school_day():
            return
        page = self.at(TEACHER)
        page.goto(f"{self.address}/rolls")
        box = page.get_by_role("checkbox", name=PUPIL)
        box.set_checked(not back)
        if self.rolled.total() == 0:
            assert_sound(page)
        page.locator(".bar-do").get_by_role("button").click()
        assert "已提交点名" in page.inner_text("main")
        self.rolled[back] += 1
        if not self.case_id:
            with self.player.database.reading() as session:
                self.case_id = session.scalars(select(cases.Case.id)).one()

    def _school_day(self) -> bool:
        with clock.standing_at(self.now), self.player.database.reading() as session:
            place = people.place_of(session, self.student_id, self.today)
            return calendars.calendar_of(session, place.county_id, place.school_id).is_school(self.today)

    # ---- work

    def open_tasks(self) -> list[Task]:
        return [task for task in self.player.open_tasks(self.case_id) if short(task) not in LEFT_ALONE]

    def ready(self) -> Task | None:
        return next((task for task in self.open_tasks() if self._is_time(task)), None)

    def _is_time(self, task: Task) -> bool:
        if short(task) in NOT_BEFORE_DUE:
            return self.now >= task.due_at - timedelta(hours=9)
        if short(task) == "SP30_T02":  # a family is not visited every hour
            return self.now >= task.created_at + (task.due_at - task.created_at) * 0.4
        return True

    def do(self, task: Task) -> None:
        """One task by its holder: the first form of every phase by hand, further ones in the same sitting unpainted."""
        node = short(task)
        said = OUTCOMES.get(node)
        outcome, values = self.player.written(task, said[min(self.done[node], len(said) - 1)] if said else None, upload=lambda: A_PHOTO)
        page = self.at(self.usernames[self.player.doer(task)])
        phase = node.partition("_")[0]
        if phase in self.looked_at and node not in BY_THUMB:
            hand: Hand = QuickHand(page, Photo(PICTURE), f"/tasks/{task.id}")
        else:
            self._open_by_the_inbox(page, task)
            if phase not in self.looked_at:
                assert_sound(page)
            self.looked_at.add(phase)
            hand = Hand(page, Photo(PICTURE))
        hand.fill(values, outcome)
        hand.submit()
        self.done[node] += 1

    def _open_by_the_inbox(self, page: "Page", task: Task) -> None:
        page.goto(f"{self.address}/tasks{'' if task.assignee_id else '?view=claimable'}")
        page.locator(f'.job a.go[href="/tasks/{task.id}"]').click()
        page.wait_for_url(f"{self.address}/tasks/{task.id}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert [line for lines in self.wrong for line in lines] == []


@pytest.fixture
def walk(browser: "Browser", databases: "Databases", tmp_path: "Path") -> Iterator[Walk]:
    """青山县 on ladder A on a Monday in March, behind an address; nothing has happened."""
    settings = replace(settings_for(databases.fresh("sqlite"), tmp_path / "data"), cheap_passwords=True)
    database = county_at(settings, "qingshan_a", BEFORE_TERM)
    with database.transaction() as session:
        processes.set_clock(session, MONDAY)
        usernames: dict[int, Any] = dict(session.execute(select(people.Person.id, people.Person.username)).all())
        student_id = session.scalars(select(people.Student.id).where(people.Student.name == PUPIL)).one()
    app = create_app(settings, database)
    serving = serve(app)
    yield Walk(next(serving), browser, Player(database, MONDAY), usernames, student_id)
    next(serving, None)
    database.close()


def test_a_case_goes_from_the_first_absence_through_every_phase_to_its_closure(walk: Walk) -> None:
    try:
        live(walk)
        assert_it_is_told(walk)
    finally:
        walk.close()


def live(walk: Walk) -> None:
    """Everybody does what waits for them; when nothing does, time passes."""
    walk.call_roll()
    while walk.player.case(walk.case_id).status != "closed":
        assert walk.today < date(2027, 3, 1), f"{[task.node_id for task in walk.open_tasks()]} at {walk.today}"
        if task := walk.ready():
            walk.do(task)
            if short(task) == "SP60_T06":
                walk.back_on = walk.today + timedelta(days=3)
        else:
            walk.pass_time()
            walk.call_roll()


def assert_it_is_told(walk: Walk) -> None:
    assert walk.looked_at == set(PHASES)
    page = walk.at("gaojie")
    page.goto(f"{walk.address}/cases/{walk.case_id}")
    assert_sound(page)
    said = page.inner_text("main")
    assert "已销号" in said
    page.goto(f"{walk.address}/cases/{walk.case_id}?all=1")
    story = str(page.text_content("main"))
    for told in ("劝返：监护人拒绝", "行政处罚决定书已送达", "法院受理登记：受理", "案件销号"):
        assert told in story, f"the case does not tell of {told}"
