"""The main job at full size: a month of daily workbooks of a county of 66 schools, imported in a process of its own."""

import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from benchmarks.figures import Figure, Part
from benchmarks.grounds import Ground
from service import installation
from service.config import ROOT, Settings
from tests.rosters import month

FIRST = date(2026, 3, 2)
MEGABYTE = 1024


def main_job(ground: Ground, short: bool) -> Part:
    """Time and memory of every day's import, and of the schools' part in between."""
    ground.database.close()
    order = {
        "url": ground.settings.database_url,
        "folder": str(ground.settings.data_dir),
        "schools": 8 if short else 66,
        "days": 5 if short else 31,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.main_job", orjson.dumps(order).decode()], cwd=ROOT, capture_output=True, check=True
    )
    result: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    title = f"The main job on {ground.kind}: {result['pupils']:,} pupils, {result['days']} school days, {result['rows']:,} rows"
    return Part(
        title,
        [
            Figure(ground.kind, "a day's workbook, previewed and committed (median)", result["day"], " s"),
            Figure(ground.kind, "the whole month's imports", result["imports"], " s"),
            Figure(ground.kind, "rows a second", result["rows"] / result["imports"]),
            Figure(ground.kind, "cases started", result["started"]),
            Figure(ground.kind, "memory at the peak, county and workbooks made in the same process", result["peak"], " MB"),
        ],
    )


def run(order: dict[str, Any]) -> dict[str, Any]:
    settings = Settings(database_url=order["url"], data_dir=Path(order["folder"]), sandbox=True, cheap_passwords=True, field_key=bytes(32))
    database = installation.connect(settings)
    with tempfile.TemporaryDirectory(prefix="kcbx-month-") as folder:
        truth, paths = month.prepare(database, settings, Path(folder) / "sent", FIRST, schools=order["schools"], most_days=order["days"])
        imported = month.take_in(database, truth, paths, Path(folder) / "kept")
    return {
        "pupils": truth.rows[truth.days[0]] - truth.bad[truth.days[0]].total(),
        "days": len(truth.days),
        "rows": truth.rows.total(),
        "day": median(imported.seconds),
        "imports": sum(imported.seconds),
        "started": imported.started,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE,
    }


if __name__ == "__main__":
    print(orjson.dumps(run(orjson.loads(sys.argv[1]))).decode())
