"""kill -9 at any moment: nothing acknowledged is lost, nothing happens twice (P1, P2, P5, P16)."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.config import ROOT
from tests.cast import County
from tests.chaos.conftest import LONG
from tests.chaos.reckoning import acknowledged, differences

KILLS = int(os.environ.get("KILLS", "1000" if LONG else "20"))
FEW = 3
"""Enough to find what is built wrong."""


def torment(county: County, folder: Path, *, kills: int, way: str = "as_built") -> dict[str, Any]:
    order = {"url": county.settings.database_url, "folder": str(folder), "kills": kills, "way": way, "seed": 2026}
    county.database.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.supervisor", orjson.dumps(order).decode()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60 + kills * 5,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    assert result["crashed"] == 0, done.stderr[-4000:]
    return result


def test_no_kill_loses_or_repeats_anything(busy: County, tmp_path: Path) -> None:
    result = torment(busy, tmp_path, kills=KILLS)

    assert differences(busy.database, tmp_path, datetime.fromisoformat(result["now"])) == []
    assert acknowledged(tmp_path) > KILLS / 2


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("way", "promise"), [("too_early", "P1"), ("in_two_parts", "P1"), ("without_keys", "P2")])
def test_a_door_built_wrong_is_noticed(busy: County, tmp_path: Path, way: str, promise: str) -> None:
    torment(busy, tmp_path, kills=FEW, way=way)

    assert [found for found in differences(busy.database, tmp_path) if found.startswith(promise)]
