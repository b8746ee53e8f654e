"""Which running cases may go on with a new version of their diagrams."""

from collections.abc import Callable

import pytest

from service.engine import Bundle, Run, movable, read
from tests.engine.drawing import block, call, end, flow, hear, process, start, task, tasks
from tests.engine.test_running import Desk

INNER = process("Q", start("qs"), *tasks("q1", "q2", "q3"), end("qe"), flow("qs", "q1", "q2", "q3", "qe"))
WORK = block("W", start("ws"), call("c", "Q"), end("we"), flow("ws", "c", "we"))
OUTER = process(
    "P", start(), WORK, hear("b", "back", on="W"), task("after"), end(), end("e2"), flow("start", "W", "after", "end"), flow("b", "e2")
)


def bundle(change: Callable[[bytes], bytes] = lambda xml: xml) -> Bundle:
    return Bundle({"P": read(change(OUTER)), "Q": read(change(INNER))})


def running() -> bytes:
    """A case that stands at q2, inside W and c."""
    run = Run.start(bundle(), "P", Desk())
    run.complete(run.ready[0].id)
    return run.freeze()


def renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(f'"{old}"'.encode(), f'"{new}"'.encode()).replace(f">{old}<".encode(), f">{new}<".encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml,
        lambda xml: xml.replace("任务q2".encode(), "新名称".encode()),
        lambda xml: xml.replace(b"WD+5", b"WD+6"),
        renamed("q3", "q9"),
        renamed("after", "later"),
    ],
)
def test_what_lies_ahead_or_only_reads_differently_does_not_hold_a_case_back(change: Callable[[bytes], bytes]) -> None:
    new = bundle(change)
    assert movable(running(), bundle(), new) == []
    run = Run.restore(running(), new, "P", Desk())
    assert [token.node_id for token in run.ready] == ["q2"]
    run.complete(run.ready[0].id)
    assert len(run.ready) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (renamed("q2", "q8"), "“任务q2”（q2）在新版本中不存在"),
        (renamed("c", "c2"), "（c）在新版本中不存在"),
        (renamed("W", "W2"), "（W）在新版本中不存在"),
        (renamed("b", "b2"), "边界事件不同"),
    ],
)
def test_an_active_element_that_is_gone_or_changed_holds_the_case_back(change: Callable[[bytes], bytes], reason: str) -> None:
    reasons = movable(running(), bundle(), bundle(change))
    assert any(reason in one for one in reasons), reasons
