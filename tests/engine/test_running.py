"""How a run behaves: time, messages, holds, joins, interruptions, budgets, threads, and what is stored of it.

Where the bare library goes wrong, the test names the fault that our specs repair.
"""

import itertools
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from service import clock
from service.engine import (
    AmbiguousMessage,
    Bundle,
    ExpressionError,
    Node,
    Run,
    Scalar,
    StepBudgetExceeded,
    TokenGone,
    read,
)
from service.engine import bundle as bundling
from service.engine.freezing import UnknownState
from service.errors import Conflict
from tests.engine.drawing import (
    Part,
    at,
    block,
    call,
    caught,
    choice,
    end,
    first_event,
    flow,
    fork,
    hear,
    merge,
    operation,
    process,
    start,
    task,
    tasks,
)

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


class Desk:
    """A world of its own: `+n` as due rule means n days from now, an operation is written down."""

    def __init__(self, **facts: Scalar) -> None:
        self.facts: dict[str, Scalar] = facts
        self.now = NOON
        self.done: list[str] = []
        self.hold = False

    def call(self, name: str, args: list[Scalar]) -> Scalar:
        return (clock.local_date(self.now) + timedelta(days=int(args[0] or 0))).isoformat()

    def due(self, rule: str) -> datetime:
        return self.now + timedelta(days=int(rule))

    def operate(self, name: str, node: Node) -> None:
        if name == "refuse":
            raise Conflict("现在不行")
        self.done.append(f"{name}@{(self.now - NOON).days}")

    def held(self, statutory: bool) -> bool:
        return self.hold and not statutory


class Table:
    """One run at a desk, frozen and restored between any two moves."""

    def __init__(self, *parts: Part, others: Mapping[str, bytes] | None = None, **facts: Scalar) -> None:
        files = {"P": process("P", *parts), **(others or {})}
        self.bundle = Bundle({key: read(xml) for key, xml in files.items()})
        self.desk = Desk(**facts)
        self.run = Run.start(self.bundle, "P", self.desk)

    def again(self) -> Run:
        self.run = Run.restore(self.run.freeze(), self.bundle, "P", self.desk)
        return self.run

    def do(self, *ids: str) -> None:
        for id in ids:
            run = self.again()
            run.complete(next(token.id for token in run.ready if token.node_id == id))

    def wait(self, days: float) -> None:
        self.desk.now += timedelta(days=days)
        self.again().tick()

    def say(self, message: str, everyone: bool = False) -> list[str]:
        return self.again().deliver(message, everyone)

    @property
    def open(self) -> list[str]:
        return sorted(token.node_id for token in self.again().ready)


# ------------------------------------------------------------------ steps


def test_a_step_runs_to_the_next_thing_that_waits_and_says_where_it_went() -> None:
    table = Table(start(), task("a"), operation("o", "note"), task("b"), end(), flow("start", "a", "o", "b", "end"))
    run = table.again()
    token = run.ready[0]
    run.complete(token.id)
    assert [(visit.node_id, visit.kind) for visit in run.trail] == [("a", "left"), ("o", "entered"), ("o", "left"), ("b", "entered")]
    assert table.desk.done == ["note@0"]
    assert table.open == ["b"]
    with pytest.raises(TokenGone):
        run.complete(token.id)


def test_a_token_keeps_its_id_as_long_as_its_task_is_open() -> None:
    table = Table(start(), *fork("f"), *tasks("a", "b"), end(), end("e2"), flow("start", "f", "a", "end"), flow("f", "b", "e2"))
    before = {token.node_id: token.id for token in table.run.ready}
    table.do("a")
    assert {token.node_id: token.id for token in table.run.ready} == {"b": before["b"]}


def test_a_completed_run_has_nothing_left() -> None:
    table = Table(start(), task("a"), end(), flow("start", "a", "end"))
    assert not table.run.completed
    table.do("a")
    run = table.again()
    assert (run.completed, run.ready, run.active, run.waits, run.next_due, run.phases) == (True, [], [], [], None, set())


def test_what_an_operation_raises_comes_out_as_it_is() -> None:
    table = Table(start(), task("a"), operation("o", "refuse"), end(), flow("start", "a", "o", "end"))
    with pytest.raises(Conflict, match="现在不行"):
        table.do("a")


def test_phases_and_paths_name_calls_and_blocks() -> None:
    inner = process(
        "Q", start("qs"), block("B", start("bs"), task("t"), end("be"), flow("bs", "t", "be")), end("qe"), flow("qs", "B", "qe")
    )
    table = Table(
        start(),
        block("W", start("ws"), call("c", "Q"), end("we"), flow("ws", "c", "we")),
        end(),
        flow("start", "W", "end"),
        others={"Q": inner},
    )
    run = table.again()
    assert run.phases == {"P", "Q"}
    assert [token.phase for token in run.ready] == ["Q"]
    assert run.active == ["W", "W/c", "W/c/B", "W/c/B/t"]


