"""Signing in and out: the right password opens, everything else gets the same answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import people
from service.people import NotSignedIn, Person, SignIn
from tests.cast import County

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)


def sign_in(session: Session, username: str = "wangmin", password: str = "training", kind: str = "web") -> people.Ticket:
    return people.sign_in(session, username, password, kind, real_now=NOW)


def test_wang_min_signs_in_and_is_wang_min(session: Session, standing: County) -> None:
    ticket = sign_in(session)
    actor, csrf = people.whose(session, ticket.token, "web", real_now=NOW)

    assert actor == ticket.actor
    assert (actor.person_id, csrf) == (standing.persons["王敏"], ticket.csrf)
    assert actor.holds("class_teacher")


@pytest.mark.parametrize(
    ("username", "password"), [("wangmin", "Training"), ("wangmin", ""), ("nobody", "training"), ("WANGMIN", "training")]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(session: Session, username: str, password: str) -> None:
    with pytest.raises(NotSignedIn, match="用户名或密码不正确"):
        sign_in(session, username, password)


def test_somebody_who_has_left_cannot_sign_in(session: Session) -> None:
    session.execute(update(Person).where(Person.username == "wangmin").values(active=False))

    with pytest.raises(NotSignedIn):
        sign_in(session)


def test_somebody_who_leaves_is_signed_out_at_once(session: Session) -> None:
    ticket = sign_in(session)
    session.execute(update(Person).where(Person.username == "wangmin").values(active=False))
    session.expire_all()

    with pytest.raises(people.NotSignedIn):
        people.whose(session, ticket.token, "web", real_now=NOW)


def test_the_database_keeps_no_token(session: Session) -> None:
    ticket = sign_in(session)
    row = session.scalars(select(SignIn)).one()

    assert ticket.token.encode() not in row.digest
    assert len(row.digest) == 32
    assert sign_in(session).token != ticket.token


def test_a_token_of_the_api_opens_no_page(session: Session) -> None:
    ticket = sign_in(session, kind="api")

    people.whose(session, ticket.token, "api", real_now=NOW)
    with pytest.raises(NotSignedIn):
        people.whose(session, ticket.token, "web", real_now=NOW)


def test_a_sign_in_runs_out(session: Session) -> None:
    ticket = sign_in(session)

    people.whose(session, ticket.token, "web", real_now=ticket.expires_at - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        people.whose(session, ticket.token, "web", real_now=ticket.expires_at)


def test_a_token_is_worthless_after_signing_out_and_only_that_one(session: Session) -> None:
    first, second = sign_in(session), sign_in(session)
    people.sign_out(session, first.token)

    with pytest.raises(NotSignedIn):
        people.whose(session, first.token, "web", real_now=NOW)
    assert people.whose(session, second.token, "web", real_now=NOW)


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --"])
def test_an_invented_token_is_nobodys(session: Session, token: str) -> None:
    with pytest.raises(NotSignedIn):
        people.whose(session, token, "web", real_now=NOW)


def test_passwords_are_kept_as_argon2id_with_the_promised_cost() -> None:
    assert people.hash_password("training").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
