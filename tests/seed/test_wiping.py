"""Only the sandbox may empty the history, and afterwards nobody can again."""

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from service import clock, history
from service.access import system
from service.seed.wiping import wipe
from tests.seed.conftest import moment


def note(database):
    with clock.standing_at(moment("2026-03-09 07:00")), database.transaction() as session:
        history.record(session, system(1), "case:1", "case.opened")


def test_wiping_empties_the_history_and_leaves_it_append_only(database):
    note(database)
    wipe(database)
    note(database)

    for statement in (delete(history.Event), update(history.Event).values(action="case.closed")):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.execute(statement)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(history.Event)) == 1


def test_wiping_forgets_what_was_remembered_of_rows_and_keeps_the_tools(database):
    database.memory["bundle", 1] = "of rows that are gone"

    wipe(database)

    assert ("bundle", 1) not in database.memory
    assert "vault" in database.memory
