"""Random walks over a county's processes: one case on the engine, one on the reference game, always told the same."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from service.engine import Bundle, Diagram, assign, evaluate, read
from tests.engine.boards import engine, referee
from tests.engine.casework import CLAIM, FIRST_DAY, MAIN, Case

STARTS = ("absence", "absence", "term_missing", "clue")
FINAL = ("deceased", "emigrated", "completed", "transfer_confirmed", "data_error", "suspension_approved", "home_teaching_approved")
MESSAGES = {**dict.fromkeys(FINAL, 0.05), "return_confirmed": 0.0, "claim_rejected": 0.0, "ladder_reset": 0.4}  # 0: only SP65 says it
OUTCOMES = {  # what keeps a case open is likelier, so that walks reach the late phases
    **dict.fromkeys(("persuade", "confirmed", "admonish", "pass", "signed", "served"), 5.0),
    **dict.fromkeys(("excused", "data_error", "present_error", "transfer_claimed", "disability", "illness", "missing"), 0.3),
    **dict.fromkeys(("never_enrolled", "vocational_or_special", "close_c10", "vocational", "to_closure", "more_support"), 0.3),
}


@dataclass(frozen=True)
class Mood:
    """What kind of case is walked: how often the pupil is there, how much happens beside the main road, how time passes."""

    present: float
    beside: int
    final: float
    pauses: tuple[int, ...]


MOODS = (
    Mood(present=0.15, beside=2, final=1.0, pauses=(1, 3, 7, 12, 30, 60)),
    Mood(present=0.02, beside=1, final=0.05, pauses=(1, 7, 30, 90, 190)),
    Mood(present=0.02, beside=0, final=0.0, pauses=(7, 12, 30, 60)),
    Mood(present=0.3, beside=3, final=0.2, pauses=(1, 1, 3, 30)),
)


@dataclass
class County:
    """A set of files ready to be walked."""

    files: Mapping[str, bytes]
    diagrams: dict[str, Diagram] = field(init=False)
    bundle: Bundle = field(init=False)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.diagrams = {key: read(xml) for key, xml in self.files.items()}
        self.bundle = Bundle(self.diagrams)
        self.companions = {key: diagram for key, diagram in self.diagrams.items() if diagram.properties.get("kind") == "companion"}
        self.messages = sorted({node.event.name for node in self.bundle.nodes.values() if node.event.kind == "message"})

    def pair(self, facts: dict[str, Any], keep: bool = False) -> tuple[Case, Case]:
        ours = Case(engine(self.bundle, keep), self.companions, facts)
        theirs = Case(referee(self.files, self.seen), self.companions, facts)
        return ours, theirs


def walk(county: County, seed: int, steps: int, *, keep: bool = False, first: str | None = None) -> Counter[str]:
    """Walk one case; raises AssertionError where the two boards differ, naming seed and step."""
    rng = random.Random(seed)
    trigger = first or rng.choice(STARTS)
    ours, theirs = county.pair({"trigger_type": trigger}, keep)
    tally: Counter[str] = Counter()
    mood = rng.choice(MOODS)
    for step in range(steps):
        if all(key != MAIN for key, _ in theirs.plays.values()):
            tally["closed"] += 1
            break
        what = _choose(rng, county, theirs, mood)
        told = f"seed {seed} step {step}: {what}"
        for case in (ours, theirs):
            try:
                _tell(case, what)
            except Exception as error:
                raise AssertionError(f"{told}: {error!r}") from error
        for mine, other in zip(ours.picture(), theirs.picture(), strict=True):
            assert mine == other, f"{told}\nengine    {mine}\nreference {other}"
        tally["steps"] += 1
        tally[f"{what[0]}s"] += 1
    tally["episodes"] = theirs.facts["episode_no"]
    tally["days"] = (theirs.now - FIRST_DAY).days
    tally.update(f"{old}->{new}" for old, new in ours.strange)
    return tally


def _choose(rng: random.Random, county: County, case: Case, mood: Mood) -> tuple[Any, ...]:
    """One thing that happens next. Facts that no diagram sets (is a pupil present?) change now and then."""
    world = {"is_present": rng.random() < mood.present, "is_escalation_open": rng.random() < 0.6, "is_penalty_open": rng.random() < 0.7}
    tasks = sorted({(number, id) for number, (_, play) in case.plays.items() for id in play.ready()})
    kinds = ["task"] * (8 if tasks else 0) + ["wait"] * 4 + ["message"] * 2 + ["start"] * mood.beside
    match rng.choice([*kinds, "hold"] if rng.random() < 0.15 else kinds):
        case "task":
            number, id = rng.choice(tasks)
            return "task", number, id, world | _answers(rng, county, case, id)
        case "wait":
            return "wait", timedelta(days=rng.choice(mood.pauses), hours=rng.randint(0, 9)), world
        case "start":
            return "start", rng.choice([CLAIM, CLAIM, *sorted(county.companions)]), world
        case "hold":
            return "hold", world
    return "message", _message(rng, county, case, mood), world


def _answers(rng: random.Random, county: County, case: Case, id: str) -> dict[str, Any]:
    """An outcome on offer and the facts the task's answers set."""
    node = county.bundle.node(id)
    offered = [one for one in node.outcomes if not one.offer or evaluate(one.offer, case.facts.get, case.call)]
    ids = [one.id for one in offered or node.outcomes]
    outcome = rng.choices(ids, [OUTCOMES.get(id, 1.0) for id in ids])[0]
    text = node.properties.get("facts", "")
    answers = {name: _answer(rng, case, name) for name in re.findall(r"[A-Za-z_]\w*", text)}
    facts = {} if not text else assign(text, lambda name: case.facts[name] if name in case.facts else answers.get(name), case.call)
    return {**facts, f"o_{node.short_id}": outcome}


def _answer(rng: random.Random, case: Case, name: str) -> Any:
    if re.search(r"days|count|amount|no$|done$|number|total|times", name):
        return rng.randint(1, 9)
    return (date.fromisoformat(case.call("today", [])) + timedelta(days=rng.randint(0, 40))).isoformat()


def _message(rng: random.Random, county: County, case: Case, mood: Mood) -> str:
    heard = [name for name in county.messages if any(play.hears(name) for _, play in case.plays.values())]
    names = (heard if rng.random() < 0.7 else []) or county.messages
    weights = [MESSAGES.get(name, 2.0) * (mood.final if name in FINAL else 1.0) for name in names]
    return rng.choices(names, weights)[0] if any(weights) else "nobody_waits_for_this"


def _tell(case: Case, what: tuple[Any, ...]) -> None:
    match what:
        case ("task", number, id, facts):
            case.complete(number, id, facts)
        case ("wait", pause, mood):
            case.facts.update(mood)
            case.wait(pause)
        case ("message", name, mood):
            case.facts.update(mood)
            case.say(name)
        case ("start", key, mood):
            case.facts.update(mood)
            case.start(key)
        case ("hold", mood):
            case.facts.update(mood)
            case.resume() if case.on_hold else case.hold()
