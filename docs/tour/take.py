"""Takes the pictures of the five-minute tour in README.md from a running demo.

    DATA_DIR=/tmp/tour make run                            # in one terminal: a demo of its own, for the clock is moved
    .venv/bin/python docs/tour/take.py http://127.0.0.1:8000   # in another, with the address that it prints

The clock goes on to half past eight on the next school day. Pictures are reduced to 128 colours, which keeps each
below 200 kB. Needs an installed Chromium (the variable CHROMIUM names another).
"""

import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
COLOURS = 128
HEAVIEST = 200_000
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
LOCAL = ZoneInfo("Asia/Shanghai")


def main(address: str) -> None:
    """Take all pictures."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        sys.exit("no Chromium found; name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--disable-gpu", "--no-sandbox"], env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        take(browser, address, "sign-in", "", DESK, lambda _: None)
        go_to_a_school_morning(browser, address)
        take(browser, address, "roll", "wangmin", PHONE, roll)
        take(browser, address, "inbox", "wangmin", DESK, lambda _: None)
        take(browser, address, "task", "wangmin", PHONE, first_task)
        take(browser, address, "case", "gaojie", DESK, oldest_case)
        take(browser, address, "diagram", "gaojie", DESK, diagram)
        take(browser, address, "late", "gaojie", DESK, lambda page: _open(page, "/oversight"))
        browser.close()


def take(browser: Browser, address: str, name: str, username: str, size: ViewportSize, show: Callable[[Page], None]) -> None:
    """One picture, as somebody sees a page; nobody is the visitor at the door."""
    page = enter(browser, address, username, size)
    show(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    target = HERE / f"{name}.png"
    picture.save(target, optimize=True)
    page.context.close()
    weight = target.stat().st_size
    sys.stdout.write(f"{target.name}: {picture.width} × {picture.height}, {weight // 1000} kB\n")
    if weight > HEAVIEST:
        sys.exit(f"{target.name} is too heavy")


def enter(browser: Browser, address: str, username: str, size: ViewportSize) -> Page:
    """A browser of somebody's own, signed in."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=address, viewport=size, is_mobile=size is PHONE)
    page = context.new_page()
    page.goto("/sign-in")
    if username:
        page.click(f'button[name="part"][value="{username}"]')
        page.wait_for_url("**/tasks")
    return page


def go_to_a_school_morning(browser: Browser, address: str) -> None:
    """Move the clock to half past eight, on the first day from today or later on which a class calls its roll."""
    page = enter(browser, address, "wangmin", DESK)
    for _ in range(100):
        now = datetime.fromisoformat(page.request.get("/api/v1/sandbox/clock").json()["now"]).astimezone(LOCAL)
        morning = now.replace(hour=8, minute=30, second=0, microsecond=0) + timedelta(days=now.time() > time(8, 30))
        page.request.post("/api/v1/sandbox/clock", data={"now": morning.isoformat()}, timeout=600_000)
        _open(page, "/rolls")
        if page.locator(".roll").count():
            break
    page.context.close()


def roll(page: Page) -> None:
    """Two are not there; nothing is submitted."""
    _open(page, "/rolls")
    for box in page.get_by_role("checkbox", checked=False).all()[3:12:6]:
        box.check()
    page.evaluate("scrollTo(0, 0)")


def first_task(page: Page) -> None:
    """What is most urgent."""
    page.locator(".job a.go").first.click()


def oldest_case(page: Page) -> None:
    """The case that has come farthest."""
    _open(page, "/cases/1")


def diagram(page: Page) -> None:
    """The same case on its diagram, where it stands now."""
    _open(page, "/cases/1/diagrams")
    page.locator(".bpmn g.here").first.evaluate("one => one.scrollIntoView({block: 'center', inline: 'center'})")


def _open(page: Page, path: str) -> None:
    answer = page.goto(path)
    if answer is None or not answer.ok:
        sys.exit(f"{path} did not open")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.match(r"https?://", sys.argv[1]):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"))
