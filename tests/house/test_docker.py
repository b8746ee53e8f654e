"""The compose file says what the image and the service understand (no Docker engine is needed to see that)."""

import re

import yaml

from service import cli
from service.config import ROOT, Settings

COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "kcbx"}


def test_every_container_runs_a_command_that_exists():
    assert set(OURS) == {"migrate", "web", "worker"}
    assert {command for service in OURS.values() for command in service.get("command", ["serve"])} <= cli.COMMANDS.keys()
    assert OURS["web"]["deploy"]["replicas"] == 2


def test_nothing_starts_before_the_tables_are_there():
    for name in ("web", "worker"):
        assert OURS[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_settings_of_the_example_are_enough_for_production():
    names = re.findall(r"^([A-Z_]+)=", (ROOT / "docker" / "example.env").read_text(), re.MULTILINE)
    given = dict.fromkeys(names, "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldCE=") | OURS["web"]["environment"]

    settings = Settings.from_env({**given, "ENVIRONMENT": "production", "DATA_DIR": "/var/lib/kcbx"})

    assert settings.environment == "production"
    assert settings.database_url.startswith("postgresql://")


def test_the_image_is_not_run_by_root_and_tells_whether_it_is_ready():
    lines = (ROOT / "docker" / "Dockerfile").read_text().splitlines()

    assert "USER kcbx" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert "/api/v1/health/ready" in (ROOT / "docker" / "healthy").read_text()
