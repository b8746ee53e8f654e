"""The sandbox's clock on the page: to the next thing that is due, a day on, a week on."""

from datetime import datetime, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import clock, processes
from service.errors import Conflict, NotFound
from service.web.frame import desk, pages, reading, transaction

FARTHEST = timedelta(days=400)
STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}


@pages.post("/sandbox/clock")
def sandbox_clock() -> ResponseReturnValue:
    """Move the clock forward and let everything happen that has become due, in order."""
    if not desk().settings.sandbox:
        raise NotFound("没有这个地址")
    until = _until(request.form.get("step", ""))
    processes.run_due(desk().database, until, step_clock=True)
    with transaction() as session:
        processes.set_clock(session, until)
    back = request.form.get("back", "")
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if inside else url_for(".inbox"), 303)


def _until(step: str) -> datetime:
    if step in STEPS:
        return clock.now() + STEPS[step]
    with reading() as session:
        far = clock.now() + FARTHEST
        ahead = [at for at in (processes.due_next(session, far), processes.alarm_next(session, far)) if at]
    if not ahead:
        raise Conflict("今后一年没有到期的事情，可以快进一天或一周")
    return max(min(ahead), clock.now())
