"""County profiles: every number that counties disagree on, versioned; a running case keeps the version it started with."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service import clock
from service.db import Base, Id, Instant, Json, dumps, remembered
from service.errors import Invalid, NotFound


class ProfileVersion(Base):
    """One published version of a county's profile; never changed."""

    __tablename__ = "profile_version"
    __table_args__ = (Index(None, "county_id", "version", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    body: Mapped[Any] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Instant)


class Profile:
    """A profile's values, read by dotted path (`persuasion.max_rounds_before_notice`)."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body

    def __getitem__(self, path: str) -> Any:
        value: Any = self.body
        for part in path.split("."):
            value = value[part]
        return value

    def days(self, path: str) -> int:
        """The n of a value such as WD+5."""
        return int(str(self[path]).partition("+")[2])

    @property
    def ladder(self) -> str:
        """The letter of the ladder variant: B of B_order_enforce."""
        return str(self["ladder.variant"])[0]


def read(path: Path) -> dict[str, Any]:
    """A profile from its YAML file. Raises `Invalid` when it breaks a bound."""
    body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["county_profile"]
    body = orjson.loads(dumps(_plain(body)))
    if problems := breaches(body):
        raise Invalid("县级参数不符合规定", {"profile": problems})
    return body


def breaches(body: Mapping[str, Any]) -> list[str]:
    """What in a profile the law or the lock of DOMAIN d.4 does not allow, in Chinese."""
    penalty = body.get("penalty", {})
    problems = []
    if penalty.get("enabled"):
        if not penalty.get("legal_basis"):
            problems.append("启用行政处罚必须登记处罚依据")
        if not penalty.get("authority"):
            problems.append("启用行政处罚必须登记处罚机关")
        if not (penalty.get("legal_signoff") or {}).get("date"):
            problems.append("启用行政处罚必须有法制审核签字")
    if not 3 <= int(str(body["rectify_order"]["comply"]).partition("+")[2]) <= 30:
        problems.append("责令改正期限应在3至30日之间")
    return problems


def penalty_open(profile: Profile, on: date) -> bool:
    """The gate of DOMAIN d.4: basis, authority and a sign-off not older than twelve months."""
    penalty = profile["penalty"]
    if not penalty["enabled"] or breaches(profile.body):
        return False
    signed = date.fromisoformat(penalty["legal_signoff"]["date"])
    return on < _a_year_after(signed)


def publish(session: Session, county_id: int, body: Mapping[str, Any]) -> ProfileVersion:
    """Make this the county's profile from now on."""
    if problems := breaches(body):
        raise Invalid("县级参数不符合规定", {"profile": problems})
    last = session.scalar(
        select(ProfileVersion.version).where(ProfileVersion.county_id == county_id).order_by(ProfileVersion.version.desc()).limit(1)
    )
    row = ProfileVersion(county_id=county_id, name=body["id"], version=(last or 0) + 1, body=dict(body), published_at=clock.now())
    session.add(row)
    session.flush()
    return row


def current(session: Session, county_id: int) -> ProfileVersion:
    """The county's profile in force. Raises `NotFound`."""
    row = session.scalars(
        select(ProfileVersion).where(ProfileVersion.county_id == county_id).order_by(ProfileVersion.version.desc()).limit(1)
    ).first()
    if row is None:
        raise NotFound("本县尚未发布参数")
    return row


def find(session: Session, county_id: int, name: str) -> ProfileVersion:
    """The newest version of a profile by its name (`qs_b`), or the one in force as `current`. Raises `NotFound`."""
    if name == "current":
        return current(session, county_id)
    row = session.scalars(
        select(ProfileVersion)
        .where(ProfileVersion.county_id == county_id, ProfileVersion.name == name)
        .order_by(ProfileVersion.version.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("没有这套县级参数")
    return row


def of(session: Session, profile_id: int) -> Profile:
    """The values of one version."""
    return remembered(session, ("profile", profile_id), lambda: _load(session, profile_id))


def _load(session: Session, profile_id: int) -> Profile:
    row = session.get(ProfileVersion, profile_id)
    if row is None:
        raise NotFound("没有这一版参数")
    return Profile(row.body)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 3, 1)
