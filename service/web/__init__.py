"""Pages for people: one file per screen family, in Chinese, working without script."""

from importlib import import_module
from typing import TYPE_CHECKING

from service.web.failures import watch
from service.web.frame import Desk, pages

if TYPE_CHECKING:
    from flask import Flask

    from service.config import Settings
    from service.db import Database

SCREENS = (
    *("sign_in", "inbox", "tasks", "task_moves", "rolls", "cases", "diagrams", "events"),
    *("students", "oversight", "library", "imports", "files", "me", "sandbox"),
)
for _screen in SCREENS:  # each hangs its routes on `pages`
    import_module(f"service.web.{_screen}")


def hang(app: "Flask", database: "Database", settings: "Settings") -> None:
    """Hang the pages into an application."""
    app.extensions["desk"] = Desk(database, settings)
    app.register_blueprint(pages)
    watch(app)


__all__ = ["hang"]