# ------------------------------------------------------------------ time


def test_a_date_means_the_close_of_business_and_an_instant_itself() -> None:
    def due(text: str) -> Any:
        return Table(start(), at("t", text), end(), flow("start", "t", "end")).run.next_due

    assert due("=today(3)") == datetime(2026, 9, 4, 9, 30, tzinfo=UTC)
    assert due("='2026-09-04T08:00'") == datetime(2026, 9, 4, 0, 0, tzinfo=UTC)
    assert due("='2026-09-04T08:00:00+00:00'") == datetime(2026, 9, 4, 8, 0, tzinfo=UTC)
    assert due("2") == NOON + timedelta(days=2)
    for nonsense in ("=nobody_set_this", "=5", "='tomorrow'"):
        with pytest.raises(ExpressionError):
            due(nonsense)


def test_timers_fire_in_due_order_each_at_its_own_instant() -> None:
    """The library fires in the order of creation and starts what follows at the end of the pause."""
    ten = flow("start", "f", "t10", "o10", "end")
    three = flow("f", "t3", "o3", "t2", "o5", "e2")
    notes = [operation(f"o{day}", "note") for day in (3, 5, 10)]
    table = Table(start(), *fork("f"), at("t10", "10"), at("t3", "3"), at("t2", "2"), *notes, end(), end("e2"), ten, three)
    table.wait(30)
    assert table.desk.done == ["note@3", "note@5", "note@10"]
    assert table.desk.now == NOON + timedelta(days=30)
    assert table.again().completed


def test_the_first_event_wins_even_if_both_have_happened() -> None:
    """The library follows both branches when a message comes after the instant but before the tick."""
    body: list[Part] = [start(), first_event("g"), hear("m", "paper"), at("t", "5"), *tasks("a", "b"), end(), end("e2")]
    table = Table(*body, flow("start", "g", "m", "a", "end"), flow("g", "t", "b", "e2"))
    table.desk.now += timedelta(days=6)
    assert table.say("paper") == ["m"]
    assert table.open == ["a"]
    table = Table(*body, flow("start", "g", "m", "a", "end"), flow("g", "t", "b", "e2"))
    table.wait(6)
    assert (table.open, table.say("paper")) == (["b"], [])


def test_a_hold_stops_work_timers_but_not_statutory_ones() -> None:
    body: list[Part] = [start(), *fork("f"), at("work", "10"), at("law", "10", statutory=True), *tasks("a", "b"), end(), end("e2")]
    table = Table(*body, flow("start", "f", "work", "a", "end"), flow("f", "law", "b", "e2"))
    table.wait(4)
    table.desk.hold = True
    table.wait(20)
    assert table.open == ["b"]
    assert table.again().next_due is None
    table.desk.hold = False
    table.run.postpone(timedelta(days=20))
    assert table.again().next_due == NOON + timedelta(days=30)
    table.wait(5)
    assert table.open == ["b"]
    table.wait(1)
    assert table.open == ["a", "b"]


# ------------------------------------------------------------------ messages and interruption


def test_a_message_goes_to_the_one_place_that_waits() -> None:
    body: list[Part] = [start(), *fork("f"), hear("c1", "m"), hear("c2", "m"), *tasks("a", "b"), end(), end("e2")]
    table = Table(*body, flow("start", "f", "c1", "a", "end"), flow("f", "c2", "b", "e2"))
    assert table.run.hears("m")
    assert not table.run.hears("other")
    assert table.say("other") == []
    with pytest.raises(AmbiguousMessage, match="c1、c2"):
        table.say("m")
    assert table.say("m", everyone=True) == ["c1", "c2"]
    assert table.open == ["a", "b"]
    assert table.say("m") == []


def test_a_message_for_everyone_passes_over_who_it_has_just_cancelled() -> None:
    inner = block("B", start("bs"), hear("inside", "m"), task("never"), end("be"), flow("bs", "inside", "never", "be"))
    table = Table(
        start(),
        inner,
        end(),
        hear("around", "m", on="B"),
        task("after"),
        end("e2"),
        flow("start", "B", "end"),
        flow("around", "after", "e2"),
    )
    heard = table.say("m", everyone=True)
    assert (heard, table.open) == ([["B", "inside"][1], "around"], ["after"])


