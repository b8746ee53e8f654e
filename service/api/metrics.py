"""What is going on, as Prometheus reads it: how much is waiting, and what this process answered."""

import threading
from collections import Counter

from flask import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock, jobs, processes, tasks

MEDIA_TYPE = "text/plain; version=0.0.4"

_lock = threading.Lock()
_requests: Counter[tuple[str, str, int]] = Counter()
_seconds: Counter[tuple[str, str]] = Counter()


def note(method: str, path: str, status: int, seconds: float) -> None:
    """Count one answer of this process, under its route: no id or name of anybody gets here."""
    with _lock:
        _requests[method, path, status] += 1
        _seconds[method, path] += seconds  # type: ignore[assignment]  # a Counter adds floats as well


def text(session: Session) -> Response:
    """The page Prometheus scrapes."""
    lines = []
    for name, help_text, value in _waiting(session):
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge", f"{name} {value}"]
    lines += ["# HELP kcbx_requests_total Answers of this process.", "# TYPE kcbx_requests_total counter"]
    with _lock:
        counted, seconds = sorted(_requests.items()), sorted(_seconds.items())
    lines += [f'kcbx_requests_total{{method="{m}",route="{p}",status="{s}"}} {n}' for (m, p, s), n in counted]
    lines += ["# HELP kcbx_request_seconds_total Time spent answering.", "# TYPE kcbx_request_seconds_total counter"]
    lines += [f'kcbx_request_seconds_total{{method="{m}",route="{p}"}} {n:.6f}' for (m, p), n in seconds]
    return Response("\n".join(lines) + "\n", mimetype=MEDIA_TYPE)


def _waiting(session: Session) -> list[tuple[str, str, int]]:
    task, instance, job, incident = tasks.Task, processes.Instance, jobs.Job, jobs.Incident
    now = clock.now()
    asked = (
        ("kcbx_open_tasks", "User tasks waiting for somebody.", select(func.count()).where(task.state == "open")),
        ("kcbx_overdue_tasks", "Open tasks past their due time.", select(func.count()).where(task.state == "open", task.due_at < now)),
        (
            "kcbx_due_instances",
            "Instances whose next timer is due.",
            select(func.count()).where(instance.status == "open", instance.next_due <= now),
        ),
        ("kcbx_waiting_jobs", "Jobs not done yet.", select(func.count()).where(job.state == "waiting")),
        ("kcbx_open_incidents", "Incidents nobody has closed.", select(func.count()).where(incident.closed_at.is_(None))),
    )
    return [(name, said, session.scalar(statement) or 0) for name, said, statement in asked]
