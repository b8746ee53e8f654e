"""Notices: what they say, what a field may hold, and what a hostile template gets (a refusal, soon)."""

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from service.documents.render import Limits, render
from service.errors import Invalid, Unavailable

NOTICES = Path(__file__).parents[2] / "forms" / "notices"
GOLDEN = Path(__file__).parent / "golden"
TIGHT = Limits(cpu_seconds=3, wall_seconds=20)


def _text(document: bytes) -> str:
    body = Document(BytesIO(document))
    lines = [paragraph.text for paragraph in body.paragraphs]
    rows = ["｜".join(dict.fromkeys(cell.text for cell in row.cells)) for table in body.tables for row in table.rows]
    return "\n".join(line for line in [*lines, *rows] if line.strip()) + "\n"


@pytest.fixture
def written(tmp_path):
    """A template that says these lines."""

    def write(*lines: str) -> Path:
        document = Document()
        for line in lines:
            document.add_paragraph(line)
        document.save(tmp_path / "letter.docx")
        return tmp_path / "letter.docx"

    return write


def _with_part(template: Path, name: str, content: bytes) -> Path:
    """The template with one part added or replaced."""
    with zipfile.ZipFile(template) as old:
        parts = {part: old.read(part) for part in old.namelist()} | {name: content}
    with zipfile.ZipFile(template, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part, data)
    return template


def test_the_return_notice_reads_as_agreed(return_notice):
    assert _text(render(NOTICES / "D02.docx", return_notice)) == (GOLDEN / "D02.txt").read_text("utf-8")


def test_the_order_reads_as_agreed(order):
    assert _text(render(NOTICES / "D03.docx", order)) == (GOLDEN / "D03.txt").read_text("utf-8")


def test_the_order_names_both_remedies(order):
    text = _text(render(NOTICES / "D03.docx", order))

    assert "六十日内，向青山县人民政府申请行政复议" in text
    assert "六个月内，直接向青山县人民法院提起行政诉讼" in text


def test_the_guardian_s_id_number_stands_on_the_filed_copy_only(order):
    number = "110101198001010018"

    assert number in _text(render(NOTICES / "D03.docx", order | {"guardian_id_number": number}))
    assert "公民身份号码" not in _text(render(NOTICES / "D03.docx", order))


@pytest.mark.parametrize("name", ["D02", "D03"])
def test_every_field_of_a_notice_is_listed_for_its_writers(name, return_notice, order):
    readme = (NOTICES / "README.md").read_text("utf-8")

    assert [field for field in {"D02": return_notice, "D03": order}[name] if f"`{field}`" not in readme] == []


def test_a_page_is_a4(return_notice):
    section = Document(BytesIO(render(NOTICES / "D02.docx", return_notice))).sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_a_notice_without_a_field_is_not_written_and_all_gaps_are_named(order):
    del order["court"], order["review_body"]

    with pytest.raises(Invalid, match="court、review_body") as refused:
        render(NOTICES / "D03.docx", order)
    assert set(refused.value.fields) == {"court", "review_body"}


def test_an_empty_field_is_never_printed_as_none(order):
    with pytest.raises(Invalid, match="为空"):
        render(NOTICES / "D03.docx", order | {"court": None})


def test_the_same_fields_give_the_same_bytes(order):
    assert render(NOTICES / "D03.docx", order) == render(NOTICES / "D03.docx", order)


def test_what_a_field_holds_is_text_and_never_a_template_or_markup(written):
    hostile = '{{ secret }} {% for %} <w:br/> & "quoted" ]]> \x00\x0b\x0c\ud800\U0001f600'

    text = _text(render(written("say {{ words }} end"), {"words": hostile, "secret": "never"}))

    assert text == 'say {{ secret }} {% for %} <w:br/> & "quoted" ]]> \U0001f600 end\n'


def test_dates_truth_lists_and_lines_are_written_as_people_do(written):
    template = written(
        "{{ day }} {{ at }} {{ yes }} {{ amount }}", "{%p for row in rows %}", "{{ loop.index | numeral }}、{{ row.name }}", "{%p endfor %}"
    )
    fields = {
        "day": date(2026, 3, 5),
        "at": datetime(2026, 3, 5, 1, 5, tzinfo=UTC),
        "yes": True,
        "amount": 300,
        "rows": [{"name": "家访\n记录"}, {"name": "送达回证"}],
    }

    assert _text(render(template, fields)) == "2026年3月5日 2026年3月5日9时05分 是 300\n一、家访\n记录\n二、送达回证\n"


