"""Random walks over a county's processes: one case on the engine, one on the reference game, always told the same."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from service.engine import Bundle, Diagram, assign, evaluate, read
from tests.engine import reference
from tests.engine.boards import engine, referee
from tests.engine.casework import CLAIM, FIRST_DAY, MAIN, Case

PROCESSES = Path(__file__).parents[2] / "processes"
STARTS = (  # trigger, entry and status of a case: new, or back in a stage after a refused closure
    *[("absence", None, "")] * 3,
    *[("term_missing", None, "")] * 2,
    ("clue", "SP30", "confirmed"),
    ("clue", "SP40_T01", "confirmed"),
    *[("clue", "SP40_T09", "ordered")] * 2,
    ("clue", "SP80", "red"),
    ("clue", "SP70", "returned"),
)
FINAL = ("deceased", "emigrated", "completed", "transfer_confirmed", "data_error", "suspension_approved", "home_teaching_approved")
COMPANIONS_SAY = ("return_confirmed", "claim_rejected", "ladder_reset")  # nobody else
MESSAGES = {**dict.fromkeys(FINAL, 0.05), **dict.fromkeys(COMPANIONS_SAY, 0.0)}
OUTCOMES = {  # what keeps a case open is likelier, so that walks reach the late phases
    **dict.fromkeys(("persuade", "confirmed", "admonish", "pass", "signed", "served", "agree", "penalty", "filed", "stable"), 5.0),
    **dict.fromkeys(("excused", "data_error", "present_error", "transfer_claimed", "disability", "illness", "missing"), 0.3),
    **dict.fromkeys(("never_enrolled", "vocational_or_special", "close_c10", "vocational", "more_support"), 0.3),
}


def real_files(variant: str = "") -> dict[str, bytes]:
    """The county's diagrams by process key: the standard ones, those of a variant in their place."""
    paths = sorted(PROCESSES.rglob("*.bpmn"), key=lambda path: "@" in path.stem)
    files = [path.read_bytes() for path in paths if path.stem.partition("@")[2] in ("", variant)]
    return {read(xml).process_key: xml for xml in files}


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
        self.known = reference.boards(self.files)
        self.companions = {key: diagram for key, diagram in self.diagrams.items() if diagram.properties.get("kind") == "companion"}
        self.messages = sorted({node.event.name for node in self.bundle.nodes.values() if node.event.kind == "message"})


class _First(random.Random):
    """Always the first choice, so that a story is told the same way every time."""

    def choice(self, seq: Any) -> Any:
        return seq[0]


class Pair:
    """A case on both boards, told the same and compared after every step."""

    def __init__(self, county: County, facts: dict[str, Any], status: str = "", *, keep: bool = False) -> None:
        self.county = county
        self.ours = Case(engine(county.bundle, keep), county.companions, facts, status)
        self.theirs = Case(referee(county.known, county.seen), county.companions, facts, status)
        self.compare("start")

    def tell(self, what: tuple[Any, ...], where: str = "") -> None:
        for case in (self.ours, self.theirs):
            try:
                _tell(case, what)
            except Exception as error:
                raise AssertionError(f"{where} {what}: {error!r}") from error
        self.compare(f"{where} {what}")

    def compare(self, told: str) -> None:
        for mine, other in zip(self.ours.picture(), self.theirs.picture(), strict=True):
            assert mine == other, f"{told}\nengine    {mine}\nreference {other}"

    @property
    def over(self) -> bool:
        return all(key != MAIN for key, _ in self.theirs.plays.values())

    def ready(self) -> set[str]:
        return {id for _, play in self.theirs.plays.values() for id in play.ready()}

    def go(self, until: str, *, most: int = 200, **outcomes: str) -> None:
        """Do what is next, with the outcomes named (the first on offer otherwise), until a task is open."""
        for _ in range(most):
            tasks = sorted((number, id) for number, (_, play) in self.theirs.plays.items() for id in play.ready())
            if any(id == until for _, id in tasks):
                return
            if not tasks:
                self.tell(("wait", timedelta(days=10), {}))
                continue
            number, id = tasks[0]
            node = self.county.bundle.node(id)
            self.do(id, outcomes.get(node.short_id, node.outcomes[0].id), number)
        raise AssertionError(f"{until} was not reached: {self.theirs.picture()[0]}")

    def do(self, id: str, outcome: str = "", number: int = 0) -> None:
        """Complete a task, of the first instance that has it."""
        number = number or next(number for number, (_, play) in sorted(self.theirs.plays.items()) if id in play.ready())
        facts = _answers(_First(0), self.county, self.theirs, id, outcome)
        self.tell(("task", number, id, facts))


def walk(county: County, seed: int, steps: int, *, keep: bool = False) -> Counter[str]:
    """Walk one case; raises AssertionError where the two boards differ, naming seed and step."""
    rng = random.Random(seed)
    trigger, entry, status = rng.choice(STARTS)
    pair = Pair(county, {"trigger_type": trigger, "entry": entry, "confirmed": status != ""}, status, keep=keep)
    tally: Counter[str] = Counter()
    mood = rng.choice(MOODS)
    while tally["steps"] < steps and not pair.over:
        what = _choose(rng, county, pair.theirs, mood)
        pair.tell(what, f"seed {seed} step {tally['steps']}:")
        tally["steps"] += 1
    tally.update(pair.ours.did)
    tally["closed"] = int(pair.over)
    tally["days"] = (pair.ours.now - FIRST_DAY).days
    tally["strange"] = len(pair.ours.strange)
    assert not pair.ours.strange, f"seed {seed}: transitions the domain does not know: {pair.ours.strange}"
    return tally


def _choose(rng: random.Random, county: County, case: Case, mood: Mood) -> tuple[Any, ...]:
    """One thing that happens next. Facts that no diagram sets (is a pupil present?) change now and then."""
    odds = {"is_present": mood.present, "is_escalation_open": 0.6, "is_penalty_open": 0.7, "is_cause": 0.2 * mood.beside}
    world = {fact: rng.random() < odd for fact, odd in odds.items()}
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


def _answers(rng: random.Random, county: County, case: Case, id: str, wanted: str = "") -> dict[str, Any]:
    """An outcome on offer and the facts the task's answers set."""
    node = county.bundle.node(id)
    offered = [one for one in node.outcomes if not one.offer or evaluate(one.offer, case.facts.get, case.call)]
    ids = [one.id for one in offered or node.outcomes]
    outcome = wanted or rng.choices(ids, [OUTCOMES.get(id, 1.0) for id in ids])[0]
    assert outcome in ids, f"{id} does not offer {outcome}"
    text = node.properties.get("facts", "")
    answers = {name: _answer(rng, case, name) for name in re.findall(r"[A-Za-z_]\w*", text)}
    facts = {} if not text else assign(text, lambda name: case.facts[name] if name in case.facts else answers.get(name), case.call)
    return {**facts, f"o_{node.short_id}": outcome}


CHOICES = {
    "placement_kind": ("original_class", "home_teaching", "home_teaching"),
    "kind": ("original_class", "home_teaching"),
    "list": ("red", "white"),
}


def _answer(rng: random.Random, case: Case, name: str) -> Any:
    if name in CHOICES:
        return rng.choice(CHOICES[name])
    if re.search(r"days|count|amount|no$|done$|number|total|times", name):
        return rng.randint(1, 14)
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
