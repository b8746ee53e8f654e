"""Published diagrams, and the bundles that cases pin at their start (PATTERNS section 6)."""

import gc
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import calendars, clock, engine, forms, history, profiles
from service.access import ROLE_NAMES, Actor
from service.db import dumps, remembered
from service.errors import NotFound
from service.processes import registry
from service.processes.assignment import PSEUDO_ROLES
from service.processes.models import BundleVersion, FormVersion, ProcessVersion

MAIN = "P01_student_case"


@dataclass(frozen=True)
class Frozen:
    """A bundle ready to run: parsed diagrams, forms and the profile, shared by all threads."""

    bundle: engine.Bundle
    forms: Mapping[str, forms.Form]
    form_numbers: Mapping[str, int]
    profile: profiles.Profile
    versions: Mapping[str, int]
    """{process key: version}"""


def publish(
    session: Session, actor: Actor, xml: bytes, *, variant: str = "", note: str = "", checked: bool = False
) -> ProcessVersion | None:
    """Make a diagram the live version of its key; None when it is the live one already.

    Raises `engine.Unreadable` with the elements and reasons when it cannot be read, or has a
    problem that must not be published (ENGINE section 8). `checked` ones, those of a release,
    have been checked by the tests.
    """
    diagram = engine.read(xml)
    if not checked:
        severe = [problem for problem in problems_of(session, actor.county_id, diagram, variant) if problem.severity == "error"]
        if severe:
            raise engine.Unreadable(severe)
    key = f"{diagram.process_key}@{variant}" if variant else diagram.process_key
    live = live_version(session, actor.county_id, key)
    digest = hashlib.sha256(xml).digest()
    if live and live.digest == digest:
        return None
    row = ProcessVersion(
        county_id=actor.county_id,
        key=key,
        version=(live.version if live else 0) + 1,
        name=diagram.name,
        digest=digest,
        xml=xml,
        published_at=clock.now(),
        published_by=actor.person_id,
        note=note or None,
    )
    session.add(row)
    session.flush()
    history.record(session, actor, f"process:{key}", "process.published", version=row.version, digest=digest.hex(), note=note or None)
    return row


def publish_form(session: Session, county_id: int, form: forms.Form) -> None:
    """Make a form definition the live version of its key."""
    digest = hashlib.sha256(dumps(form.schema)).digest()
    last = session.execute(
        select(FormVersion.version, FormVersion.digest)
        .where(FormVersion.county_id == county_id, FormVersion.key == form.key)
        .order_by(FormVersion.version.desc())
        .limit(1)
    ).first()
    if last is None or last.digest != digest:
        session.add(
            FormVersion(county_id=county_id, key=form.key, version=(last.version if last else 0) + 1, digest=digest, schema=form.schema)
        )
        session.flush()


def install(session: Session, actor: Actor, processes_dir: Path, forms_dir: Path) -> None:
    """Publish every diagram and form of two folders, as on the first start of a county."""
    for path in sorted(processes_dir.rglob("*.bpmn")):
        publish(session, actor, path.read_bytes(), variant=path.stem.partition("@")[2], checked=True)
    for form in forms.load_folder(forms_dir).values():
        publish_form(session, actor.county_id, form)


def live_version(session: Session, county_id: int, key: str) -> ProcessVersion | None:
    """The newest published version of a key."""
    return session.scalars(
        select(ProcessVersion)
        .where(ProcessVersion.county_id == county_id, ProcessVersion.key == key)
        .order_by(ProcessVersion.version.desc())
        .limit(1)
    ).first()


def live_versions(session: Session, county_id: int) -> Sequence[ProcessVersion]:
    """The newest version of every key, in key order."""
    newest = (
        select(ProcessVersion.key, func.max(ProcessVersion.version).label("version"))
        .where(ProcessVersion.county_id == county_id)
        .group_by(ProcessVersion.key)
        .subquery()
    )
    return session.scalars(
        select(ProcessVersion)
        .join(newest, (ProcessVersion.key == newest.c.key) & (ProcessVersion.version == newest.c.version))
        .where(ProcessVersion.county_id == county_id)
        .order_by(ProcessVersion.key)
    ).all()


def find_version(session: Session, county_id: int, key: str, number: int | None = None) -> ProcessVersion:
    """One version of a key, the live one by default. Raises `NotFound`."""
    if number is None:
        row = live_version(session, county_id, key)
    else:
        row = session.scalars(
            select(ProcessVersion).where(ProcessVersion.county_id == county_id, ProcessVersion.key == key, ProcessVersion.version == number)
        ).first()
    if row is None:
        raise NotFound("没有找到这张流程图")
    return row


