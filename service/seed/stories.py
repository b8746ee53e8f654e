"""The cases that fixtures contain, made by really running them on the virtual clock."""

from datetime import datetime

from service.config import Settings
from service.db import Database
from service.seed.counties import Founded


def live(database: Database, settings: Settings, county: Founded, fixture: str, now: datetime) -> None:
    """Play what has happened in a fixture by now."""
