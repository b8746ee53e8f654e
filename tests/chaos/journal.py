"""What a client wrote down: what it asked for before it asked, and what it was answered. Survives any kill -9."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True)
class Asked:
    """A completion as asked for; asked again, it is asked in the same words."""

    key: str
    person: int
    task: int
    revision: int
    outcome: str | None
    values: dict[str, Any]

    @property
    def body(self) -> bytes:
        return orjson.dumps([self.revision, self.outcome, self.values], option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True)
class Answered:
    """What came back: 200 with what happened, or a refusal with its code."""

    key: str
    status: int
    body: Any


@dataclass
class Journal:
    """One client's file. Each entry is one write at the end of it, which the system either has or has not."""

    path: Path
    _file: int | None = None

    def ask(self, asked: Asked) -> None:
        self._write({"asked": asdict(asked)})

    def answer(self, answered: Answered) -> None:
        self._write({"answered": asdict(answered)})

    def read(self) -> "Read":
        found = Read()
        for entry in self._entries():
            if "asked" in entry:
                asked = Asked(**entry["asked"])
                found.asked[asked.key] = asked
            else:
                answered = Answered(**entry["answered"])
                found.answers.setdefault(answered.key, []).append(answered)
        return found

    def _entries(self) -> Iterator[dict[str, Any]]:
        if self.path.exists():
            for line in self.path.read_bytes().splitlines():
                yield orjson.loads(line)

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is None:
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(self._file, orjson.dumps(entry) + b"\n")


@dataclass
class Read:
    """A journal as it stands."""

    asked: dict[str, Asked] = field(default_factory=dict)
    answers: dict[str, list[Answered]] = field(default_factory=dict)

    @property
    def unanswered(self) -> list[Asked]:
        return [asked for key, asked in self.asked.items() if key not in self.answers]
