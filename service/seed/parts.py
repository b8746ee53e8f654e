"""The parts that are played in the demo: for each phase, cases that have come so far by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PENALTY = {"SP40_T09": ("penalty",)}
CIVIL = {"SP40_T09": ("civil",)}


@dataclass(frozen=True)
class Part:
    """A role in the demo: how many school days ago it began, and how far it has come."""

    ago: int
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    halts: Sequence[str] = ()
    back: str = ""
    late: Sequence[str] = ()


DETECTION = (
    Part(0, halts=("SP10_T01",)),
    Part(1, {"SP10_T01": ("no_answer",)}, halts=("SP10_T03",)),
    Part(1, halts=("SP10_T04",)),
    Part(2, {"SP10_T04": ("nobody",)}, halts=("SP10_T05", "SP10_T07")),
    Part(3, halts=("SP10_T06",), late=("SP10_T01",)),
)
VERIFICATION = (
    Part(3, halts=("SP20_T01",)),
    Part(4, halts=("SP20_T02",), late=("SP10_T04",)),
    Part(6, halts=("SP20_T03",)),
    Part(7, {"SP20_T03": ("transfer_claimed",)}, halts=("CP08_T02",)),
)
PERSUASION = (
    Part(8, halts=("SP30_T01",)),
    Part(12, halts=("SP30_T02*1", "SP25_T01")),
    Part(14, halts=("SP30_T02*2",)),
    Part(18, {"SP30_T02": ("refused_pupil", "nobody", "refused_guardian")}, halts=("SP30_T06", "SP30_T02*3")),
    Part(20, halts=("SP30_T02*3", "SP30_T08"), late=("SP30_T02",)),
)
ADMONITION = (
    Part(26, halts=("SP40_T01",)),
    Part(29, halts=("SP40_T02",)),
    Part(33, halts=("SP40_T04",)),
    Part(42, {"SP40_T02": ("absent", "refused")}, halts=("SP40_T09",)),
)
PENALTIES = (
    Part(61, PENALTY, halts=("SP50_T01",)),
    Part(67, PENALTY, halts=("SP50_T02",)),
    Part(73, PENALTY, halts=("SP50_T04", "SP50_T06")),
    Part(84, PENALTY, halts=("SP50_T10",)),
)
COURT = (
    Part(62, CIVIL, halts=("SP60_T12",)),
    Part(72, CIVIL, halts=("SP60_T14",)),
    Part(150, halts=("SP60_T06",)),
    Part(66),
)
PLACEMENT = (
    Part(16, back="SP30_T02*1", halts=("SP70_T03",)),
    Part(20, {"SP70_T05": ("disagree",)}, back="SP30_T02*1", halts=("SP70_T04",)),
    Part(22, back="SP30_T02*2", halts=("SP70_T06",)),
)
FOLLOW_UP = (
    Part(30, back="SP30_T02*1", halts=("SP80_T02",)),
    Part(45, back="SP30_T02*1", late=("SP80_T03",)),
    Part(60, {"SP80_T03": ("stable", "wavering", "stable")}, back="SP30_T02*2"),
    Part(52, back="SP30_T02*1", halts=("SP80_T03*3",)),
)
CLOSED = (
    Part(30, {"SP10_T01": ("present_error",)}),
    Part(115, back="SP30_T02*1"),
)

CASTS = {
    "青山县": (*DETECTION, *VERIFICATION, *PERSUASION, *ADMONITION, *COURT, *PLACEMENT, *FOLLOW_UP, *CLOSED),
    "云河县": (DETECTION[1], VERIFICATION[2], PERSUASION[2], ADMONITION[1], *PENALTIES, PLACEMENT[0], FOLLOW_UP[1]),
}
