"""What a benchmark reports, and how it is shown."""

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

ORDER = ("database", "what", "value", "against", "target", "")


@dataclass(frozen=True)
class Figure:
    """One measured value. `against` names the baseline, `most` is what the value may be at most (None: no target)."""

    database: str
    what: str
    value: float
    unit: str = ""
    against: str = ""
    most: float | None = None

    @property
    def met(self) -> bool:
        return self.most is None or self.value <= self.most

    @property
    def cells(self) -> tuple[str, ...]:
        target = "" if self.most is None else f"≤ {_number(self.most)}{self.unit}"
        verdict = "" if self.most is None else "met" if self.met else "MISSED"
        return self.database, self.what, f"{_number(self.value)}{self.unit}", self.against, target, verdict


@dataclass(frozen=True)
class Part:
    """One benchmark: its figures, and whatever evidence stands under them (plans, explanations)."""

    title: str
    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def ms(seconds: Iterable[float]) -> float:
    """The median of some durations in milliseconds."""
    return median(seconds) * 1000


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    rows = [ORDER, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(ORDER))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def document(parts: Sequence[Part], command: str, versions: Iterable[str]) -> str:
    """RESULTS.md: what was run, on what, and what came out."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(versions)}"
    head = [
        "# Results",
        "",
        f"`{command}` on {machine}. Durations are medians; a ratio compares with a baseline taken in the same run on the same disk.",
        "",
    ]
    body = [line for part in parts for line in (f"## {part.title}", "", table(part.figures), "", *_notes(part))]
    return "\n".join([*head, *body]).rstrip() + "\n"


def _notes(part: Part) -> Sequence[str]:
    return [line for note in part.notes for line in (note, "")]


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


Bench = Callable[[bool], Part]
"""Given whether to be short."""
