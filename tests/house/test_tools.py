"""The commands and the locked dependencies stay what the README promises."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def test_what_we_depend_on_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    for wanted, lock in ((project["project"]["dependencies"], _locked("")), (project["dependency-groups"]["dev"], _locked("-dev"))):
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(lock[canonicalize_name(requirement.name)]), f"run `make lock`: {requirement}"


def test_tests_run_on_the_versions_that_the_service_runs_on():
    assert _locked("").items() <= _locked("-dev").items()


def test_the_locks_name_no_place_to_fetch_from():
    for lock in ROOT.glob("requirements*.lock"):
        assert not re.search(r"://|^-|@ ", lock.read_text(), re.MULTILINE), lock.name


def test_every_command_has_a_line_of_help():
    commands = re.findall(r"^\.PHONY: (\S+)\n(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {name for name, line in commands if "## " not in line} == {"studio"}
    assert {"run", "test", "check", "bench", "lock", "clean", "help"} <= {name for name, _ in commands}


def _locked(which: str) -> dict[str, str]:
    text = (ROOT / f"requirements{which}.lock").read_text()
    found = {canonicalize_name(name): version for name, version, _ in PINNED.findall(text)}
    assert len(found) == len(re.findall(r"^[A-Za-z0-9].*==", text, re.MULTILINE)), "a package without a hash"
    return found
