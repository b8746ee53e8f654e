"""The proof that the engine runs our processes: thousands of random steps, saved and restored after each, against the referee.

`WALKS=500 pytest tests/engine/test_walks.py` walks longer. A failure names its seed; `walk(county, seed, steps)` repeats it.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from service.engine import read
from tests.engine.walks import County, walk

WALKS = int(os.environ.get("WALKS", "12"))
PROCESSES = Path(__file__).parents[2] / "processes"
NOT_WALKED = "@"  # a county variant stands under the id of what it replaces


def real_files() -> dict[str, bytes]:
    """The county's diagrams by process id, in their standard variant."""
    paths = [path for path in sorted(PROCESSES.rglob("*.bpmn")) if NOT_WALKED not in path.name]
    files = [path.read_bytes() for path in paths]
    return {read(xml).process_key: xml for xml in files}


@pytest.fixture(scope="module")
def real() -> County:
    return County(real_files())


def many(county: County, walks: int, steps: int, *, first_seed: int = 0, keep: bool = False) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in range(first_seed, first_seed + walks):
        total.update(walk(county, seed, steps, keep=keep))
    return total