def bundle_now(session: Session, county_id: int) -> int:
    """The id of the bundle a case starting now pins: live diagrams, variants by the profile's ladder, live forms."""
    profile_row = profiles.current(session, county_id)
    suffix = f"@ladder_{profiles.Profile(profile_row.body).ladder.lower()}"
    live = {row.key: row.id for row in live_versions(session, county_id)}
    diagrams = {key: live.get(key + suffix, number) for key, number in live.items() if "@" not in key}
    newest = (
        select(FormVersion.key, func.max(FormVersion.id))
        .where(FormVersion.county_id == county_id)
        .group_by(FormVersion.key)
        .order_by(FormVersion.key)
    )
    form_rows = dict(session.execute(newest).all())
    digest = hashlib.sha256(dumps([profile_row.id, diagrams, form_rows])).digest()
    known = session.scalar(select(BundleVersion.id).where(BundleVersion.county_id == county_id, BundleVersion.digest == digest))
    if known:
        return known
    row = BundleVersion(county_id=county_id, digest=digest, profile_id=profile_row.id, diagrams=diagrams, forms=form_rows)
    session.add(row)
    session.flush()
    return row.id


def frozen(session: Session, bundle_id: int) -> Frozen:
    """A bundle, parsed once per process."""
    return remembered(session, ("bundle", bundle_id), lambda: _kept(_thaw(session, bundle_id)))


def _kept(found: Frozen) -> Frozen:
    """Diagrams live as long as the process: the garbage collector need not walk them at every step."""
    gc.collect()
    gc.freeze()
    return found


def _thaw(session: Session, bundle_id: int) -> Frozen:
    row = session.get_one(BundleVersion, bundle_id)
    numbers = {number: called for called, number in row.diagrams.items()}
    versions = session.scalars(select(ProcessVersion).where(ProcessVersion.id.in_(numbers))).all()
    form_rows = session.scalars(select(FormVersion).where(FormVersion.id.in_(row.forms.values()))).all()
    return Frozen(
        bundle=engine.Bundle({numbers[v.id]: engine.read(v.xml) for v in versions}),
        forms={f.key: forms.load(f.key, f.schema, {}, {}) for f in form_rows},
        form_numbers={f.key: f.version for f in form_rows},
        profile=profiles.of(session, row.profile_id),
        versions={v.key: v.version for v in versions},
    )


KEPT_FACTS = frozenset(
    {
        *(
            "entry",
            "trigger_type",
            "episode_no",
            "absent_since",
            "absent_school_days",
            "suspected_on",
            "confirmed",
            "confirmed_on",
            "rounds",
        ),
        *("claims_recent", "claimed_on", "comply_by", "served_on", "remedy_ends_on", "filed_on", "penalty_due_on", "penalty_served_on"),
        *(
            "demand_served_on",
            "returned_on",
            "list",
            "white_since",
            "closure_code",
            "closed",
            "return_notice_enabled",
            "notice_after_rounds",
        ),
        *("return_notice_served_on", "rectify_order_served_on", "penalty_notice_served_on", "penalty_decision_served_on", "no_school"),
        *(
            "service_kind",
            "service_from",
            "notice_sent",
            "visitors",
            "visit_leader",
            "persuasion_leader",
            "mentor",
            "reverify",
            "return_by",
        ),
    }
)
"""Facts that the service sets by itself, so that a diagram may read them without setting them."""

DATE_FUNCTIONS = frozenset({"today", "workdays", "schooldays", "days", "months", "rolled", "next_period", "at"})


def vocabulary(session: Session, county_id: int) -> engine.Vocabulary:
    """What a diagram of this county may name."""
    form_keys = session.scalars(select(FormVersion.key).where(FormVersion.county_id == county_id).distinct()).all()
    return engine.Vocabulary(
        roles=frozenset(ROLE_NAMES) | frozenset(PSEUDO_ROLES) | {"visitors"},
        forms=frozenset(form_keys),
        operations=frozenset(registry.operations),
        facts=KEPT_FACTS,
        functions=frozenset(registry.functions) | DATE_FUNCTIONS,
        messages=frozenset(registry.messages),
        due_rule=calendars.parse,
    )


def problems_of(session: Session, county_id: int, diagram: engine.Diagram, variant: str = "") -> list[engine.Problem]:
    """What an analyst should mend before this diagram is published: in itself, and among the diagrams it would stand with."""
    words = vocabulary(session, county_id)
    live = {row.key: engine.read(row.xml) for row in live_versions(session, county_id) if "@" not in row.key}
    together = engine.check_bundle({**live, diagram.process_key: diagram}, words) if not variant else []
    return [*engine.check(diagram, words), *together]
