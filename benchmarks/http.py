"""The same work through the door: the JSON API in this process, and a real server on the loopback."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import orjson
from sqlalchemy import select

from benchmarks import story
from benchmarks.clerk import Clerk, Paper, costing
from benchmarks.figures import Figure, Part, ms
from benchmarks.grounds import MORNING, Ground
from service import create_app, people, processes
from service.config import ROOT
from service.seed.counties import PASSWORD

Send = Callable[[str, str, Any, str], tuple[int, Any]]
"""Method, path, body, token -> status, answer."""
STARTS_WITHIN = 60


def through_the_door(ground: Ground, short: bool) -> Part:
    """S03 below the door, then through the API in this process, then (its first half) over the loopback."""
    clerk, pupils = ground.clerk(), ground.pupils()
    steps = [*story.to_follow_up()] if short else [*story.to_follow_up(), *story.to_closure()]
    below: list[float] = []

    def under(_paper: Paper, hand_in: Callable[[], None]) -> None:
        with costing(ground.database) as cost:
            hand_in()
        below.append(cost.seconds)

    _walk(clerk, pupils[0], steps, lambda _paper, hand_in: hand_in())
    _walk(clerk, pupils[1], steps, under)
    client = create_app(ground.settings, ground.database).test_client()

    def inside(method: str, path: str, body: Any, token: str) -> tuple[int, Any]:
        answer = client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {token}"} if token else {})
        return answer.status_code, answer.json

    opens, completes = _through(ground, clerk, pupils[2], steps, inside)
    with _server(ground) as send:
        _, over = _through(ground, clerk, pupils[3], [*story.to_follow_up()], send)
    against = f"below the door {ms(below):.2f} ms"
    return Part(
        f"Through HTTP on {ground.kind}",
        [
            Figure(ground.kind, "open a task (GET /tasks/…), test client", ms(opens), " ms"),
            Figure(ground.kind, "complete (POST …/complete), test client", ms(completes), " ms"),
            Figure(ground.kind, "complete, test client ÷ below the door", median(completes) / median(below), "×", against),
            Figure(
                ground.kind,
                "complete, gunicorn on the loopback ÷ below the door",
                median(over) / median(below),
                "×",
                f"{ms(over):.2f} ms, {against}",
            ),
        ],
    )


def _walk(clerk: Clerk, pupil: int, steps: list[story.Step], handing: Callable[[Paper, Callable[[], None]], None]) -> None:
    clerk.handing, clerk.now = handing, MORNING
    story.Walk(clerk, pupil).play(steps)


def _through(ground: Ground, clerk: Clerk, pupil: int, steps: list[story.Step], send: Send) -> tuple[list[float], list[float]]:
    opens: list[float] = []
    completes: list[float] = []
    tokens: dict[int, str] = {}

    def handing(paper: Paper, _hand_in: Callable[[], None]) -> None:
        with ground.database.transaction() as session:
            processes.set_clock(session, clerk.now)
        me = paper.actor.person_id or 0
        if me not in tokens:
            tokens[me] = _sign_in(ground, me, send)
        path = f"/api/v1/tasks/{paper.task.id}"
        body = {"revision": paper.task.revision, "outcome": paper.outcome, "values": paper.values}
        for kept, (method, where, sent) in ((opens, ("GET", path, None)), (completes, ("POST", f"{path}/complete", body))):
            started = perf_counter()
            status, answer = send(method, where, sent, tokens[me])
            kept.append(perf_counter() - started)
            assert status == 200, answer

    _walk(clerk, pupil, steps, handing)
    return opens, completes


def _sign_in(ground: Ground, person: int, send: Send) -> str:
    with ground.database.reading() as session:
        username = session.scalars(select(people.Person.username).where(people.Person.id == person)).one()
    status, answer = send("POST", "/api/v1/tokens", {"username": username, "password": PASSWORD}, "")
    assert status == 201, answer
    return str(answer["token"])


@contextmanager
def _server(ground: Ground) -> Iterator[Send]:
    """`serve` as in production, one process of eight threads, asked over one kept-alive connection."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"DATABASE_URL": ground.settings.database_url, "DATA_DIR": str(ground.settings.data_dir), "SANDBOX": "1"}
    server = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", "--port", str(port)], cwd=ROOT, env={**os.environ, **own})
    try:
        _wait_for(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def send(method: str, path: str, body: Any, token: str) -> tuple[int, Any]:
            headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
            connection.request(method, path, orjson.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, orjson.loads(answer.read())

        yield send
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _ in range(STARTS_WITHIN * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
