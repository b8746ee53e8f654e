"""The ledger: who did what when. Append-only (triggers of the migrations), one hash chain per subject.

Events are collected while a transaction works and written in one statement just before it
commits. Each hash covers the one before it, the event's heading and the hash of its body, so
that a body may one day be erased without breaking the chain. What a chain proves: nobody
changed, inserted or removed an event in the middle. Cutting off the end is for the seals.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Label, LargeBinary, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.access import Actor
from service.db import Base, Id, Instant, Json, before_commit, dumps, table_of


class Event(Base):
    """One thing that happened to a subject (`case:12`, `process:SP40_admonition`)."""

    __tablename__ = "history"
    __table_args__ = (Index("uq_history_subject_seq", "subject", "seq", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(Id)
    subject: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(Id)
    on_behalf_of: Mapped[int | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(40))
    node_id: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[Any] = mapped_column(Json, nullable=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


_INSERT = insert(table_of(Event))


@dataclass(frozen=True)
class Break:
    """Where a chain stops being true."""

    subject: str
    seq: int
    reason: str


def record(
    session: Session,
    actor: Actor,
    subject: str,
    action: str,
    *,
    node_id: str | None = None,
    on_behalf_of: int | None = None,
    at: datetime | None = None,
    **data: Any,
) -> dict[str, Any]:
    """Note an event; it is written when the transaction commits, in the order of the calls.

    The row is handed back so that its data can be completed before then.
    """
    pending = session.info.setdefault("history", [])
    row: dict[str, Any] = {
        "county_id": actor.county_id,
        "subject": subject,
        "at": at or clock.now(),
        "actor_id": actor.person_id,
        "on_behalf_of": on_behalf_of,
        "action": action,
        "node_id": node_id,
        "data": {key: value for key, value in data.items() if value is not None},
    }
    pending.append(row)
    before_commit(session, "history", write)
    return row


def last_link(subject: ColumnElement[str]) -> tuple[Label[int], Label[bytes]]:
    """Columns `last_seq` and `last_hash` for a statement that locks a subject: what `go_on` wants, without asking twice."""
    last = select(Event.__table__).where(Event.subject == subject).order_by(Event.seq.desc()).limit(1)
    return last.with_only_columns(Event.seq).scalar_subquery().label("last_seq"), last.with_only_columns(
        Event.hash
    ).scalar_subquery().label("last_hash")


def go_on(session: Session, subject: str, seq: int | None, link: bytes | None) -> None:
    """The end of a chain as found under a lock that everybody takes who adds to it; both None for a new subject."""
    session.info.setdefault("history_ends", {}).setdefault(subject, (seq or 0, link or b""))


def write(session: Session) -> None:
    """Chain and store the pending events in one insert."""
    pending: list[dict[str, Any]] = session.info.pop("history", [])
    ends: dict[str, tuple[int, bytes]] = session.info.setdefault("history_ends", {})
    by_subject: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in pending:
        row["data"] = row["data"] or None
        by_subject[row["subject"]].append(row)
    for subject, rows in by_subject.items():
        seq, link = ends.get(subject) or _end(session, subject)
        for row in rows:
            seq += 1
            link = _link(link, seq, row)
            row.update(seq=seq, hash=link)
        ends[subject] = seq, link
    if pending:
        session.execute(_INSERT, pending)


def _end(session: Session, subject: str) -> tuple[int, bytes]:
    last = session.execute(select(Event.seq, Event.hash).where(Event.subject == subject).order_by(Event.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, b"")


def of(session: Session, subject: str) -> Sequence[Event]:
    """The events of a subject, oldest first."""
    return session.scalars(select(Event).where(Event.subject == subject).order_by(Event.seq)).all()


@dataclass(frozen=True)
class Check:
    """What recomputing chains found: how many events were looked at, and the first that is not what was written."""

    checked: int
    first_break: Break | None


def verify(session: Session, county_id: int, subject: str | None = None) -> Check:
    """Recompute the chain of one subject, or every chain of a county, one after the other."""
    subjects = select(Event.subject).where(Event.county_id == county_id).distinct().order_by(Event.subject)
    checked = 0
    for one in session.scalars(subjects.where(Event.subject == subject) if subject else subjects).all():
        events = of(session, one)
        checked += len(events)
        if found := next(_breaks(events), None):
            return Check(checked, found)
        session.expunge_all()  # a county's ledger does not fit into memory
    return Check(checked, None)


def search(
    session: Session,
    county_id: int,
    *,
    subject: str | None = None,
    actor_id: int | None = None,
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Event]:
    """Events of a county, newest first; `before` is the id of the last one seen."""
    statement = select(Event).where(Event.county_id == county_id).order_by(Event.id.desc()).limit(limit)
    if subject:
        statement = statement.where(Event.subject == subject)
    if actor_id:
        statement = statement.where(Event.actor_id == actor_id)
    if action:
        statement = statement.where(Event.action == action)
    if since:
        statement = statement.where(Event.at >= since)
    if until:
        statement = statement.where(Event.at < until)
    if before:
        statement = statement.where(Event.id < before)
    return session.scalars(statement).all()


def first_break(session: Session, subject: str) -> Break | None:
    """The first event of a subject that is not what was written, or None."""
    return next(_breaks(of(session, subject)), None)


def _breaks(events: Sequence[Event]) -> Iterator[Break]:
    link = b""
    for expected, item in enumerate(events, start=1):
        if item.seq != expected:
            yield Break(item.subject, expected, "缺少记录")
            return
        link = _link(
            link,
            item.seq,
            {key: getattr(item, key) for key in ("county_id", "subject", "at", "actor_id", "on_behalf_of", "action", "node_id", "data")},
        )
        if link != item.hash:
            yield Break(item.subject, item.seq, "记录与校验值不符")
            return


def _link(before: bytes, seq: int, row: dict[str, Any]) -> bytes:
    body = hashlib.sha256(dumps(row["data"])).digest()
    heading = dumps(
        [row["county_id"], row["subject"], seq, row["at"].isoformat(), row["actor_id"], row["on_behalf_of"], row["action"], row["node_id"]]
    )
    return hashlib.sha256(before + heading + body).digest()
