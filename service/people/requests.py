"""What a caller asked before: the answers to requests that carried an Idempotency-Key.

The key is inserted first and the row count looked at: a second request waits for the first one's
transaction and then finds its answer (measured: look-then-insert gave false conflicts under kill -9).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.db import Base, Id, Instant, Json
from service.errors import Invalid


class AnsweredRequest(Base):
    """A write that was asked for with a key, and what it was answered."""

    __tablename__ = "answered_request"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    body: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    answer: Mapped[Any] = mapped_column(Json, nullable=True)
    at: Mapped[datetime] = mapped_column(Instant)


class KeyReused(Invalid):
    """The key was used for a request with another body."""

    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Answer:
    """What a repeated request is answered: the same as the first time."""

    status: int
    body: Any


def remember(session: Session, *, county_id: int, person_id: int, route: str, key: str, body: bytes) -> tuple[bytes, Answer | None]:
    """Enter a key before anything else is done. The second of two callers gets the first one's answer.

    Returns the digest to `answer` under, or the earlier answer. Raises `KeyReused`.
    """
    digest = hashlib.sha256(f"{county_id}/{person_id}/{route}/{key}".encode()).digest()
    seen = hashlib.sha256(body).digest()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    entered = insert(AnsweredRequest).values(digest=digest, county_id=county_id, body=seen, at=clock.now()).on_conflict_do_nothing()
    if session.execute(entered.returning(AnsweredRequest.digest)).first() is not None:  # a row count is not known of every insert
        return digest, None
    first = session.execute(
        select(AnsweredRequest.body, AnsweredRequest.status, AnsweredRequest.answer).where(AnsweredRequest.digest == digest)
    ).one()
    if first.body != seen:
        raise KeyReused("同一个请求编号用在了不同的内容上")
    return digest, Answer(first.status or 200, first.answer)


def answer(session: Session, digest: bytes, status: int, body: Any) -> None:
    """Keep what the first request is being answered, in the same transaction."""
    session.execute(update(AnsweredRequest).where(AnsweredRequest.digest == digest).values(status=status, answer=body))
