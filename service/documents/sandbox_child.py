"""The process that fills in a notice. It is started alone, limits itself, and knows nothing but what stdin says.

A template is a document that somebody uploaded, and Jinja2 inside it is a program. So this file
imports nothing from the service and runs with `python -I` and an empty environment.

stdin:  one line of JSON {"fields": …, "limits": …}, then the template.
stdout: one line of JSON {"ok": true} or {"refused": kind, "names": […], "detail": …}, then the filled document.
"""

import json
import resource
import sys
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

MOST_PARTS = 300
MOST_UNPACKED = 64 * 2**20
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same fields give the same bytes: a job that runs twice makes one document


class Refused(Exception):
    """The template or its fields cannot be used; `kind` is a word the parent has a sentence for."""

    def __init__(self, kind: str, detail: str = "", names: list[str] | None = None) -> None:
        super().__init__(kind)
        self.answer: dict[str, object] = {"refused": kind, "detail": detail[:300], "names": sorted(names or [])}


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    limit(head["limits"])
    answer: dict[str, object] = {"ok": True}
    try:
        document = fill(sys.stdin.buffer.read(), head["fields"], head["limits"]["output_bytes"])
    except Refused as refused:
        answer, document = refused.answer, b""
    except MemoryError:
        answer, document = {"refused": "memory", "detail": "", "names": []}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + document)


def limit(limits: dict[str, int]) -> None:
    """Give up, for good, what filling in a document does not need."""
    for what, soft in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (soft, soft))


def fill(template: bytes, fields: dict[str, object], most: int) -> bytes:
    """The template with its fields filled in. Raises `Refused`."""
    inspect(template)
    try:
        document = DocxTemplate(BytesIO(template))
        environment = Plain()
        missing = document.get_undeclared_template_variables(environment) - fields.keys()
        if missing:
            raise Refused("missing", names=list(missing))
        document.render(fields, environment, autoescape=True)
        filled = BytesIO()
        document.save(filled)
    except (Refused, MemoryError):
        raise
    except SecurityError as error:
        raise Refused("forbidden", str(error)) from error
    except UndefinedError as error:
        raise Refused("undefined", str(error)) from error
    except TemplateSyntaxError as error:
        raise Refused("syntax", str(error)) from error
    except TemplateError as error:
        raise Refused("forbidden", str(error)) from error
    except Exception as error:  # whatever a broken document makes the libraries say is one answer to the county: broken
        raise Refused("broken", type(error).__name__) from error
    return repack(filled, most)


def inspect(template: bytes) -> None:
    """Look at the package before any library does: size, macros, DOCTYPE, parts fetched from elsewhere."""
    try:
        with ZipFile(BytesIO(template)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused("large")
            for part in parts:
                if "vbaproject" in part.filename.lower():
                    raise Refused("macro")
                if part.filename.endswith((".xml", ".rels")):
                    inspect_xml(part.filename, package.read(part))
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused("broken", type(error).__name__) from error


def inspect_xml(name: str, content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("broken", name) from error
    if "<!doctype" in text.lower() or "<!entity" in text.lower() or "\0" in text:
        raise Refused("broken", name)
    if name.endswith(".rels") and fetches(content):
        raise Refused("external", name)


def fetches(relations: bytes) -> bool:
    """Whether opening the document would load something from elsewhere (a link that waits for a click does not)."""
    try:
        root = etree.fromstring(relations, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Refused("broken", "rels") from error
    return any(
        relation.get("TargetMode", "").lower() == "external" and not relation.get("Type", "").endswith("/hyperlink") for relation in root
    )


class Plain(SandboxedEnvironment):
    """Jinja2 over plain data: fields, lists, conditions, loops. No methods, no attributes of Python objects, no functions."""

    intercepted_binops = frozenset({"*", "**", "%"})
    kept = ("join", "length", "first", "last", "trim")
    of_a_loop = frozenset({"index", "index0", "first", "last", "length", "revindex"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, finalize=printed)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in self.kept} | {"numeral": numeral}

    def getattr(self, obj: object, attribute: str) -> object:
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        if isinstance(argument, str) and argument.startswith("_"):
            raise SecurityError(argument)
        if isinstance(obj, dict) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, LoopContext) and argument in self.of_a_loop:
            return getattr(obj, str(argument))
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: object) -> bool:
        return False

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        raise SecurityError(operator)


def printed(value: object) -> object:
    """What may stand in a notice: never the word "None"."""
    if value is None:
        raise UndefinedError("an empty field was printed")
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else value


def numeral(number: object) -> str:
    """1 … 99 as official papers number their items: 一, 十二, 二十."""
    digits = "零一二三四五六七八九"
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 100:
        raise Refused("undefined", "numeral")
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def repack(document: BytesIO, most: int) -> bytes:
    packed = BytesIO()
    with ZipFile(document) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(ZipInfo(part.filename, EPOCH), old.read(part), ZIP_DEFLATED)
    if packed.tell() > most:
        raise Refused("large")
    return packed.getvalue()


if __name__ == "__main__":
    main()
