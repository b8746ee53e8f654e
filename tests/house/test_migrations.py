"""The migrations make exactly the tables that the models describe, all or nothing, and can be taken back."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from service import cli, installation
from service.config import ROOT
from service.db import Base

MIGRATIONS = ROOT / "migrations"


def test_models_and_migrations_describe_the_same_tables(database):
    assert installation.SLICES

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_can_be_taken_back(blank_database_url):
    cli.migrate(blank_database_url)
    config = Config(attributes={"url": blank_database_url})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.downgrade(config, "base")

    assert _tables(blank_database_url) <= {"alembic_version"}
    cli.migrate(blank_database_url)


def test_migrations_stand_in_one_line_and_know_nothing_of_the_service():
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())

    assert [script.revision for script in reversed(scripts)] == [f"{n:04}" for n in range(1, len(scripts) + 1)]
    for script in scripts:
        assert "service" not in {line.split()[1].partition(".")[0] for line in _imports(script.path)}


def test_a_migration_that_fails_leaves_nothing_behind(databases, database_kind, monkeypatch):
    from alembic.operations import Operations

    url = databases.blank(database_kind)
    real, calls = Operations.create_table, []

    def fail_at_the_third(self, *args, **options):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return real(self, *args, **options)

    monkeypatch.setattr(Operations, "create_table", fail_at_the_third)
    with pytest.raises(RuntimeError, match="killed"):
        cli.migrate(url)

    assert _tables(url) == set()
    databases.drop(url)


def test_of_two_processes_that_migrate_at_once_the_second_finds_it_done(blank_database_url):
    command_line = [sys.executable, "-c", "import sys; from service import cli; cli.migrate(sys.argv[1])", blank_database_url]
    both = [subprocess.Popen(command_line, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]

    assert [(process.communicate()[1], process.returncode) for process in both] == [("", 0), ("", 0)]


def _imports(path):
    return [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.startswith(("import ", "from "))]


def _tables(url):
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
