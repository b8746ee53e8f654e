"""Pages for people: one file per screen family, in Chinese, working without script."""

from typing import TYPE_CHECKING

from service.web import cases, diagrams, events, files, inbox, library, me, oversight, rolls, sandbox, sign_in, students, task_moves, tasks
from service.web.failures import watch
from service.web.frame import Desk, pages

if TYPE_CHECKING:
    from flask import Flask

    from service.config import Settings
    from service.db import Database

SCREENS = (cases, diagrams, events, files, inbox, library, me, oversight, rolls, sandbox, sign_in, students, task_moves, tasks)
"""Imported for their routes."""


def hang(app: "Flask", database: "Database", settings: "Settings") -> None:
    """Hang the pages into an application."""
    app.extensions["desk"] = Desk(database, settings)
    app.register_blueprint(pages)
    watch(app)


__all__ = ["hang"]
