"""How Chinese names break into lines, and how much room they take at 14 units a character."""

from __future__ import annotations

import math
import unicodedata

SIZE = 14
LEADING = 18
TASK_LINE = 8  # characters in one line of a task box
EVENT_LINE = 6
FLOW_LINE = 8

_NOT_FIRST = "，。、；：！？）》”』」】〕％%)/·…"
_NOT_LAST = "（《“『「【〔("


def measure(text: str) -> float:
    """Width in characters: a Chinese one is 1, a Latin one a little over half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.58 for char in text)


def wrap(text: str, limit: int) -> list[str]:
    """Break into lines of about equal length, none much longer than `limit` characters."""
    lines: list[str] = []
    for paragraph in text.strip().splitlines():
        paragraph = " ".join(paragraph.split())
        if paragraph:
            count = math.ceil(measure(paragraph) / limit - 1e-9)
            lines += _even_lines(paragraph, min(limit, math.ceil(measure(paragraph) / count)), limit)
    return lines


def label_size(text: str, limit: int) -> tuple[float, float]:
    lines = wrap(text, limit)
    if not lines:
        return (0, 0)
    return (math.ceil(max(measure(line) for line in lines) * SIZE) + 2, len(lines) * LEADING)


def _even_lines(text: str, wanted: int, limit: int) -> list[str]:
    lines: list[str] = []
    rest = text
    while measure(rest) > limit or (measure(rest) > wanted and lines == []):
        cut = _cut(rest, wanted, limit)
        if cut >= len(rest):
            break
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest] if rest else lines


def _cut(text: str, wanted: int, limit: int) -> int:
    """Where the first line ends: near `wanted`, rather at a bracket or a comma, never inside a Latin word."""
    best, least = 1, math.inf
    for at in range(1, len(text) + 1):
        width = measure(text[:at])
        if width > limit:
            break
        before, after = text[at - 1], text[at : at + 1]
        cost = abs(width - wanted)
        if after and (after in _NOT_FIRST or before in _NOT_LAST):
            cost += 20
        if after and before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
            cost += 20
        if after in _NOT_LAST or before in _NOT_FIRST or after == " ":
            cost -= 1.5
        if cost <= least:
            best, least = at, cost
    return best
