"""The worker: due timers, what the clock says about tasks, jobs. Several may run; each stops politely.

One turn is one transaction for one case, so what goes wrong stays with that case: it becomes an
incident and is taken out of the way, and everybody else's timers go on.
"""

import logging
import signal
import threading
from datetime import UTC, datetime

from service import processes
from service.config import Settings
from service.db import Database
from service.errors import Unavailable
from service.installation import connect

PAUSE = 1.0
"""Seconds to wait when nothing is due."""

log = logging.getLogger("kcbx.worker")


class Worker:
    """Takes what is due until told to stop."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; the turn at hand is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        log.info("worker started")
        while not self.stopping.is_set():
            try:
                worked = self.turn()
            except Unavailable:
                log.warning("database not reachable, trying again")
                worked = False
            if not worked:
                self.stopping.wait(PAUSE)
        self.database.close()

    def turn(self) -> bool:
        """Do what is due now; whether there was anything."""
        return bool(processes.run_due(self.database, self._now()))

    def _now(self) -> datetime:
        if not self.settings.sandbox:
            return datetime.now(UTC)
        with self.database.reading() as session:
            return processes.sandbox_now(session) or datetime.now(UTC)


if __name__ == "__main__":
    settings = Settings.from_env()
    Worker(connect(settings), settings).run()
