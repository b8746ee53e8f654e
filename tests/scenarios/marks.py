"""Assertions that wait for their part of the product, kept by name until it is switched on.

The marks of the stories are `ledgers`, `indicators`, `routines`, `studio` and `papers`. Two more are
ours, for stories whose parts come later: `escalations` (reminders, fallbacks, overdue steps) and
`causes` (the cause processes with forms of their own). `ACCEPTANCE_MARKS=ledgers,papers` switches on.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

KNOWN = frozenset({"ledgers", "indicators", "routines", "studio", "papers", "escalations", "causes"})
BUILT: frozenset[str] = frozenset()
"""Marks whose part exists; add one here in the commit that builds it."""

_pending: dict[str, None] = {}


def drain() -> list[str]:
    """`[mark] story: assertion` for what was met since the last call; the report of a test carries it away."""
    names = list(_pending)
    _pending.clear()
    return names


def is_on(mark: str) -> bool:
    if mark not in KNOWN:
        raise ValueError(f"unknown mark [{mark}]")
    asked = frozenset(filter(None, os.environ.get("ACCEPTANCE_MARKS", "").split(",")))
    return mark in BUILT | asked


def later(mark: str, name: str, check: Callable[[], None]) -> None:
    """Run the check where its part exists; otherwise list it as pending."""
    if is_on(mark):
        check()
    else:
        _pending[f"[{mark}] {name}"] = None


def whole_story(mark: str, name: str) -> None:
    """Skip a story whose part does not exist yet, and list it as pending."""
    if not is_on(mark):
        _pending[f"[{mark}] {name}"] = None
        pytest.skip(f"pending [{mark}]: {name}")


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Put the place in the story before the message of whatever fails inside."""
    try:
        yield
    except AssertionError as problem:
        raise AssertionError(f"{where}: {problem}") from problem
