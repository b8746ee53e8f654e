"""The proof that the engine runs our processes: thousands of random steps, saved and restored after each, against the referee.

`WALKS=500 pytest tests/engine/test_walks.py` walks longer. A failure names its seed; `walk(county, seed, steps)` repeats it.
"""

import os
from collections import Counter

import pytest

from service.engine import run as running
from tests.engine.walks import County, real_files, walk

WALKS = int(os.environ.get("WALKS", "20"))


@pytest.fixture(scope="module")
def standard() -> County:
    return County(real_files())


@pytest.fixture(scope="module")
def with_penalties() -> County:
    return County(real_files("ladder_a"))


def many(county: County, seeds: range, steps: int, *, keep: bool = False) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in seeds:
        total.update(walk(county, seed, steps, keep=keep))
    return total


def test_the_counties_processes_run_as_bpmn_says_saved_and_restored_after_every_step(standard: County) -> None:
    total = many(standard, range(WALKS), 220)
    assert total["steps"] > 50 * WALKS


def test_the_variant_with_penalties_runs_as_bpmn_says_too(with_penalties: County) -> None:
    total = many(with_penalties, range(10_000, 10_000 + WALKS), 220)
    assert total["steps"] > 50 * WALKS


def test_the_library_left_alone_agrees_for_as_long_as_it_can(standard: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """No saving, no restoring, no pruning: short walks, because the unpruned tree goes wrong when it grows."""
    monkeypatch.setattr(running, "prune", lambda workflow: None)
    total = many(standard, range(20_000, 20_000 + max(4, WALKS // 3)), 40, keep=True)
    assert total["steps"] > 50


@pytest.mark.skipif(WALKS < 200, reason="needs a long walk (WALKS=200)")
def test_long_walks_come_everywhere(standard: County, with_penalties: County) -> None:
    total = many(with_penalties, range(30_000, 30_000 + WALKS), 400)
    unseen = set(with_penalties.bundle.nodes) - with_penalties.seen - standard.seen
    assert len(unseen) < 0.05 * len(with_penalties.bundle.nodes), sorted(unseen)
    for deed in ("claim.close", "case.relapse", "case.more_support", "case.ordered", "case.court", "case.close", "case.penalty_served"):
        assert total[deed], deed
