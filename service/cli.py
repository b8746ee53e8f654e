"""Commands: `python -m service.cli …`. `run` starts everything on one machine; the rest are its parts."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from service import installation
from service.config import Settings
from service.installation import connect, equip


def migrate(url: str) -> None:
    """Bring a database to the newest revision; a SQLite file's folder is made."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    installation.migrate(url)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    parser = argparse.ArgumentParser(prog="service", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, text) in COMMANDS.items():
        one = commands.add_parser(name, help=text)
        if name in {"serve", "run"}:
            one.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
            one.add_argument("--host", default=os.environ.get("BIND", "127.0.0.1"))
    options = parser.parse_args(arguments)
    return COMMANDS[options.command][0](options)


def _migrate(_options: argparse.Namespace) -> int:
    migrate(Settings.from_env().database_url)
    return 0


def _demo(_options: argparse.Namespace) -> int:
    from service import seed

    settings = Settings.from_env()
    migrate(settings.database_url)
    database = connect(settings)
    seed.demo(database, settings)
    database.close()
    return 0


def _worker(_options: argparse.Namespace) -> int:
    os.execv(sys.executable, [sys.executable, "-m", "service.worker"])


def _serve(options: argparse.Namespace) -> int:
    threads = os.environ.get("THREADS", "8")
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class",
        "gthread",
        "--threads",
        threads,
        "--bind",
        f"{options.host}:{options.port}",
    ]
    arguments += [
        "--workers",
        os.environ.get("WEB_CONCURRENCY", "1"),
        "--access-logfile",
        "/dev/null",
        "--log-level",
        "warning",
        "service:create_app()",
    ]
    os.execv(sys.executable, arguments)


def _verify(_options: argparse.Namespace) -> int:
    from sqlalchemy import select

    from service import history

    with connect(Settings.from_env()).reading() as session:
        subjects = session.scalars(select(history.Event.subject).distinct()).all()
        broken = [found for subject in subjects if (found := history.first_break(session, subject))]
    for found in broken:
        print(f"{found.subject} #{found.seq}: {found.reason}")
    print(f"{len(subjects)} chains, {len(broken)} broken")
    return 1 if broken else 0


def _run(options: argparse.Namespace) -> int:
    """Everything on this machine: the demo county on the first start, then web and worker together."""
    os.environ.setdefault("SANDBOX", "1")
    settings = Settings.from_env()
    migrate(settings.database_url)
    from service import seed

    database = connect(settings)
    if not seed.is_seeded(database):
        print("First start: making the demo county and letting its cases live … (about a minute)", flush=True)
        seed.demo(database, settings)
    database.close()
    worker = subprocess.Popen([sys.executable, "-m", "service.worker"])
    web = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", "--port", str(options.port), "--host", options.host])
    print(
        f"\n  控辍保学 is running:  http://{options.host}:{options.port}/\n"
        "  Sign in with one click: the page has a button per role, explained in English.\n"
        "  Stop with Ctrl+C.\n",
        flush=True,
    )
    return _wait_for(web, worker)


def _wait_for(*processes: subprocess.Popen[bytes]) -> int:
    """Until the first one ends or we are told to stop; then all are stopped politely."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return processes[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=15)


COMMANDS = {
    "run": (_run, "everything on this machine: database, demo county, web and worker"),
    "migrate": (_migrate, "bring the database to the newest revision"),
    "demo": (_demo, "load the demo county (sandbox only)"),
    "serve": (_serve, "the web server alone"),
    "worker": (_worker, "the worker alone"),
    "verify": (_verify, "check every history chain"),
}

__all__ = ["connect", "equip", "main", "migrate"]

if __name__ == "__main__":
    sys.exit(main())
