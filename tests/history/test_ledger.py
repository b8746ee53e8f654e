"""The ledger: what is written stays written, and whoever tampers with it is found at the first broken row."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from service import access, clock, history
from service.access import Actor
from service.db import Database

SUBJECT = "case:1"
LENGTH = 6
WANG_MIN = Actor(1, 42, "王敏")


@pytest.fixture
def chained(database: Database) -> Database:
    """A case with six events and another with two."""
    for number in range(LENGTH):
        with clock.standing_at(datetime(2026, 3, 9, 8, number, 7, 123456, tzinfo=UTC)), database.transaction() as session:
            history.record(session, WANG_MIN, SUBJECT, "task.completed", node_id="SP10_T01", number=number, said="孩子说明天来")
            if number < 2:
                history.record(session, access.system(1), "case:2", "timer.fired")
    return database


def tampered(database: Database, *statements: str, look_at: str = SUBJECT) -> int | None:
    """Where a chain breaks after somebody with the rights of the database's owner took the triggers off and changed rows.

    It is all taken back at the end.
    """
    with database.reading() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE history DISABLE TRIGGER USER")
        else:
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'")).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.exec_driver_sql(statement)
        found = history.first_break(session, look_at)
    return found.seq if found else None


def broken(database: Database, subject: str = SUBJECT) -> int | None:
    with database.reading() as session:
        found = history.first_break(session, subject)
    return found.seq if found else None


def test_an_untouched_chain_verifies(chained: Database) -> None:
    assert broken(chained) is None
    assert broken(chained, "case:2") is None
    assert broken(chained, "case:3") is None


def test_events_come_back_as_they_were_told_in_their_order(chained: Database) -> None:
    with chained.reading() as session:
        events = history.of(session, SUBJECT)

    assert [e.seq for e in events] == [1, 2, 3, 4, 5, 6]
    assert [e.data["number"] for e in events] == [0, 1, 2, 3, 4, 5]
    assert {(e.actor_id, e.action, e.node_id, e.data["said"]) for e in events} == {(42, "task.completed", "SP10_T01", "孩子说明天来")}
    assert events[3].at == datetime(2026, 3, 9, 8, 3, 7, 123456, tzinfo=UTC)


def test_the_database_itself_refuses_to_change_or_delete_history(chained: Database) -> None:
    for attempt in ("UPDATE history SET action = 'nothing'", "DELETE FROM history", "DELETE FROM history WHERE seq = 6"):
        with pytest.raises(DatabaseError, match="append-only"), chained.transaction() as session:
            session.execute(text(attempt))

    with chained.reading() as session:
        assert len(history.of(session, SUBJECT)) == LENGTH


CHANGES = (
    "actor_id = 43",
    "actor_id = NULL",
    "on_behalf_of = 7",
    "action = 'task.assigned'",
    "node_id = 'SP10_T02'",
    "node_id = NULL",
    "county_id = 2",
    """data = '{"number":2,"said":"孩子说不来了"}'""",
    "data = NULL",
    "at = (SELECT at FROM history h WHERE h.subject = 'case:1' AND h.seq = 4)",
    "hash = (SELECT hash FROM history h WHERE h.subject = 'case:1' AND h.seq = 4)",
)


def test_any_change_to_an_event_is_found_there(chained: Database) -> None:
    for change in CHANGES:
        statement = f"UPDATE history SET {change} WHERE subject = '{SUBJECT}' AND seq = 3"

        assert tampered(chained, statement) == 3, change
        assert tampered(chained, statement, look_at="case:2") is None
    assert broken(chained) is None


def test_a_deleted_event_leaves_a_gap_that_is_found(chained: Database) -> None:
    for seq in range(1, LENGTH):
        assert tampered(chained, f"DELETE FROM history WHERE subject = '{SUBJECT}' AND seq = {seq}") == seq


def test_a_deleted_event_is_found_even_when_the_rest_is_renumbered(chained: Database) -> None:
    moved_up = [f"UPDATE history SET seq = {n - 1} WHERE subject = '{SUBJECT}' AND seq = {n}" for n in (4, 5, 6)]

    assert tampered(chained, f"DELETE FROM history WHERE subject = '{SUBJECT}' AND seq = 3", *moved_up) == 3


def test_an_inserted_event_is_found_there(chained: Database) -> None:
    columns = "county_id, subject, at, actor_id, action, node_id, data, hash"
    moved_down = [f"UPDATE history SET seq = {n + 1} WHERE subject = '{SUBJECT}' AND seq = {n}" for n in (6, 5, 4)]
    inserted = f"INSERT INTO history ({columns}, seq) SELECT {columns}, 4 FROM history WHERE subject = '{SUBJECT}' AND seq = 3"

    assert tampered(chained, *moved_down, inserted) == 4


def test_two_events_that_changed_places_are_found_at_the_first(chained: Database) -> None:
    swapped = [
        f"UPDATE history SET seq = {after} WHERE subject = '{SUBJECT}' AND seq = {before}" for before, after in ((2, 99), (5, 2), (99, 5))
    ]

    assert tampered(chained, *swapped) == 2


def test_an_event_moved_to_another_case_breaks_both(chained: Database) -> None:
    moved = f"UPDATE history SET subject = 'case:2' WHERE subject = '{SUBJECT}' AND seq = 3"

    assert tampered(chained, moved) == 3
    assert tampered(chained, moved, look_at="case:2") == 3


def test_an_erased_body_is_noticed(chained: Database) -> None:
    assert tampered(chained, f"""UPDATE history SET data = '{{"erased":true}}' WHERE subject = '{SUBJECT}' AND seq = 5""") == 5


def test_what_a_failed_step_noted_is_not_in_the_history(chained: Database) -> None:
    with pytest.raises(ZeroDivisionError), chained.transaction() as session:
        history.record(session, WANG_MIN, SUBJECT, "task.completed")
        raise ZeroDivisionError

    with chained.reading() as session:
        assert len(history.of(session, SUBJECT)) == LENGTH
    assert broken(chained) is None


def test_an_event_completed_before_the_commit_is_chained_as_completed(chained: Database) -> None:
    with chained.transaction() as session:
        row = history.record(session, WANG_MIN, SUBJECT, "timer.fired")
        row["data"]["in"] = ["SP10_T03"]
        row["node_id"] = "SP10_E01"

    with chained.reading() as session:
        last = history.of(session, SUBJECT)[-1]
    assert (last.node_id, last.data) == ("SP10_E01", {"in": ["SP10_T03"]})
    assert broken(chained) is None


def test_one_seat_in_a_chain_is_never_taken_twice(chained: Database) -> None:
    with pytest.raises(DatabaseError), chained.transaction() as session:
        columns = "county_id, subject, at, actor_id, action, node_id, data, hash, seq"
        session.execute(text(f"INSERT INTO history ({columns}) SELECT {columns} FROM history WHERE subject = '{SUBJECT}' AND seq = 3"))


def test_writers_of_different_cases_do_not_disturb_each_other(database: Database) -> None:
    def write(subject: str) -> None:
        for number in range(10):
            with database.transaction() as session:
                history.record(session, WANG_MIN, subject, "task.completed", number=number)

    _all_at_once([partial(write, f"case:{n}") for n in range(1, 5)])

    with database.reading() as session:
        for number in range(1, 5):
            assert [e.data["number"] for e in history.of(session, f"case:{number}")] == list(range(10))
            assert history.first_break(session, f"case:{number}") is None


def test_events_of_one_transaction_keep_the_order_of_the_calls_whatever_their_times(database: Database) -> None:
    late = datetime(2026, 3, 9, 12, tzinfo=UTC)

    def told(session: Session) -> None:
        history.record(session, WANG_MIN, SUBJECT, "second.at", at=late)
        history.record(session, WANG_MIN, "case:2", "other.case", at=late)
        history.record(session, WANG_MIN, SUBJECT, "first.at", at=late - timedelta(hours=1))

    with database.transaction() as session:
        told(session)

    with database.reading() as session:
        assert [e.action for e in history.of(session, SUBJECT)] == ["second.at", "first.at"]
    assert broken(database) is None
    assert broken(database, "case:2") is None


def _all_at_once(works: list[Callable[[], None]]) -> None:
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
