"""Runs clients and workers as processes, moves the clock, and kills one of them again and again with kill -9.

`python -m tests.chaos.supervisor '{"url": …, "folder": …, "kills": 20, "way": "as_built", "seed": 1}'`.
A process of its own, because a process with threads had better not be forked.
"""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from service import cases, cli, clock, processes, worker
from service.access import system
from service.config import Settings
from service.db import Database
from tests.cast import FIELD_KEY
from tests.chaos import clients
from tests.chaos.journal import Journal

WORKERS = 2
BEAT = 0.1
"""Seconds between two moves of the clock."""
STRIDE = timedelta(minutes=80)
PATIENCE = 20
PAUSES = (0.05, 0.35)
"""Shortest and longest time between two kills."""


@dataclass
class Supervisor:
    settings: Settings
    folder: Path
    way: clients.Way
    chance: random.Random
    database: Database
    running: dict[tuple[str, int], int] = field(default_factory=dict)
    crashed: int = 0

    def run(self, kills: int) -> dict[str, Any]:
        """So many kills; afterwards everything asked is asked again, and all that is due is done."""
        now = self._warm()
        roles = [("client", n) for n in range(clients.CLIENTS)] + [("worker", n) for n in range(WORKERS)]
        if not self._is_right:  # what is wrong with one client is found sooner when nobody keeps it waiting
            roles = [("client", 0)]
        for role in roles:
            self._start(role)
        for _ in range(kills):
            now = self._wait(now)
            role = self.chance.choice(roles)
            self._kill(role)
            self._start(role)
        for role in roles:
            self._kill(role)
        self._finish(now)
        return {"kills": kills, "crashed": self.crashed, "now": now.isoformat()}

    def _wait(self, now: datetime) -> datetime:
        """For a random while, time going on; what is built wrong is given a kill at its weakest moment, so that few are enough."""
        if not self._is_right:
            half_done, patience = self.folder / clients.HALF_DONE, time.monotonic() + PATIENCE
            while not half_done.exists() and time.monotonic() < patience:
                time.sleep(BEAT / 10)
            half_done.unlink(missing_ok=True)
            return now
        until = time.monotonic() + self.chance.uniform(*PAUSES)
        while time.monotonic() < until:
            now = self._move(now)
            time.sleep(BEAT)
        return now

    @property
    def _is_right(self) -> bool:
        return self.way is clients.as_built

    # ---- time

    def _warm(self) -> datetime:
        """Parse the diagrams once, before anybody is forked; the sandbox's moment."""
        with self.database.reading() as session:
            bundle = session.scalars(select(processes.Instance.bundle_id).limit(1)).one()
            processes.frozen(session, bundle)
            now = processes.sandbox_now(session)
        assert now is not None
        self.database.close()
        return now

    def _move(self, now: datetime) -> datetime:
        """On by a stride; each morning those who stay away are marked absent, as their teachers would."""
        after = now + STRIDE
        with self.database.transaction() as session:
            processes.set_clock(session, after)
            local = after.astimezone(clock.LOCAL)
            if local.date() != now.astimezone(clock.LOCAL).date():
                with clock.standing_at(after):
                    away = session.scalars(select(cases.Case).where(cases.Case.status == "alert")).all()
                    rows = [cases.Row(case.student_id, local.date(), False) for case in away]
                    if rows:
                        cases.post_absences(session, system(away[0].county_id), rows)
        return after

    # ---- processes

    def _start(self, role: tuple[str, int]) -> None:
        self.database.close()  # connections are not for two
        child = os.fork()
        if child == 0:
            try:
                self._be(role)()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(3)
        self.running[role] = child

    def _be(self, role: tuple[str, int]) -> Callable[[], None]:
        kind, number = role
        database = Database(self.settings.database_url, pool_size=2)
        database.memory = self.database.memory
        if kind == "client":
            return lambda: clients.work(database, self.folder, number, self.way)
        worker.PAUSE = BEAT
        return worker.Worker(database, self.settings).run

    def _kill(self, role: tuple[str, int]) -> None:
        child = self.running.pop(role)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        self.crashed += os.WIFEXITED(status)

    def _finish(self, now: datetime) -> None:
        for number in range(clients.CLIENTS):
            journal = Journal(self.folder / f"client-{number}.jsonl")
            for asked in journal.read().unanswered:
                self.way(self.database, asked, journal)
        if self._is_right:
            processes.run_due(self.database, now)


def main(order: dict[str, Any]) -> dict[str, Any]:
    folder = Path(order["folder"])
    settings = Settings(database_url=order["url"], data_dir=folder, sandbox=True, cheap_passwords=True, field_key=FIELD_KEY)
    supervisor = Supervisor(settings, folder, clients.WAYS[order["way"]], random.Random(order["seed"]), cli.connect(settings))
    return supervisor.run(order["kills"])


if __name__ == "__main__":
    print(orjson.dumps(main(orjson.loads(sys.argv[1]))).decode())
