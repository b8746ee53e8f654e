"""Every page for every role: it renders, weighs little, speaks Chinese, carries no inline style or script, labels its fields."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from service import people
from service.access import ROLE_NAMES
from tests.web.browsing import Page, Visitor

if TYPE_CHECKING:
    from flask import Flask

HEAVIEST = 60_000
PER_FAMILY = 2
"""How many pages of one kind each role opens."""

CAST = {
    "class_teacher": "wangmin",
    "county_kcbx_officer": "gaojie",
    "school_kcbx_officer": "lijing",
    "vice_principal": "zhoutao",
    "township_head": "majian",
    "legal_reviewer": "lintao",
    "auditor": "wanqing",
}


def somebody_in(app: "Flask", role: str) -> str:
    """Who plays a role; of the story where it has a name for it."""
    if role in CAST:
        return CAST[role]
    with app.extensions["desk"].database.reading() as session:
        found = session.scalars(
            select(people.Person.username)
            .join(people.Appointment, people.Appointment.person_id == people.Person.id)
            .where(people.Appointment.role == role)
            .order_by(people.Person.id)
        ).first()
    if found is None:
        pytest.skip(f"nobody in the county is {role}")
    return str(found)


def crawl(visitor: Visitor) -> Iterator[Page]:
    """The pages that links lead to from the inbox, a few of each kind."""
    waiting, seen, families = ["/tasks"], set(), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        family = re.sub(r"\d+", "N", re.sub(r"/processes/[^/?]+", "/processes/K", path.partition("?")[0]))
        if path in seen or families[family] >= PER_FAMILY:
            continue
        seen.add(path)
        families[family] += 1
        page = visitor.get(path)
        yield page
        if page.status == 200 and page.headers["Content-Type"].startswith("text/html"):
            waiting += [href.partition("#")[0] for href, _ in page.read.links if href.startswith("/")]


@pytest.mark.parametrize("role", sorted(ROLE_NAMES))
def test_every_page_a_role_reaches_is_sound(lived_in: "Flask", role: str) -> None:
    pages = list(crawl(Visitor(lived_in).sign_in(somebody_in(lived_in, role))))

    assert len(pages) >= 10
    for page in pages:
        assert page.status in {200, 303}, f"{role}: {page.path} answered {page.status}"
        assert len(page.raw) <= HEAVIEST, f"{page.path} weighs {len(page.raw)} bytes"
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        assert page.read.inline == [], f"{page.path}: {page.read.inline[:3]}"
        assert page.read.english == [], f"{page.path} says {page.read.english[:8]}"
        assert unlabelled(page) == [], page.path


def unlabelled(page: Page) -> list[str]:
    """Controls that no label, legend or aria-label names."""
    return [
        str(control)
        for control in page.read.controls
        if control.get("type") != "hidden"
        and control.get("id", "?") not in page.read.labels
        and "aria-label" not in control
        and "label" not in control["inside"].split()
    ]


def test_a_first_visit_with_its_style_sheet_stays_below_sixty_kilobytes(lived_in: "Flask") -> None:
    visitor = Visitor(lived_in).sign_in("wangmin")
    page = visitor.get("/tasks")
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)

    weight = len(page.raw) + sum(len(visitor.get(part.replace("&amp;", "&")).raw) for part in parts)

    assert parts
    assert weight <= HEAVIEST, f"{weight} bytes"


def test_masked_roles_read_no_names(lived_in: "Flask") -> None:
    for role in ("joint_office", "inspector", "auditor"):
        visitor = Visitor(lived_in).sign_in(somebody_in(lived_in, role))
        for page in crawl(visitor):
            if page.headers["Content-Type"].startswith("text/html"):
                assert "吴七" not in page.said, f"{role} reads a name on {page.path}"
                assert "秦己" not in page.said, f"{role} reads a name on {page.path}"
