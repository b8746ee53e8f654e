"""How a case of the demo goes: who says what when, when the pupil comes back, and where work has come to a halt."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from service import clock
from service.calendars import Calendar
from service.seed.player import Player, short
from service.seed.tales import Tale
from service.tasks import Task

ROLL_CALL = time(8, 40)
CLAIM = "SP65_T01"
LAST_MOMENT = (CLAIM, "SP80_T06")
"""Done on the day they are due: three days of presence, or the ninety days, must have passed."""

FIRST_DAYS = 3
"""On these days of an absence the roll moves the case; later the service counts by itself."""

USUAL = {
    "SP10_T01": ("refuses",),
    "SP10_T02": ("approved",),
    "SP10_T04": ("refused_guardian",),
    "SP10_T07": ("signed",),
    "SP20_T03": ("persuade",),
    "SP25_T01": ("confirmed",),
    "SP30_T02": ("refused_guardian", "refused_pupil", "promised", "refused_guardian", "nobody", "refused_guardian"),
    "SP30_T08": ("no",),
    "SP30_T09": ("refused_guardian",),
    "SP40_T01": ("admonish",),
    "SP40_T02": ("refused",),
    "SP40_T04": ("pass",),
    "SP40_T05": ("signed",),
    "SP40_T07": ("no",),
    "SP40_T09": ("enforce",),
    "B20_T02": ("served",),
    "SP50_T01": ("filed",),
    "SP50_T02": ("enough",),
    "SP50_T04": ("partly",),
    "SP50_T06": ("pass",),
    "SP50_T07": ("penalty",),
    "SP60_T04": ("accepted",),
    "SP60_T06": ("allow",),
    "SP60_T07": ("measures",),
    "SP60_T11": ("file",),
    "SP60_T13": ("filed",),
    "SP60_T14": ("judgment",),
    CLAIM: ("confirmed",),
    "SP66_T01": ("closed",),
    "SP70_T05": ("agree",),
    "SP70_T04": ("approved",),
    "SP80_T03": ("stable",),
    "SP80_T06": ("to_white", "continue", "to_closure"),
    "SP90_T02": ("pass",),
    "SP90_T03": ("pass",),
    "SP90_T04": ("approve",),
    "SP10_T08": ("ack",),
}
"""What happens where a course says nothing else: outcomes in turn, the last one again and again."""


@dataclass
class Course:
    """One pupil's case. Node ids are short (SP40_T09)."""

    student_id: int
    tale: Tale
    begins: date
    calendar: Calendar
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    halts: Sequence[str] = ()
    """Tasks that nobody has come to yet; `SP30_T02*3` leaves the third one lying."""
    back: str = ""
    """After this task (`SP30_T02*2`) the pupil comes back on the next school day but one."""
    late: Sequence[str] = ()
    """Tasks done a working day after they were due."""
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - an invented course of events
    case_id: int | None = None
    back_on: date | None = None
    _plans: dict[int, datetime | None] = field(default_factory=dict)
    _opened: Counter[str] = field(default_factory=Counter)
    _done: Counter[str] = field(default_factory=Counter)
    _rolled: set[date] = field(default_factory=set)

    def first_wake(self) -> datetime:
        """When the first absence is noted."""
        return clock.local(self.begins, ROLL_CALL)

    def wake(self, player: Player) -> datetime | None:
        """Do what is to be done by now; when to look again, None when this course is over."""
        self._call_roll(player)
        if self.case_id is None:
            raise LookupError(f"the absence of pupil {self.student_id} on {self.begins} began no case")
        tasks = player.open_tasks(self.case_id)
        while ready := self._ready(tasks, player.now):
            self._do(player, ready)
            tasks = player.open_tasks(self.case_id)
        return self._next(player, tasks)

    # ---- the roll

    def _call_roll(self, player: Player) -> None:
        today = clock.local_date(player.now)
        if today in self._rolled or not self.calendar.is_school(today) or player.now < clock.local(today, ROLL_CALL):
            return
        if self.back_on and today >= self.back_on:
            if self.case_id and player.find(self.case_id, CLAIM) is None and today > self.back_on:
                return
            player.attend(self.student_id, present=True)
        elif len(self._rolled) < FIRST_DAYS:
            self.case_id = player.attend(self.student_id, present=False) or self.case_id
        else:
            return
        self._rolled.add(today)

    # ---- work

    def _ready(self, tasks: Sequence[Task], now: datetime) -> Task | None:
        """The open task that is planned earliest, if its time has come."""
        for task in tasks:
            if task.id not in self._plans:
                self._opened[short(task)] += 1
                self._plans[task.id] = self._plan(task)
        planned = [(plan, task.id, task) for task in tasks if (plan := self._plans[task.id]) and plan <= now]
        return min(planned)[2] if planned else None

    def _do(self, player: Player, task: Task) -> None:
        node = short(task)
        said = self.outcomes.get(node) or USUAL.get(node)
        player.finish(task, said[min(self._done[node], len(said) - 1)] if said else None)
        self._done[node] += 1
        if self.back and self.back_on is None and _reached(self.back, node, self._done[node]):
            self.back_on = self.calendar.add_school(clock.local_date(player.now), 2)

    def _plan(self, task: Task) -> datetime | None:
        """When its holder comes to a task: somewhere before it is due, in office hours of a working day."""
        node = short(task)
        if any(_reached(halt, node, self._opened[node]) for halt in self.halts):
            return None
        if node[-1] in "bc":
            return task.created_at + timedelta(minutes=self.chance.randrange(20, 90))
        if node in LAST_MOMENT:
            return task.due_at - timedelta(hours=2)
        if node in self.late:
            return clock.local(self.calendar.add_working(clock.local_date(task.due_at), 1), time(10, self.chance.randrange(60)))
        wanted = task.created_at + (task.due_at - task.created_at) * self.chance.uniform(0.45, 0.8)
        return self._in_office_hours(wanted, task)

    def _in_office_hours(self, wanted: datetime, task: Task) -> datetime:
        if clock.local_date(task.created_at) == clock.local_date(task.due_at):
            return wanted
        day = clock.local_date(wanted)
        while not self.calendar.is_working(day):
            day += timedelta(days=1)
        moment = clock.local(day, time(self.chance.choice((9, 10, 11, 14, 15, 16)), self.chance.randrange(60)))
        return moment if task.created_at < moment <= task.due_at else wanted

    def _next(self, player: Player, tasks: Sequence[Task]) -> datetime | None:
        assert self.case_id
        due = player.next_due(self.case_id)
        if not (tasks or due):
            return None  # nothing will ever happen again: the case is closed
        moments = [plan for task in tasks if (plan := self._plans[task.id])]
        if due:
            moments.append(due + timedelta(minutes=1))
        if len(self._rolled) < FIRST_DAYS or (self.back_on and not self._is_back(player)):
            moments.append(clock.local(self._next_roll(player.now), ROLL_CALL))
        return max(min(moments), player.now + timedelta(minutes=1)) if moments else None

    def _is_back(self, player: Player) -> bool:
        assert self.case_id
        return player.case(self.case_id).returned_on is not None

    def _next_roll(self, now: datetime) -> date:
        today = clock.local_date(now)
        begun = now < clock.local(today, ROLL_CALL)
        return today if begun and self.calendar.is_school(today) else self.calendar.add_school(today, 1)


def _reached(mark: str, node: str, times: int) -> bool:
    """Whether `SP30_T02*3` means this node at this time; without a number any time does."""
    name, _, number = mark.partition("*")
    return node == name and (not number or times >= int(number))
