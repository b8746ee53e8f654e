"""In a real browser: a teacher on a phone from the sign-in to the filed home visit; axe finds nothing."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOKED_AT = (
    *("/tasks", "/tasks?view=team", "/tasks?view=done", "/cases", "/cases/1", "/cases/1/diagrams", "/cases/1/events/explicit_refusal"),
    *("/students", "/students/7", "/processes", "/processes/SP40_admonition", "/oversight", "/me", "/imports"),
)


def enter(page: "Page", address: str, username: str) -> None:
    page.goto(f"{address}/sign-in")
    page.click(f'button[name="part"][value="{username}"]')
    page.wait_for_url(f"{address}/tasks")


def leave(page: "Page", address: str) -> None:
    page.goto(f"{address}/me")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{address}/sign-in")


def found_by_axe(page: "Page") -> list[str]:
    results: dict[str, Any] = Axe().run(page).response
    return [f"{one['id']}: {node['html'][:200]}" for one in results["violations"] for node in one["nodes"]]


def assert_sound(page: "Page") -> None:
    assert found_by_axe(page) == [], page.url
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px"


def test_a_teacher_on_a_phone_goes_from_the_roll_to_a_filed_home_visit(phone: "Page", served: str) -> None:
    enter(phone, served, "wangmin")
    call_roll(phone, served, "张二")
    phone.get_by_role("link", name="联系监护人问明原因：张二").click()
    assert_sound(phone)
    fill_contact(phone)
    phone.get_by_role("button", name="提交缺勤联系记录").click()
    assert "已提交" in phone.inner_text("main")

    phone.get_by_role("button", name="快进一天").click()
    call_roll(phone, served, "张二")
    leave(phone, served)
    arrange_visit(phone, served)
    leave(phone, served)

    enter(phone, served, "wangmin")
    phone.get_by_role("link", name="家访：张二").click()
    assert_sound(phone)
    phone.locator(".bar-do").get_by_role("button", name="提交").click()
    assert "需要补填或改正" in phone.inner_text(".summary")
    assert_sound(phone)
    fill_visit(phone)
    phone.locator(".bar-do").get_by_role("button", name="提交").click()
    assert "已提交" in phone.inner_text("main")
    assert "承诺返校" in phone.inner_text("main")
    assert_sound(phone)
    phone.get_by_role("link", name="看一生一案").click()
    assert "家访：承诺返校" in phone.inner_text("main")


def call_roll(phone: "Page", served: str, name: str) -> None:
    phone.goto(f"{served}/rolls")
    assert_sound(phone)
    box = phone.get_by_role("checkbox", name=re.compile(name))
    if not box.is_checked():
        box.tap()
    bottom = phone.locator(".roll").bounding_box()
    assert bottom is not None
    phone.locator(".bar-do").get_by_role("button").click()
    assert "已提交点名" in phone.inner_text("main")


def fill_contact(phone: "Page") -> None:
    phone.fill('[name="attempts-0-time-date"]', "2026-04-20")
    phone.fill('[name="attempts-0-time-time"]', "08:05")
    for name, value in (
        ("attempts-0-method", "电话"),
        ("attempts-0-reached", "true"),
        ("proper", "false"),
        ("result", "拒绝"),
        ("outcome", "refuses"),
    ):
        phone.check(f'[name="{name}"][value="{value}"]')
    phone.select_option('[name="cause"]', "study_weary")


def arrange_visit(phone: "Page", served: str) -> None:
    enter(phone, served, "zhoutao")
    for _ in range(6):
        if phone.get_by_role("link", name="安排家访：张二").count():
            break
        phone.get_by_role("button", name="快进到下一件到期").click()
    phone.get_by_role("link", name="安排家访：张二").click()
    for at, name in enumerate(("王敏（班主任）", "田勇（村（居）委会干部）")):
        phone.locator('select[name="visitors"]').nth(at).select_option(label=name)
    phone.select_option('[name="leader"]', label="王敏（班主任）")
    phone.locator(".bar-do").get_by_role("button", name="提交").click()
    assert "已提交" in phone.inner_text("main")


def fill_visit(phone: "Page") -> None:
    today = phone.evaluate(
        "document.querySelector('.training p').innerText.match(/(\\d+)年(\\d+)月(\\d+)日/).slice(1).map(n => n.padStart(2, '0')).join('-')"
    )
    phone.fill('[name="visit_time-date"]', today)
    phone.fill('[name="visit_time-time"]', "09:00")
    for at, name in enumerate(("王敏（班主任）", "田勇（村（居）委会干部）")):
        phone.locator('select[name="visitors"]').nth(at).select_option(label=name)
    checks = (
        ("mode", "home"),
        ("met", "学生"),
        ("met", "母"),
        ("duty_told", "true"),
        ("causes", "study_weary"),
        ("danger_flag", "false"),
        ("result", "promised"),
    )
    for name, value in checks:
        phone.check(f'[name="{name}"][value="{value}"]')
    phone.select_option('[name="primary"]', "study_weary") if phone.locator('select[name="primary"]').count() else phone.check(
        '[name="primary"][value="study_weary"]'
    )
    written = {"place": "上村三组", "pupil_view": "听不懂数学", "guardian_view": "希望孩子回校", "next_step": "明早送到校", "signs": "杨梅"}
    for name, text in written.items():
        phone.fill(f'[name="{name}"]', text)
    phone.fill('[name="promised_on"]', today)


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page(request: pytest.FixtureRequest, served_lived_in: str, width: int) -> None:
    page: Page = request.getfixturevalue("phone" if width == 390 else "page")
    page.goto(f"{served_lived_in}/sign-in")
    assert_sound(page)
    enter(page, served_lived_in, "gaojie")
    for path in LOOKED_AT:
        page.goto(served_lived_in + path)
        assert_sound(page)


def test_large_type_fits_a_phone(phone: "Page", served_lived_in: str) -> None:
    enter(phone, served_lived_in, "gaojie")
    phone.get_by_role("button", name="大字版").click()
    for path in ("/tasks", "/cases/1", "/oversight", "/students/7"):
        phone.goto(served_lived_in + path)
        assert_sound(phone)


def test_every_page_can_be_walked_with_the_keyboard(page: "Page", served_lived_in: str) -> None:
    enter(page, served_lived_in, "gaojie")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_the_viewer_opens_on_demand_where_it_was_built(page: "Page", served_lived_in: str) -> None:
    enter(page, served_lived_in, "gaojie")
    page.goto(f"{served_lived_in}/processes/SP15_home_visit")
    button = page.get_by_role("button", name="用交互方式看图")
    if not page.locator("#open-viewer").count():
        assert page.locator("#drawn svg").count() == 1
        return
    button.click()
    page.wait_for_selector(".viewer .djs-element")
    assert page.locator(".bjs-powered-by").is_visible(), "the mark of bpmn.io must stay"