def test_an_interruption_reaches_every_depth_again_and_again() -> None:
    inner = process(
        "I",
        start("is"),
        *fork("ig"),
        *tasks("i1", "i2"),
        at("it", "5"),
        end("ie"),
        end("ie2"),
        flow("is", "ig", "i1", "it", "ie"),
        flow("ig", "i2", "ie2"),
    )
    middle = process("M", start("ms"), task("m1"), call("mc", "I"), end("me"), flow("ms", "m1", "mc", "me"))
    body: list[Part] = [start(), *merge("x"), call("cc", "M"), hear("b", "back", on="cc"), task("place"), end()]
    table = Table(*body, flow("start", "x", "cc", "end"), flow("b", "place", "x"), others={"M": middle, "I": inner})
    sizes = set()
    for _ in range(5):
        table.do("m1", "i1")
        assert table.again().waits == ["b", "it"]
        run = table.again()
        assert run.deliver("back") == ["b"]
        assert {visit.node_id for visit in run.trail if visit.kind == "cancelled"} == {"cc", "mc", "i2", "it"}
        assert (table.open, table.run.waits, table.run.phases) == (["place"], [], {"P"})
        sizes.add(len(table.run.freeze()))
        table.wait(30)
        table.do("place")
    assert len(sizes) == 1


def test_an_error_end_leaves_a_parallel_block_at_once() -> None:
    """Nothing of the block runs on in the same step, and no other block hears the error."""
    inner = process("I", start("is"), task("i1"), end("ix", error="x"), flow("is", "i1", "ix"))
    left = block("L", start("ls"), *fork("lf"), call("c", "I"), operation("o", "late"), task("l1"), end("le"), end("le2"))
    left.extend([*flow("ls", "lf", "c", "o", "le"), *flow("lf", "l1", "le2")])
    right = block("R", start("rs"), task("r1"), end("re"), flow("rs", "r1", "re"))
    body: list[Part] = [start(), *fork("f"), left, right, caught("lb", "x", on="L"), caught("rb", "x", on="R"), *tasks("redo", "wrong")]
    ends: list[Part] = [end("e1"), end("e2"), end("e3"), end("e4")]
    ways: list[Part] = [flow("start", "f", "L", "e1"), flow("f", "R", "e2"), flow("lb", "redo", "e3"), flow("rb", "wrong", "e4")]
    table = Table(*body, *ends, *ways, others={"I": inner})
    assert table.open == ["i1", "l1", "r1"]
    table.do("i1")
    assert (table.open, table.desk.done) == (["r1", "redo"], [])


def test_the_last_token_of_a_block_may_be_its_error_end() -> None:
    body: list[Part] = [start(), block("B", start("bs"), task("t"), end("bx", error="x"), flow("bs", "t", "bx")), caught("b", "x", on="B")]
    table = Table(*body, *tasks("wrong", "right"), end(), end("e2"), flow("start", "B", "wrong", "end"), flow("b", "right", "e2"))
    table.do("t")
    assert table.open == ["right"]
    assert table.again().active == ["right"]


def test_a_terminate_end_takes_the_loop_beside_it_along() -> None:
    ladder = block("L", start("ls"), *fork("lf"), task("a"), end("lt", terminate=True), *merge("lm"), at("t30", "30"), task("t9"))
    ladder.extend([*flow("ls", "lf", "a", "lt"), *flow("lf", "lm", "t30", "t9", "lm")])
    table = Table(start(), ladder, task("z"), end(), flow("start", "L", "z", "end"))
    sizes = []
    for _ in range(200):
        table.wait(31)
        table.do("t9")
        sizes.append(len(table.run.freeze()))
    assert max(sizes) == min(sizes) < 700
    table.do("a")
    assert (table.open, table.again().waits) == (["z"], [])


