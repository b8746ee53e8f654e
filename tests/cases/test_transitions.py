"""Status transitions: `cases.allowed` against DOMAIN e.9.1, written down a second time row by row."""

import pytest

from service import cases

ACTIVE = set(cases.STATUS_NAMES) - {"closed"}

ROWS: dict[str, set[str]] = {
    "alert": {"closed", "suspected"},
    "suspected": {"confirmed", "return_claimed", "closed"},
    "confirmed": {"ordered", "return_claimed"},
    "ordered": {"penalty", "court", "return_claimed", "confirmed", "hold"},
    "penalty": {"court", "return_claimed", "ordered", "confirmed"},
    "court": {"return_claimed", "ordered", "confirmed"},
    "return_claimed": {"returned"},
    "returned": {"red", "white", "home_teaching"},
    "red": {"white", "suspected", "closing"},
    "white": {"red", "suspected", "closing"},
    "suspended": {"red", "suspected", "suspended"},
    "transferring": set(),
    "tracing": set(),
    "home_teaching": {"closing", "red", "home_teaching"},
    "hold": set(),
    "closing": {"closed"},
    "closed": set(),
}
STATE_BEFORE = {
    "return_claimed": {"suspected", "confirmed", "ordered", "penalty", "court", "transferring", "tracing"},
    "transferring": {"suspected", "confirmed", "ordered", "penalty", "court"},
    "tracing": {"suspected", "confirmed", "ordered", "penalty", "court"},
    "hold": ACTIVE,
    "closing": ACTIVE,
}
"""Statuses that go back to the one before, and which those can be: a claim, a transfer and a search belong to WORK."""
BY_EVENT = {"transferring", "tracing", "suspended", "home_teaching", "closing", "hold"}
"""„any active“: by the events of e.1.1."""
DRAWN = {
    ("transferring", "return_claimed"): "the pupil is seen at school while the transfer is looked into",
    ("tracing", "return_claimed"): "the missing pupil is seen at school",
    ("suspected", "red"): "in a relapse an excused absence leads back to follow-up (e.2)",
}
"""Pairs the table does not list but its footnotes and the diagrams need."""


def listed(before: str, after: str) -> bool:
    if before == "closed":
        return after == "closed"
    return after == before or after in ROWS[before] | STATE_BEFORE.get(before, set()) | BY_EVENT


@pytest.mark.parametrize("before", sorted(cases.STATUS_NAMES))
def test_every_transition_of_the_table_is_allowed_and_no_other(before: str) -> None:
    wrong = {
        after: cases.allowed(before, after)
        for after in cases.STATUS_NAMES
        if cases.allowed(before, after) != listed(before, after) and not (cases.allowed(before, after) and (before, after) in DRAWN)
    }

    assert wrong == {}


def test_a_closed_case_never_moves_again() -> None:
    assert [after for after in cases.STATUS_NAMES if cases.allowed("closed", after)] == ["closed"]


def test_only_an_alert_a_suspicion_or_an_approved_closure_ends_a_case() -> None:
    endings = {before for before in ACTIVE if cases.allowed(before, "closed")}

    assert endings == {"alert", "suspected", "closing"}


def test_every_status_and_stage_has_a_chinese_name() -> None:
    for names in (cases.STATUS_NAMES, cases.STAGE_NAMES, cases.CLOSURE_NAMES):
        assert all(name and not name.isascii() for name in names.values())
