"""Settings: read once from the environment, or refuse to start."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """An environment variable that would make the service unsafe or unable to start."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations."""

    database_url: str = "sqlite:///var/kcbx.sqlite3"
    data_dir: Path = ROOT / "var"
    environment: str = "development"
    sandbox: bool = False
    secret_key: str = field(default="", repr=False)
    field_key: bytes = field(default=b"", repr=False)
    processes_dir: Path = ROOT / "processes"
    forms_dir: Path = ROOT / "forms"
    cheap_passwords: bool = False
    """Hash passwords fast: for the sandbox, whose passwords are public anyway."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from environment variables; raises `BadSetting` rather than start unsafe."""
        environment = env.get("ENVIRONMENT", "development")
        sandbox = env.get("SANDBOX", "") == "1"
        if environment not in {"development", "production"}:
            raise BadSetting("ENVIRONMENT must be development or production")
        if environment == "production" and sandbox:
            raise BadSetting("SANDBOX is refused in production: its sign-in is public")
        data_dir = Path(env.get("DATA_DIR", ROOT / "var"))
        production = environment == "production"
        return cls(
            database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'kcbx.sqlite3'}",
            data_dir=data_dir,
            environment=environment,
            sandbox=sandbox,
            secret_key=env.get("SECRET_KEY") or _kept(data_dir / "secret_key", "SECRET_KEY", production),
            field_key=base64.b64decode(env.get("FIELD_KEY") or _kept(data_dir / "field_key", "FIELD_KEY", production)),
            cheap_passwords=sandbox,
        )


def _kept(path: Path, name: str, production: bool) -> str:
    """A key made on first start and kept beside the data; in production it must be given."""
    if production:
        raise BadSetting(f"{name} must be set in production")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()
