"""The two boards a case is played on."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from service.engine import Bundle, Run
from tests.engine import reference
from tests.engine.casework import Begin, Case


class EngineBoard:
    """An instance in our engine, saved after every move and restored before the next one (or kept alive)."""

    def __init__(self, bundle: Bundle, key: str, case: Case, keep: bool = False) -> None:
        self.bundle, self.key, self.case, self.keep = bundle, key, case, keep
        self.largest = 0
        self._run: Run | None = Run.start(bundle, key, case)
        self._save()

    @property
    def run(self) -> Run:
        if self._run is None:
            self._run = Run.restore(self.frozen, self.bundle, self.key, self.case)
        return self._run

    @property
    def done(self) -> bool:
        return self.run.completed

    def ready(self) -> list[str]:
        return sorted(token.node_id for token in self.run.ready)

    def waits(self) -> list[str]:
        return self.run.waits

    def active(self) -> list[str]:
        return self.run.active

    def next_due(self) -> datetime | None:
        return self.run.next_due

    def hears(self, message: str) -> bool:
        return self.run.hears(message)

    def complete(self, id: str) -> None:
        token = next(token for token in self.run.ready if token.node_id == id)
        self.run.complete(token.id)
        self._save()

    def deliver(self, message: str) -> list[str]:
        heard = self.run.deliver(message, everyone=True)
        self._save()
        return heard

    def tick(self) -> None:
        self.run.tick()
        self._save()

    def postpone(self, pause: timedelta) -> None:
        self.run.postpone(pause)
        self._save()

    def _save(self) -> None:
        if not self.keep:
            self.frozen = self.run.freeze()
            self.largest = max(self.largest, len(self.frozen))
            self._run = None


def engine(bundle: Bundle, keep: bool = False) -> Begin:
    return lambda key, case: EngineBoard(bundle, key, case, keep)


def referee(known: Mapping[str, reference.Board], seen: set[str]) -> Begin:
    return lambda key, case: reference.Game(known, key, case, seen)
