"""What an installation consists of below its doors: every slice loaded, the database with its tools at hand."""

from service import cases, documents, jobs, people, processes, rosters, tasks
from service.config import ROOT, Settings
from service.db import Database
from service.forms import attachments
from service.vault import Vault

SLICES = (attachments, cases, documents, jobs, people, processes, rosters, tasks)
"""Importing a slice registers its tables, operations and job handlers."""


def connect(settings: Settings) -> Database:
    """The database of an installation, ready to use."""
    return equip(Database(settings.database_url), settings)


def equip(database: Database, settings: Settings) -> Database:
    """Put the tools that slices find beside the database in place."""
    database.memory.update(vault=Vault(settings.field_key), files=settings.data_dir / "files", notices=settings.forms_dir / "notices")
    return database


def migrate(url: str) -> None:
    """Bring a database to the newest revision."""
    from alembic import command  # only whoever migrates waits for it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