def test_a_boundary_that_does_not_interrupt_goes_on_listening() -> None:
    """The library's hears one message and is deaf after it. We refuse to publish it, but run it right."""
    body: list[Part] = [
        start(),
        task("a"),
        end(),
        hear("b", "claim", on="a", interrupting=False),
        task("c"),
        end("e2"),
        flow("b", "c", "e2"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundling, "unrunnable", lambda diagram: [])
        table = Table(*body, flow("start", "a", "end"))
    for count in (1, 2, 3):
        assert table.say("claim") == ["b"]
        assert table.open == ["a", *["c"] * count]
    table.do("a")
    assert (table.say("claim"), table.open) == ([], ["c", "c", "c"])


# ------------------------------------------------------------------ joins


@pytest.mark.parametrize("beside", [False, True])
def test_a_join_in_a_loop_counts_each_arrival_once(beside: bool) -> None:
    """The library counts arrivals of earlier passes: 14 of these 16 orders would fire early."""
    loop: list[Part] = [*merge("m"), *fork("f", "j"), *tasks("a", "b", "c"), end(), flow("m", "f", "a", "j"), flow("f", "b", "j", "c", "g")]
    loop.append(choice("g", "m", end="out"))
    around: list[Part] = [start(), *fork("p"), task("x"), end("e2"), flow("start", "p", "x", "e2"), flow("p", "m")]
    for orders in itertools.product(("ab", "ba"), repeat=4):
        table = Table(*(around if beside else [start(), flow("start", "m")]), *loop)
        if beside:
            table.do("x")
        for order in orders:
            first, second = tuple(order)
            table.do(first)
            assert table.open == [second]
            table.do(second)
            assert table.open == ["c"]
            table.do("c")


# ------------------------------------------------------------------ budgets, threads, what is stored


def test_an_endless_automatic_loop_stops_quickly() -> None:
    spinning: list[Part] = [start(), task("a"), *merge("m"), operation("o", "note"), end(), flow("start", "a", "m", "o", "g")]
    table = Table(*spinning, choice("g", "m", end="out"))
    with pytest.raises(StepBudgetExceeded):
        table.do("a")
    assert len(table.desk.done) < 400


def test_a_date_in_the_past_cannot_spin_for_ever() -> None:
    table = Table(
        start(),
        task("a"),
        *merge("m"),
        at("t", "=today(0-3)"),
        operation("o", "note"),
        end(),
        flow("start", "a", "m", "t", "o", "g"),
        choice("g", "m", end="out"),
    )
    with pytest.raises(StepBudgetExceeded):
        table.do("a")


def test_eight_threads_share_one_bundle() -> None:
    inner = process(
        "Q",
        start("qs"),
        *fork("qf", "qj"),
        *tasks("a", "b"),
        at("t", "2"),
        end("qe"),
        flow("qs", "qf", "a", "qj"),
        flow("qf", "t", "b", "qj", "qe"),
    )
    outer = process(
        "P",
        start(),
        *merge("m"),
        call("c", "Q"),
        hear("h", "stop", on="c"),
        task("s"),
        end(),
        flow("start", "m", "c", "g"),
        flow("h", "s", "m"),
        choice("g", "m", end="passes >= 3"),
    )
    bundle = Bundle({"P": read(outer), "Q": read(inner)})
    finished: list[bool] = []

    def one_case() -> None:
        desk = Desk(passes=0)
        run = Run.start(bundle, "P", desk)
        for number in itertools.count():
            run = Run.restore(run.freeze(), bundle, "P", desk)
            if run.completed:
                break
            if number % 7 == 3 and run.hears("stop"):
                assert run.deliver("stop") == ["h"]
            elif run.ready:
                desk.facts["passes"] = int(desk.facts["passes"] or 0) + (run.ready[0].node_id == "b")
                run.complete(run.ready[0].id)
            else:
                desk.now += timedelta(days=3)
                run.tick()
            assert number < 300
        finished.append(True)

    def work() -> None:
        for _ in range(5):
            one_case()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(finished) == 40


GOLDEN = (
    b'{"v":1,"p":"P","f":false,"t":[[null,null,[["B.BoundaryEventSplit",64,-1],["B",32,0],["b",8,0]]],'
    b'[0,1,[["fork",64,-1],["a",16,0,"0123456789abcdef0123456789abcdef"],["t",8,0,"2026-09-11T04:00:00+00:00"]]]]}'
)


def golden_table() -> Table:
    inner = block("B", start("bs"), *fork("fork"), task("a"), at("t", "10"), task("c"), end("be"), end("be2"))
    inner.extend([*flow("bs", "fork", "a", "be"), *flow("fork", "t", "c", "be2")])
    return Table(start(), inner, end(), hear("b", "back", on="B"), task("z"), end("e2"), flow("start", "B", "end"), flow("b", "z", "e2"))


def test_the_stored_form_of_this_release_stays_readable() -> None:
    table = golden_table()
    run = Run.restore(GOLDEN, table.bundle, "P", table.desk)
    assert [(token.id, token.node_id) for token in run.ready] == [("0123456789abcdef0123456789abcdef", "a")]
    assert (run.waits, run.next_due) == (["b", "t"], NOON + timedelta(days=10))
    run.complete("0123456789abcdef0123456789abcdef")
    table.desk.now += timedelta(days=11)
    run.tick()
    assert [token.node_id for token in run.ready] == ["c"]
    assert run.deliver("back") == ["b"]
    assert [token.node_id for token in run.ready] == ["z"]


def test_freezing_what_was_restored_gives_the_same_bytes() -> None:
    table = golden_table()
    assert Run.restore(GOLDEN, table.bundle, "P", table.desk).freeze() == GOLDEN
    once = table.run.freeze()
    assert Run.restore(once, table.bundle, "P", table.desk).freeze() == once


@pytest.mark.parametrize("change", [{"v": 2}, {"p": "Q"}, {"t": [[None, None, [["gone", 16, -1, "00"]]]]}])
def test_a_state_of_another_format_process_or_version_is_refused(change: dict[str, Any]) -> None:
    table = golden_table()
    state = orjson.dumps({**orjson.loads(GOLDEN), **change})
    with pytest.raises(UnknownState):
        Run.restore(state, table.bundle, "P", table.desk)
