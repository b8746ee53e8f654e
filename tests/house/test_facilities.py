"""Browser and PDF converter do what the tests built on them take for granted: Chinese text, phone width, no outside world."""

import docx
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests import facilities

SENTENCE = "请于十个工作日内送适龄儿童返校复学"


def test_the_phone_is_as_wide_as_a_phone_and_reads_chinese(phone):
    phone.set_content(f'<html lang="zh-CN"><meta name="viewport" content="width=device-width"><p>{SENTENCE}</p></html>')

    expect(phone.get_by_text(SENTENCE)).to_be_visible()
    assert phone.evaluate("[innerWidth, Intl.DateTimeFormat().resolvedOptions().timeZone]") == [390, "Asia/Shanghai"]


def test_chinese_characters_have_a_font(page):
    """Characters without a font are all drawn as the same box."""
    widths = "c => { const x = document.createElement('canvas').getContext('2d'); x.font = '32px sans-serif'; x.fillText(c, 0, 40);"
    drawn = [page.evaluate(f"{widths} return x.canvas.toDataURL() }}", character) for character in "学校家"]

    assert len(set(drawn)) == 3


def test_a_printed_letter_keeps_its_words(to_pdf, tmp_path):
    letter = docx.Document()
    letter.add_paragraph(SENTENCE)
    letter.save(tmp_path / "letter.docx")

    printed = to_pdf(tmp_path / "letter.docx")

    assert SENTENCE in PdfReader(printed).pages[0].extract_text()


def test_a_page_that_asks_for_the_outside_world_is_told_on(browser):
    context = browser.new_context()
    wrong = facilities.told_on(context)
    outside = context.new_page()
    outside.set_content('<img src="https://example.com/picture.png">', wait_until="load")
    context.close()

    assert wrong[0] == "asked for https://example.com/picture.png"


@pytest.mark.parametrize("facility", ["PostgreSQL", "browser"])
def test_what_is_missing_is_named_on_a_laptop_and_fails_in_ci(facility, monkeypatch):
    monkeypatch.setattr(facilities, "IN_CI", False)
    with pytest.raises(pytest.skip.Exception, match=f"{facility} is missing here: none found"):
        facilities.missing(facility, "none found")
    monkeypatch.setattr(facilities, "IN_CI", True)
    with pytest.raises(pytest.fail.Exception, match=f"{facility} is missing here: none found"):
        facilities.missing(facility, "none found")
