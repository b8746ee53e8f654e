"""The databases that tests get are real, migrated and their own."""

from sqlalchemy import create_engine, make_url, text

from tests import facilities


def test_a_test_gets_the_database_it_asked_for(database, database_kind):
    assert database.engine.dialect.name == database_kind


def test_two_tests_never_share_rows(databases, database_kind):
    first, second = databases.fresh(database_kind), databases.fresh(database_kind)

    _run(first, "CREATE TABLE note (said TEXT)")
    _run(first, "INSERT INTO note VALUES ('mine')")

    _run(second, "CREATE TABLE note (said TEXT)")
    assert _rows(second) == []
    for url in (first, second):
        databases.drop(url)


def test_a_prepared_database_is_filled_once_and_copied(databases, database_kind):
    filled = []

    def fill(url):
        filled.append(url)
        _run(url, "CREATE TABLE note (said TEXT)")
        _run(url, "INSERT INTO note VALUES ('学生')")

    copies = [databases.copy(database_kind, "noted", fill) for _ in range(2)]
    _run(copies[0], "DELETE FROM note")

    assert len(filled) == 1
    assert _rows(copies[0]) == []
    assert _rows(copies[1]) == [("学生",)]
    for url in copies:
        databases.drop(url)


def test_a_dropped_database_is_gone_even_when_somebody_still_looks(databases):
    facilities.require_postgresql()
    url = databases.blank("postgresql")
    name = make_url(url).database
    engine = create_engine(url)
    with engine.connect() as looking:
        looking.execute(text("SELECT 1"))
        databases.drop(url)
        looking.invalidate()
    engine.dispose()

    other = create_engine(make_url(url).set(database="postgres"))
    with other.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": name}) == 0
    other.dispose()


def _run(url, statement):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _rows(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT said FROM note"))]
    engine.dispose()
    return rows
