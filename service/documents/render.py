"""Filling in a notice: a Word template and plain fields give a Word document. Pure, in a process of its own.

The template decides how a notice reads, so it is written by people who may not run code here.
`sandbox_child` fills it in behind limits on time, memory and output; this side starts it, waits and explains.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event, Timer
from typing import Final

from service import clock
from service.errors import Invalid, ServiceError, Unavailable

LARGEST_TEMPLATE: Final = 10 * 2**20

_CHILD: Final = Path(__file__).with_name("sandbox_child.py")
_LONGEST_ANSWER: Final = 2**16
# What XML 1.0 cannot hold: control characters, lone surrogates, non-characters.
_DELETED: Final = dict.fromkeys([*set(range(32)) - {ord("\t"), ord("\n")}, 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_EXCEEDED: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT})

_REFUSALS: Final = {
    "forbidden": "文书模板含有不允许的写法，已停止生成",
    "undefined": "文书模板用到的内容为空或不存在",
    "syntax": "文书模板的合并域写法有误",
    "broken": "文书模板不是有效的Word文档（docx）",
    "large": "文书模板或生成的文书过大",
    "macro": "文书模板不能含有宏",
    "external": "文书模板不能引用外部内容",
    "memory": "文书模板占用内存过多，已停止生成",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. Far above any honest notice; far below what hurts the machine."""

    cpu_seconds: int = 10
    wall_seconds: int = 60
    memory_bytes: int = 640 * 2**20
    output_bytes: int = 20 * 2**20


HONEST: Final = Limits()


def render(template: Path, fields: Mapping[str, object], limits: Limits = HONEST) -> bytes:
    """The filled-in document (docx). Equal templates and fields give equal bytes.

    Values are text, numbers, True/False (是/否), dates (written as 2026年3月16日), lists and mappings of these; an
    optional field is None and guarded by `{% if %}` in the template. Every field that the template names must be there.
    Raises `Invalid` for a template or fields that cannot be used, `Unavailable` when a later try may work.
    """
    content = _read(template)
    head = json.dumps({"fields": {key: _plain(value) for key, value in fields.items()}, "limits": asdict(limits)})
    answer, document = _ask(head.encode() + b"\n" + content, limits)
    if answer.get("ok") is not True:
        raise _refusal(template.name, answer)
    return document


def _read(template: Path) -> bytes:
    try:
        with template.open("rb") as file:
            content = file.read(LARGEST_TEMPLATE + 1)
    except OSError as error:
        raise Unavailable(f"找不到文书模板“{template.name}”") from error
    if len(content) > LARGEST_TEMPLATE:
        raise Invalid(_REFUSALS["large"])
    return content


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value.translate(_DELETED)
        case datetime():
            local = value.astimezone(clock.LOCAL)
            return f"{_chinese_date(local)}{local.hour}时{local.minute:02}分"
        case date():
            return _chinese_date(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [_plain(item) for item in value]
    raise TypeError(f"a notice cannot show a {type(value).__name__}")


def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _ask(question: bytes, limits: Limits) -> tuple[dict[str, object], bytes]:
    """Run the child. It reads everything before it writes, so one pipe after the other cannot block."""
    late = Event()
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/") as child:  # noqa: S603  # fixed command
        assert child.stdin and child.stdout
        watch = Timer(limits.wall_seconds, _give_up, (child, late))
        watch.daemon = True
        watch.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(question)
                child.stdin.close()
            reply = child.stdout.read(_LONGEST_ANSWER + limits.output_bytes + 1)
            if len(reply) > _LONGEST_ANSWER + limits.output_bytes:
                child.kill()
            code = child.wait()
        finally:
            child.kill()
            watch.cancel()
    if late.is_set():
        raise Unavailable("文书生成超时，请稍后再试")
    if code in _EXCEEDED:
        raise Invalid("文书模板运算过多，已停止生成")
    return _understood(reply)


def _give_up(child: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    child.kill()


def _understood(reply: bytes) -> tuple[dict[str, object], bytes]:
    head, _, document = reply.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable("文书生成程序没有应答，请稍后再试")
    return answer, document


def _refusal(name: str, answer: Mapping[str, object]) -> ServiceError:
    names = answer.get("names")
    if answer.get("refused") == "missing" and isinstance(names, list):
        return Invalid(f"文书“{name}”缺少内容：{'、'.join(map(str, names))}", {str(key): ["缺少"] for key in names})
    message = _REFUSALS.get(str(answer.get("refused")))
    if message is None:
        return Unavailable("文书生成程序没有应答，请稍后再试")
    return Invalid(f"{message}（{name}）")
