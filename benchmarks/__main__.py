"""`python -m benchmarks [name …] [--short] [--record]`: measure, print tables, and with `--record` write them to RESULTS.md."""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Part, document, table
from benchmarks.grounds import Ground, grounds
from benchmarks.http import through_the_door
from benchmarks.inbox import inbox
from benchmarks.lifecycle import lifecycle, loops
from benchmarks.main_job import main_job
from benchmarks.sizes import sizes

RESULTS = Path(__file__).parent / "RESULTS.md"
BENCHES: dict[str, Callable[[Ground, bool], Part]] = {
    "lifecycle": lifecycle,
    "loops": loops,
    "sizes": sizes,
    "http": through_the_door,
    "inbox": inbox,
    "main-job": main_job,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which of {', '.join(BENCHES)}; all of them by default")
    parser.add_argument("--short", action="store_true", help="fewer repetitions and rows; for a look, not for the record")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="one database only")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md; best on a machine that does nothing else")
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHES.keys():
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    parts: list[Part] = []
    with grounds() as all_grounds:
        chosen = [ground for ground in all_grounds if options.on in (None, ground.kind.lower())]
        for name in options.names or BENCHES:
            for ground in chosen:
                parts.append(BENCHES[name](ground, options.short))
                print(f"\n{parts[-1].title}\n{table(parts[-1].figures)}", flush=True)
        versions = [ground.version for ground in all_grounds]
    if options.record:
        RESULTS.write_text(document(parts, shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]), versions), encoding="utf-8")
    return 0 if all(figure.met for part in parts for figure in part.figures) else 1


if __name__ == "__main__":
    sys.exit(main())