def test_a_value_that_is_no_data_is_a_bug(written):
    with pytest.raises(TypeError):
        render(written("{{ x }}"), {"x": object()})


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ x.__init__.__globals__ }}",
        "{{ x|attr('__class__') }}",
        "{{ rows.append(1) }}",
        "{{ x.upper() }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ '%s' % x }}",
        "{{ self.__dict__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum }}",
        "{{ range(10) }}",
        "{{ namespace(a=1) }}",
        "{{ loop.cycle('a') }}",
        "{%p for a in rows %}{{ loop.__class__ }}{%p endfor %}",
        "{{ rows|map(attribute='__class__')|list }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{% extends x %}",
        "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{{ m() }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' * 10 ** 10 }}",
        "{{ 'a' * 2000000000 }}",
        "{{ 1 / 0 }}",
        "{{ x",
        "{% for %}",
    ],
)
def test_a_template_that_reaches_for_more_than_its_fields_is_refused(written, attack):
    with pytest.raises(Invalid, match="文书"):
        render(written(attack), {"x": "text", "rows": ["a"]}, TIGHT)


def test_an_endless_template_is_stopped(written):
    loops = "".join(f"{{% for {name} in rows %}}" for name in "abcdefgh") + "x" + "{% endfor %}" * 8

    with pytest.raises(Invalid, match=r"运算过多|内存过多"):
        render(written(loops), {"rows": list(range(99))}, Limits(cpu_seconds=2, wall_seconds=20))


def test_a_template_that_swallows_memory_is_stopped(written):
    doubled = "{% set a = rows | join('xxxxxxxxxxxxxxxx') %}" + "{% set a = a ~ a ~ a ~ a %}" * 12 + "{{ a }}"

    with pytest.raises(Invalid, match=r"内存过多|运算过多"):
        render(written(doubled), {"rows": list(range(99))}, TIGHT)


def test_a_deeply_nested_template_does_not_take_the_service_down(written):
    with pytest.raises(Invalid):
        render(written("{{ " + "(" * 20000 + "x" + ")" * 20000 + " }}"), {"x": "1"}, TIGHT)


def test_a_template_that_takes_too_long_may_be_tried_again(written):
    with pytest.raises(Unavailable, match="超时"):
        render(written("{{ x }}"), {"x": "1"}, Limits(wall_seconds=0))


def test_too_long_a_document_is_refused(written):
    with pytest.raises(Invalid, match="过大"):
        render(written("{{ x }}"), {"x": "1"}, Limits(output_bytes=1000))


def test_a_document_with_a_macro_is_refused(written):
    with pytest.raises(Invalid, match="宏"):
        render(_with_part(written("hello"), "word/vbaProject.bin", b"macro"), {})


def test_a_document_that_would_fetch_from_elsewhere_is_refused(written):
    template = written("hello")
    with zipfile.ZipFile(template) as package:
        relations = package.read("word/_rels/document.xml.rels")
    spy = b'<Relationship Id="rId99" Type="http://x/image" Target="http://spy.example/a.png" TargetMode="External"/></Relationships>'

    with pytest.raises(Invalid, match="外部内容"):
        render(_with_part(template, "word/_rels/document.xml.rels", relations.replace(b"</Relationships>", spy)), {})


def test_entities_are_refused_in_every_part(written):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'

    for encoded in (bomb, bomb.decode().encode("utf-16")):
        with pytest.raises(Invalid, match="不是有效的"):
            render(_with_part(written("hello"), "word/styles.xml", encoded), {})


def test_a_package_that_unpacks_to_too_much_is_refused(written):
    with pytest.raises(Invalid, match="过大"):
        render(_with_part(written("hello"), "word/media/zeros.bin", bytes(70 * 2**20)), {})


def test_what_is_not_a_word_document_is_refused(tmp_path):
    (tmp_path / "x.docx").write_bytes(b"not a document")

    with pytest.raises(Invalid, match="Word"):
        render(tmp_path / "x.docx", {})
    with pytest.raises(Unavailable, match="找不到"):
        render(tmp_path / "none.docx", {})


def test_the_environment_and_the_working_folder_are_not_handed_on(written, monkeypatch, tmp_path):
    """A module planted in the working folder or by PYTHONPATH must not be what the child imports."""
    (tmp_path / "jinja2.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert _text(render(written("hello {{ x }}"), {"x": "there"})) == "hello there\n"
