"""Signing in: passwords (argon2id) and opaque tokens kept only as digests."""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import clock
from service.access import Actor
from service.errors import NotFound, ServiceError
from service.people.directory import actor_for
from service.people.models import Person, SignIn

LASTS = {"api": timedelta(hours=12), "web": timedelta(hours=12)}

_STRONG = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_hashing = threading.BoundedSemaphore(4)  # each strong hash takes 19 MiB; a crowd must queue, not swap


class NotSignedIn(ServiceError):
    """No valid sign-in came with the request, or the password was wrong."""

    code = "not_signed_in"


@dataclass(frozen=True)
class Ticket:
    """A fresh sign-in: the only time its token is known in clear."""

    token: str
    csrf: str
    expires_at: datetime
    actor: Actor


def hash_password(password: str, *, cheap: bool = False) -> str:
    """An argon2id hash; `cheap` only where passwords are public (sandbox)."""
    with _hashing:
        return (_CHEAP if cheap else _STRONG).hash(password)


def sign_in(session: Session, username: str, password: str, kind: str, *, real_now: datetime) -> Ticket:
    """Check a password and hand out a token. Raises `NotSignedIn` without saying which half was wrong.

    `real_now` is the machine's time: a sandbox clock that jumps must not end sessions.
    """
    person = session.scalars(select(Person).where(Person.username == username, Person.active)).first()
    if not _matches(person.password_hash if person else _NOBODY, password) or person is None:
        raise NotSignedIn("用户名或密码不正确")
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = real_now + LASTS[kind]
    session.add(
        SignIn(
            digest=_digest(token),
            county_id=person.county_id,
            person_id=person.id,
            kind=kind,
            csrf=csrf,
            made_at=real_now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return Ticket(token, csrf, expires_at, actor_for(session, person.id, clock.today()))


def whose(session: Session, token: str, kind: str, *, real_now: datetime) -> tuple[Actor, str]:
    """The actor behind a token and its CSRF secret. Raises `NotSignedIn`."""
    row = session.get(SignIn, _digest(token)) if token else None
    if row is None or row.kind != kind or row.expires_at <= real_now:
        raise NotSignedIn("请先登录")
    try:
        return actor_for(session, row.person_id, clock.today()), row.csrf
    except NotFound as left:  # whoever has left is signed out with that
        raise NotSignedIn("请先登录") from left


def sign_out(session: Session, token: str) -> None:
    """Make a token worthless."""
    session.execute(delete(SignIn).where(SignIn.digest == _digest(token)))


def _matches(stored: str, password: str) -> bool:
    with _hashing:
        try:
            return _STRONG.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_NOBODY = _CHEAP.hash(secrets.token_hex())
