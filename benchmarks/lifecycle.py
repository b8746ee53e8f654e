"""Start, open and complete below the door, and what each costs in statements; the cost of a step after 200 loops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from time import perf_counter

from benchmarks import memory, story
from benchmarks.clerk import Clerk, Cost, Paper, costing
from benchmarks.figures import Figure, Part, ms
from benchmarks.grounds import MORNING, Ground
from service import clock, processes, tasks

LOOPS, WARM = 200, 20


@dataclass
class Steps:
    """What was measured of each completion: counted in one walk, timed in the others, since counting takes time, too."""

    counting: bool = True
    costs: dict[str, Cost] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)

    def written(self, node: str) -> int:
        """Bytes that completing this node wrote when it was counted."""
        return round(median(cost.written for place, cost in self.costs.items() if place.endswith(node)))

    @property
    def baseline(self) -> float:
        return median(step + commit for step, commit in zip(self.memory, self.raw, strict=True))


def lifecycle(ground: Ground, short: bool) -> Part:
    """S03 walked by several pupils, each completion beside its baseline."""
    clerk = ground.clerk()
    pupils = ground.pupils()[: 3 if short else 6]
    steps, starts = Steps(), []
    clerk.handing = _measured(ground, clerk, steps)
    for number, pupil in enumerate(pupils):
        steps.counting = number == 0  # which also warms every cache
        clerk.now = MORNING
        walk = story.Walk(clerk, pupil)
        with costing(ground.database) as cost:
            walk.play(list(story.to_follow_up())[:1])
        starts.append(cost.seconds)
        walk.play([*list(story.to_follow_up())[1:], *story.to_closure()])
    return Part(f"Start, open, complete on {ground.kind}", _figures(ground.kind, steps, starts[1:]))


def _figures(kind: str, steps: Steps, starts: Sequence[float]) -> list[Figure]:
    took, costs = median(steps.seconds), steps.costs.values()
    parts = f"in memory {ms(steps.memory):.2f} ms + raw commit {ms(steps.raw):.2f} ms"
    return [
        Figure(kind, "complete, below the door", took * 1000, " ms"),
        Figure(kind, "complete ÷ (same step in memory + raw commit of the same bytes)", took / steps.baseline, "×", parts, most=2),
        Figure(kind, "SQL statements per completion (median)", median(cost.statements for cost in costs), most=12),
        Figure(kind, "commits per completion (most)", max(cost.commits for cost in costs), most=1),
        Figure(kind, "bytes written per completion (median)", median(cost.written for cost in costs), " B"),
        Figure(kind, "open a task's form, below the door", ms(steps.opens), " ms"),
        Figure(kind, "start: post an absence that opens a case", ms(starts), " ms"),
        Figure(kind, "start ÷ raw commit", median(starts) / median(steps.raw), "×", f"raw commit {ms(steps.raw):.2f} ms"),
    ]


def _measured(ground: Ground, clerk: Clerk, steps: Steps) -> Callable[[Paper, Callable[[], None]], None]:
    commit = memory.raw_commits(ground.settings.database_url)

    def handing(paper: Paper, hand_in: Callable[[], None]) -> None:
        kept = memory.before(ground.database, paper)
        if steps.counting:
            with costing(ground.database) as cost:
                hand_in()
            steps.costs[f"{len(steps.costs)} {paper.task.node_id}"] = cost
            return
        steps.opens.append(_opened(ground, clerk, paper))
        started = perf_counter()
        hand_in()
        steps.seconds.append(perf_counter() - started)
        steps.memory.append(memory.step(kept, paper, clerk.now))
        steps.raw.append(commit(steps.written(paper.task.node_id)))

    return handing


def _opened(ground: Ground, clerk: Clerk, paper: Paper) -> float:
    started = perf_counter()
    with clock.standing_at(clerk.now), ground.database.reading() as session:
        task, _ = tasks.find_for(session, paper.actor, paper.task.id)
        processes.open_sheet(session, paper.actor, task)
    return perf_counter() - started


def loops(ground: Ground, short: bool) -> Part:
    """A case that is followed up again and again: the last steps against the first."""
    count, warm = (60, 10) if short else (LOOPS, WARM)
    clerk = ground.clerk()
    walk = story.Walk(clerk, ground.pupils()[0])
    walk.play(list(story.to_follow_up()))
    took: list[float] = []

    def handing(paper: Paper, hand_in: Callable[[], None]) -> None:
        with costing(ground.database) as cost:
            hand_in()
        if paper.task.node_id.startswith(story.FOLLOW_UP):
            took.append(cost.seconds)

    clerk.handing = handing
    while len(took) < count + warm:
        _one_more(walk)
    first, last = median(took[warm : 2 * warm]), median(took[-warm:])
    against = f"the first {warm}: {first * 1000:.2f} ms"
    return Part(
        f"After {count} loops on {ground.kind}",
        [Figure(ground.kind, f"a step after {count} loops ÷ at first", last / first, "×", against, most=1.3)],
    )


def _one_more(walk: story.Walk) -> None:
    """The next follow-up or review, whichever is open first; nothing of it ends the case."""
    while not (found := walk.player.open_tasks(walk.case_id)):
        walk.player.until(walk.player.now + timedelta(days=7))
    task = found[0]
    walk.player.until(max(walk.player.now, task.due_at - story.EARLY))
    short = "_".join(task.node_id.split("_")[:2])
    walk.complete(short, {story.FOLLOW_UP: "stable", "SP80_T06": "continue"}.get(short))
