"""Give every flow in a channel a track: flows that go the same way share one, others never touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from .grid import Axis, Grid, Run

_ROUNDS = 3


@dataclass
class Strand:
    """Runs of a channel that share a track, because they leave one node or enter one."""

    runs: list[Run]
    track: int = 0

    @property
    def low(self) -> int:
        return min(run.low for run in self.runs)

    @property
    def high(self) -> int:
        return max(run.high for run in self.runs)

    def ends(self) -> Iterable[tuple[int, bool, Run]]:
        """Where it is joined: crossing line, whether toward the low side (left, up), and the run there."""
        for run in self.runs:
            for other, at in ((run.before, run.start), (run.after, run.end)):
                if other is not None:
                    far = other.end if other is run.after else other.start
                    near = other.start if other is run.after else other.end
                    if far != near:
                        yield at, far < near, other


@dataclass
class Channel:
    axis: Axis
    line: int
    strands: list[Strand] = field(default_factory=list)

    @property
    def tracks(self) -> int:
        return max((strand.track for strand in self.strands), default=-1) + 1


class Channels:
    """All channels of a grid with their strands on tracks."""

    def __init__(self, grid: Grid, runs: list[Run]) -> None:
        self.grid = grid
        self.runs = runs
        self.strand_of: dict[int, Strand] = {}
        self.by_line: dict[tuple[Axis, int], Channel] = {}
        self._gather()
        self._order()

    def _gather(self) -> None:
        """Strands; where fixed ends contradict each other, a run gets a jog and we look again."""
        while True:
            self.by_line = _channels(self.grid, self.runs)
            knots = [knot for channel in self.by_line.values() if (knot := self._knot(channel))]
            if not knots:
                break
            strand, axis = knots[0]
            self._jog(strand, axis)
        self.strand_of = {id(run): strand for channel in self.by_line.values() for strand in channel.strands for run in strand.runs}

    def _must_precede(self, axis: Axis, one: Strand, two: Strand) -> bool:
        """On a fixed line the strand that is joined from the left must stand left of the other."""
        crossing = self.grid.lines("v" if axis == "h" else "h")
        leftward = {at for at, low, _ in one.ends() if low and crossing[at].kind != "channel"}
        return any(not low and at in leftward for at, low, _ in two.ends())

    def _knot(self, channel: Channel) -> tuple[Strand, Axis] | None:
        """A strand that would have to stand both before and behind others."""
        left = list(channel.strands)
        while left:
            free = [s for s in left if not any(t is not s and self._must_precede(channel.axis, t, s) for t in left)]
            if not free:
                return max(self._circle(channel.axis, left), key=lambda s: s.high - s.low), channel.axis
            left = [s for s in left if not any(s is t for t in free)]
        return None

    def _circle(self, axis: Axis, strands: list[Strand]) -> list[Strand]:
        path = [strands[0]]
        while True:
            before = next(s for s in strands if s is not path[-1] and self._must_precede(axis, s, path[-1]))
            for index, seen in enumerate(path):
                if seen is before:
                    return path[index:]
            path.append(before)

    def _jog(self, strand: Strand, axis: Axis) -> None:
        """Cut the strand at a channel it crosses, so that its two halves may use different tracks."""
        crossing = self.grid.lines("v" if axis == "h" else "h")
        inside = [at for at in range(strand.low + 1, strand.high) if crossing[at].kind == "channel"]
        cut = inside[len(inside) // 2]
        parts = list(strand.runs)
        for run in strand.runs:
            if run.low < cut < run.high:
                second = Run(run.flow, axis, run.line, cut, run.end, after=run.after, key=run.key)
                link = Run(run.flow, "v" if axis == "h" else "h", cut, run.line, run.line, before=run, after=second)
                link.key = ("jog", f"{run.key} {run.line}")
                second.before = link
                if run.after is not None:
                    run.after.before = second
                run.end, run.after = cut, link
                self.runs += [link, second]
                parts.append(second)
        for part in parts:
            if part.high <= cut:
                part.key = (f"until {cut} {part.key[0]}", part.key[1])

    def _order(self) -> None:
        """Tracks for one direction decide where the other's ends lie, so both are done in turn."""
        for _ in range(_ROUNDS):
            for axis in ("v", "h"):
                for channel in self.by_line.values():
                    if channel.axis == axis:
                        self._order_channel(channel)

    def _order_channel(self, channel: Channel) -> None:
        order = self._first_order(channel)
        moved = True
        passes = 0
        while moved and passes < 12:
            moved, passes = False, passes + 1
            for index in range(len(order) - 1):
                one, two = order[index], order[index + 1]
                if self._must_precede(channel.axis, one, two):
                    continue
                if self._crossings(two, one) < self._crossings(one, two):
                    order[index], order[index + 1] = two, one
                    moved = True
        channel.strands = order
        for index, strand in enumerate(order):
            earlier = [other.track for other in order[:index] if other.low <= strand.high and strand.low <= other.high]
            strand.track = max(earlier, default=-1) + 1

    def _first_order(self, channel: Channel) -> list[Strand]:
        left = list(channel.strands)
        order: list[Strand] = []
        while left:
            free = [s for s in left if not any(t is not s and self._must_precede(channel.axis, t, s) for t in left)]
            cost = [sum(self._crossings(s, t) - self._crossings(t, s) for t in left if t is not s) for s in free]
            chosen = free[cost.index(min(cost))]
            order.append(chosen)
            left = [s for s in left if s is not chosen]
        return order

    def _crossings(self, one: Strand, two: Strand) -> int:
        """How often they cross when `one` stands before `two`."""
        count = 0
        low, high = self._extent(two)
        count += len(
            {self.place(other, at) for at, toward_low, other in one.ends() if not toward_low and low < self.place(other, at) < high}
        )
        low, high = self._extent(one)
        return count + len(
            {self.place(other, at) for at, toward_low, other in two.ends() if toward_low and low < self.place(other, at) < high}
        )

    def _extent(self, strand: Strand) -> tuple[float, float]:
        places = [self.place(other, at) for at, _, other in strand.ends()]
        places += [float(strand.low), float(strand.high)] if not places else []
        return min(places), max(places)

    def place(self, run: Run, at: int) -> float:
        """Where a run lies among the crossing lines, tracks counted as fractions."""
        strand = self.strand_of.get(id(run))
        if strand is None:
            return float(at)
        tracks = self.by_line[run.axis, run.line].tracks
        return at - 0.4 + 0.8 * (strand.track + 1) / (tracks + 1)


def _channels(grid: Grid, runs: list[Run]) -> dict[tuple[Axis, int], Channel]:
    by_key: dict[tuple[Axis, int], dict[tuple[str, str], list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if grid.lines(run.axis)[run.line].kind == "channel":
            by_key[run.axis, run.line][run.key].append(run)
    channels: dict[tuple[Axis, int], Channel] = {}
    for (axis, line), keyed in sorted(by_key.items()):
        channel = Channel(axis, line)
        for same in keyed.values():
            channel.strands += _merge(same)
        channels[axis, line] = channel
    return channels


def _merge(runs: list[Run]) -> list[Strand]:
    strands: list[Strand] = []
    for run in sorted(runs, key=lambda r: (r.low, r.high)):
        if strands and run.low <= strands[-1].high:
            strands[-1].runs.append(run)
        else:
            strands.append(Strand([run]))
    return strands
