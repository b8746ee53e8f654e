"""The state transitions of DOMAIN e.9.1, as a table: what a case's status may become, and nothing else."""

ANYWHERE = frozenset(("transferring", "tracing", "suspended", "home_teaching", "closing", "hold"))  # from any active status, by an event
BACK = frozenset(("return_claimed", "hold", "transferring", "tracing", "closing"))  # may go back to the status before

ALLOWED: dict[str, frozenset[str]] = {
    "": frozenset({"alert", "suspected"}),
    "alert": frozenset({"suspected", "closed", "return_claimed"}),
    "suspected": frozenset({"confirmed", "return_claimed", "closed"}),
    "confirmed": frozenset({"ordered", "return_claimed"}),
    "ordered": frozenset({"penalty", "court", "return_claimed", "confirmed"}),
    "penalty": frozenset({"court", "return_claimed", "ordered", "confirmed"}),
    "court": frozenset({"return_claimed", "ordered", "confirmed"}),
    "return_claimed": frozenset({"returned"}),
    "returned": frozenset({"red", "white"}),
    "red": frozenset({"white", "suspected"}),
    "white": frozenset({"red", "suspected"}),
    "suspended": frozenset({"red", "suspected"}),
    "hold": frozenset(),
    "transferring": frozenset(),
    "tracing": frozenset(),
    "home_teaching": frozenset({"red"}),
    "closing": frozenset({"closed"}),
    "closed": frozenset(),
}


def allowed(old: str, new: str, before: str = "") -> bool:
    """May a case go from `old` to `new`? `before` is the status it had when it came to `old`."""
    if old == new:
        return old not in ("", "closed")
    if old in BACK and new == before and before not in ("", "closed"):
        return True
    return new in ALLOWED.get(old, frozenset()) or (old in ALLOWED.keys() - {"", "closed"} and new in ANYWHERE)
