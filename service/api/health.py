"""Whether this process lives, and whether it can serve."""

from functools import cache
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.api import metrics
from service.api.door import Call, route
from service.config import ROOT
from service.errors import Unavailable


class Health(Schema):
    status = fields.String(required=True)


@route("GET", "/health/live", answer=Health, public=True, transaction="none")
def live(_call: Call) -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


@route("GET", "/health/ready", answer=Health, public=True, transaction="none")
def ready(call: Call) -> dict[str, Any]:
    """The database can be reached and has the tables this version needs."""
    try:
        with call.database.engine.connect().execution_options(writes=False) as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        raise Unavailable("系统暂时连不上数据库") from error
    if revision != _newest():
        raise Unavailable("数据库还没有升级到这个版本", code="not_migrated")
    return {"status": "ok"}


@cache
def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


@route("GET", "/metrics", public=True, produces=metrics.MEDIA_TYPE)
def measures(call: Call) -> Response:
    """Counts for Prometheus; no names, no ids."""
    return metrics.text(call.session)
