"""The state transitions of a case, as a table: what its status may become, and nothing else (docs/domain, e.9.1).

A claim of return, a search, a transfer check and a closure under approval come *over* a status and
may give it back; `Case.move` keeps the two apart. One line is ours: a relapse found excused goes back
to the watch list, where the first alert would be closed.
"""

ASIDE = frozenset({"transferring", "tracing", "closing", "hold"})  # from any active status, and back to it
ANYWHERE = ASIDE | {"suspended", "home_teaching"}

ALLOWED: dict[str, frozenset[str]] = {
    "": frozenset({"alert", "suspected"}),
    "alert": frozenset({"suspected", "closed"}),
    "suspected": frozenset({"confirmed", "return_claimed", "closed", "red"}),  # red: a relapse that verification finds excused
    "confirmed": frozenset({"ordered", "return_claimed"}),
    "ordered": frozenset({"penalty", "court", "return_claimed", "confirmed"}),
    "penalty": frozenset({"court", "return_claimed", "ordered", "confirmed"}),
    "court": frozenset({"return_claimed", "ordered", "confirmed"}),
    "return_claimed": frozenset({"returned"}),
    "returned": frozenset({"red", "white"}),
    "red": frozenset({"white", "suspected"}),
    "white": frozenset({"red", "suspected"}),
    "suspended": frozenset({"red", "suspected"}),
    "home_teaching": frozenset({"red"}),
    "closing": frozenset({"closed"}),
    "closed": frozenset(),
}


def allowed(old: str, new: str) -> bool:
    """May a case whose status is `old` get the status `new`? Staying is allowed while it is open."""
    if old in ("", "closed"):
        return new in ALLOWED[old]
    return old == new or new in ANYWHERE or new in ALLOWED.get(old, frozenset())
