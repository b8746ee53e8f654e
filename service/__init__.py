"""Case processes for keeping every child in compulsory school (控辍保学)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from service.config import Settings
    from service.db import Database


def create_app(settings: "Settings | None" = None, database: "Database | None" = None) -> "Flask":
    """Connect, then hang the doors. Without arguments: as the environment says."""
    from flask import Flask

    from service import api, web
    from service.config import Settings
    from service.installation import connect, equip

    settings = settings or Settings.from_env()
    database = equip(database, settings) if database else connect(settings)
    app = Flask("service", static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=25 * 1024 * 1024)
    api.hang(app, database, settings)
    web.hang(app, database, settings)
    return app
