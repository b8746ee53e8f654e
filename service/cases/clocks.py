"""Statutory clocks of a case (DOMAIN d.5): started, warned, met, stopped or missed; never silently."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from service import clock, jobs
from service.cases import lifecycle
from service.cases.models import StatutoryClock
from service.processes import Motion

WARN_AT = time(8, 0)


@dataclass(frozen=True)
class Kind:
    """A clock of the law: its name, its source, and when to warn (days before the end, or days after the start)."""

    name: str
    source: str
    warn_before: tuple[int, ...] = (30, 10, 3)
    warn_after: tuple[int, ...] = ()
    must_be_met: bool = True
    """Whether letting it run out is a failure of ours; a guardian's period to appeal is not."""


KINDS = {
    "reconsideration": Kind("行政复议期限", "《行政复议法》第二十条", must_be_met=False),
    "litigation": Kind("行政诉讼期限", "《行政诉讼法》第四十六条", must_be_met=False),
    "court_window": Kind("申请强制执行期限", "《行政强制法》第五十三条", warn_before=(60, 30, 10, 3)),
    "penalty_decision": Kind("行政处罚决定期限（90日）", "《行政处罚法》第六十条", warn_before=(), warn_after=(60, 75, 85)),
    "penalty_reconsideration": Kind("处罚决定行政复议期限", "《行政复议法》第二十条", must_be_met=False),
    "penalty_litigation": Kind("处罚决定行政诉讼期限", "《行政诉讼法》第四十六条", must_be_met=False),
    "statement": Kind("陈述申辩、申请听证期限", "《行政处罚法》第四十四条、第六十四条", warn_before=(), must_be_met=False),
    "demand": Kind("催告履行期限", "《行政强制法》第五十四条", warn_before=(), must_be_met=False),
    "payment": Kind("罚款缴纳期限（15日）", "《行政处罚法》第六十七条", warn_before=(3,), must_be_met=False),
}


def start(motion: Motion, key: str, starts_on: date, ends_on: date) -> StatutoryClock:
    """Let a clock run; one of the same key that runs already is replaced and kept as stopped."""
    stop(motion, key)
    kind = KINDS[key]
    warnings = sorted({ends_on - timedelta(n) for n in kind.warn_before} | {starts_on + timedelta(n) for n in kind.warn_after})
    row = StatutoryClock(
        county_id=motion.county_id,
        case_id=motion.case_id,
        key=key,
        name=kind.name,
        source=kind.source,
        starts_on=starts_on,
        ends_on=ends_on,
        state="running",
        warnings=[day.isoformat() for day in warnings if day > starts_on],
        warned=0,
    )
    motion.session.add(row)
    motion.session.flush()
    running(motion).append(row)
    motion.facts["clocks"] = len(running(motion))
    motion.note("clock.started", key=key, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())
    return row


def end(motion: Motion, key: str, state: str) -> None:
    """Close a running clock as `met` or `stopped`; nothing happens when none of this key runs."""
    for row in running(motion):
        if row.key == key and row.state == "running":
            row.state = state
            motion.note(f"clock.{state}", key=key)


def stop(motion: Motion, key: str) -> None:
    """Stop one clock."""
    end(motion, key, "stopped")


def stop_all(motion: Motion) -> None:
    """Return ends coercion: every running clock stops (DOMAIN d.1 principle 4)."""
    for row in running(motion):
        stop(motion, row.key)


def watch(motion: Motion) -> datetime | None:
    """Warn and notice what was missed; the next moment to look. A clock is missed at 00:00 after its last day."""
    if not motion.facts.get("clocks"):
        return None
    looks = []
    for row in running(motion):
        if row.state != "running":
            continue
        _warn(motion, row)
        after = clock.local(row.ends_on + timedelta(1), time())
        if motion.now >= after:
            _miss(motion, row)
            continue
        ahead = [clock.local(date.fromisoformat(day), WARN_AT) for day in row.warnings[row.warned :]]
        looks.append(min([after, *ahead]))
    return min(looks, default=None)


def _warn(motion: Motion, row: StatutoryClock) -> None:
    while row.warned < len(row.warnings) and clock.local(date.fromisoformat(row.warnings[row.warned]), WARN_AT) <= motion.now:
        motion.note("clock.warned", key=row.key, ends_on=row.ends_on.isoformat(), days_left=(row.ends_on - motion.today).days)
        row.warned += 1


def _miss(motion: Motion, row: StatutoryClock) -> None:
    if not KINDS[row.key].must_be_met:
        end(motion, row.key, "met")
        return
    row.state = "missed"
    motion.note("clock.missed", key=row.key, ends_on=row.ends_on.isoformat())
    jobs.open_incident(
        motion.session, motion.county_id, "clock.missed", f"案件{lifecycle.of(motion).number}：{row.name}已过", case_id=motion.case_id
    )


def running(motion: Motion) -> list[StatutoryClock]:
    """The clocks that ran when this motion began, and those started since."""
    if "clocks" not in motion.memory:
        motion.memory["clocks"] = list(
            motion.session.scalars(
                select(StatutoryClock)
                .where(StatutoryClock.case_id == motion.case_id, StatutoryClock.state == "running")
                .order_by(StatutoryClock.id)
            )
        )
    rows: list[StatutoryClock] = motion.memory["clocks"]
    return rows
