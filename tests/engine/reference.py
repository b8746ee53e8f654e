"""A token game for the BPMN we use: the referee of the walks. Written from the BPMN rules; shares no code with the engine.

A token lies in a scope (a running process or block) on a node. Tokens that can move are on an
agenda, first come, first served. Blocks hold their own scope; a scope ends when it holds no token.
"""

import xml.etree.ElementTree as ET
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
C = "{http://camunda.org/schema/1.0/bpmn}"
MOST_MOVES = 5_000
Arrow = tuple[str, str, str, str | None]  # id, source, target, condition


class Table(Protocol):
    """The game's surroundings: facts, the clock, what rules and functions mean, what operations do."""

    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]: ...
    def call(self, name: str, args: list[Any]) -> Any: ...
    def due(self, rule: str) -> datetime: ...
    def moment(self, value: Any) -> datetime: ...
    def do(self, operation: str, parameters: Mapping[str, str]) -> None: ...
    def held(self, statutory: bool) -> bool: ...


@dataclass(eq=False)
class Square:
    """A drawn element."""

    id: str
    kind: str
    called: str | None
    host: str | None
    interrupting: bool
    default: str | None
    message: str | None
    error: str | None
    terminate: bool
    timer: str | None
    statutory: bool
    properties: dict[str, str]


@dataclass(eq=False)
class Board:
    """A process or block: its squares, the arrows out of and into each, the events on its activities."""

    key: str
    squares: dict[str, Square] = field(default_factory=dict)
    ways: dict[str, list[Arrow]] = field(default_factory=dict)
    into: dict[str, list[str]] = field(default_factory=dict)
    events: dict[str, list[Square]] = field(default_factory=dict)

    def out(self, square: Square) -> list[Arrow]:
        return self.ways.get(square.id, [])

    def boundaries(self, square: Square) -> list[Square]:
        return self.events.get(square.id, [])


@dataclass(eq=False)
class Scope:
    board: Board
    owner: "Token | None"
    tokens: "list[Token]" = field(default_factory=list)
    arrived: "dict[str, Counter[str]]" = field(default_factory=dict)


@dataclass(eq=False)
class Token:
    scope: Scope
    square: Square
    due: dict[Square, datetime] = field(default_factory=dict)
    inside: Scope | None = None

    @cached_property
    def path(self) -> str:
        above = self.scope.owner
        return f"{above.path}/{self.square.id}" if above else self.square.id


def boards(files: Mapping[str, bytes]) -> dict[str, Board]:
    """All processes and blocks of a set of files, by id."""
    found: dict[str, Board] = {}
    for called, xml in files.items():
        first, *inner = _boards(ET.fromstring(xml))
        found |= {called: first, first.key: first} | {board.key: board for board in inner}
    return found


class Game:
    def __init__(self, known: Mapping[str, Board], key: str, table: Table, seen: set[str] | None = None) -> None:
        self.known, self.table = known, table
        self.agenda: deque[tuple[Scope, Square, str]] = deque()
        self.seen = set() if seen is None else seen
        self.done = False
        self.root = Scope(known[key], None)
        self._enter(self.root)
        self._play()

    # ---------------------------------------------------------------- looking

    def ready(self) -> list[str]:
        return sorted(token.square.id for token in self._tokens() if token.square.kind == "userTask")

    def waits(self) -> list[str]:
        found = [token.square.id for token in self._tokens() if token.square.kind in ("intermediateCatchEvent", "eventBasedGateway")]
        events = [(token, event) for token in self._tokens() for event in self._boundaries(token)]
        return sorted(found + [event.id for token, event in events if event.message or event in token.due])

    def active(self) -> list[str]:
        joins = [(scope, id) for scope in self._scopes() for id, count in scope.arrived.items() if count]
        waiting = [f"{scope.owner.path}/{id}" if scope.owner else id for scope, id in joins]
        return sorted([token.path for token in self._tokens()] + waiting)

    def next_due(self) -> datetime | None:
        return min((at for at, *_ in self._timers()), default=None)

    def hears(self, message: str) -> bool:
        return bool(self._listeners(message))

    # ---------------------------------------------------------------- moving

    def complete(self, id: str) -> None:
        token = min((token for token in self._tokens() if token.square.id == id), key=lambda token: token.path)
        self._leave_token(token, token.square)
        self._play()

    def deliver(self, message: str) -> list[str]:
        heard = []
        for token, event in self._listeners(message):
            if self._alive(token):
                heard.append(event.id)
                self._happen(token, event)
                self._play()
        return heard

    def tick(self) -> None:
        until = self.table.now
        while due := [timer for timer in self._timers() if timer[0] <= until]:
            self.table.now = min(due, key=lambda timer: timer[0])[0]
            self._play()
        self.table.now = until

    def postpone(self, pause: timedelta) -> None:
        for token in self._tokens():
            token.due = {event: at if event.statutory else at + pause for event, at in token.due.items()}

    # ---------------------------------------------------------------- rules

    def _play(self) -> None:
        moves = 0
        while True:
            while self.agenda:
                moves += 1
                if moves > MOST_MOVES:
                    raise RuntimeError("the game goes round and round")
                scope, square, arrow = self.agenda.popleft()
                if self._in_play(scope):
                    self._arrive(scope, square, arrow)
                    self._end_if_empty(scope)
            due = [timer for timer in self._timers() if timer[0] <= self.table.now]
            if not due:
                return
            _, _, token, event = min(due, key=lambda timer: timer[:2])
            self._happen(token, event)

    def _enter(self, scope: Scope) -> None:
        first = next(square for square in scope.board.squares.values() if square.kind == "startEvent")
        self.agenda.append((scope, first, ""))

    def _arrive(self, scope: Scope, square: Square, arrow: str) -> None:
        self.seen.add(square.id)
        match square.kind:
            case "startEvent":
                self._follow(scope, square)
            case "exclusiveGateway":
                self._choose(scope, square)
            case "parallelGateway":
                self._join(scope, square, arrow)
            case "serviceTask":
                self.table.do(square.properties["operation"], square.properties)
                self._follow(scope, square)
            case "endEvent":
                self._finish(scope, square)
            case _:
                self._rest(scope, square)

    def _follow(self, scope: Scope, square: Square) -> None:
        for id, _, target, _ in scope.board.out(square):
            self.agenda.append((scope, scope.board.squares[target], id))

    def _choose(self, scope: Scope, square: Square) -> None:
        ways = scope.board.out(square)
        for id, _, target, condition in ways:
            if id != square.default and (len(ways) == 1 or (condition and self._holds(condition))):
                self.agenda.append((scope, scope.board.squares[target], id))
                return
        id, _, target, _ = next(way for way in ways if way[0] == square.default)
        self.agenda.append((scope, scope.board.squares[target], id))

    def _join(self, scope: Scope, square: Square, arrow: str) -> None:
        incoming = scope.board.into[square.id]
        arrived = scope.arrived.setdefault(square.id, Counter())
        arrived[arrow] += 1
        if all(arrived[id] for id in incoming):
            scope.arrived[square.id] = arrived - Counter(incoming)
            self._follow(scope, square)

    def _finish(self, scope: Scope, square: Square) -> None:
        if square.terminate:
            self._clear(scope)
        elif square.error:
            self._throw(scope, square.error)

    def _throw(self, scope: Scope, error: str) -> None:
        token = scope.owner
        while token is not None:
            event = next((event for event in token.scope.board.boundaries(token.square) if event.error == error), None)
            if event is not None:
                self._leave_token(token, event)
                return
            token = token.scope.owner
        raise RuntimeError(f"nobody catches {error}")

    def _rest(self, scope: Scope, square: Square) -> None:
        token = Token(scope, square)
        scope.tokens.append(token)
        targets = [scope.board.squares[way[2]] for way in scope.board.out(square)]
        waiting = targets if square.kind == "eventBasedGateway" else [square] if square.kind == "intermediateCatchEvent" else []
        token.due = {event: self._instant(event.timer) for event in waiting + self._boundaries(token) if event.timer}
        if square.kind in ("subProcess", "callActivity"):
            token.inside = Scope(self.known[square.called or square.id], token)
            self._enter(token.inside)

    def _happen(self, token: Token, event: Square) -> None:
        """A timer or message reaches a resting token."""
        if event.host and not event.interrupting:
            token.due.pop(event, None)
            self._follow(token.scope, event)
            self.seen.add(event.id)
        else:
            self._leave_token(token, event)

    def _leave_token(self, token: Token, by: Square) -> None:
        self.seen.add(by.id)
        token.scope.tokens.remove(token)
        if token.inside:
            self._clear(token.inside)
            token.inside = None
        self._follow(token.scope, by)
        self._end_if_empty(token.scope)

    def _clear(self, scope: Scope) -> None:
        scope.tokens.clear()
        scope.arrived.clear()
        self.agenda = deque(item for item in self.agenda if item[0] is not scope and self._in_play(item[0]))

    def _end_if_empty(self, scope: Scope) -> None:
        if not self._in_play(scope) or scope.tokens or any(scope.arrived.values()) or any(item[0] is scope for item in self.agenda):
            return
        if scope.owner is None:
            self.done = True
        else:
            self._leave_token(scope.owner, scope.owner.square)

    # ---------------------------------------------------------------- what is where

    def _in_play(self, scope: Scope) -> bool:
        while scope.owner is not None:
            if scope.owner.inside is not scope or scope.owner not in scope.owner.scope.tokens:
                return False
            scope = scope.owner.scope
        return scope is self.root and not self.done

    def _alive(self, token: Token) -> bool:
        return token in token.scope.tokens and self._in_play(token.scope)

    def _scopes(self) -> Iterator[Scope]:
        stack = [self.root]
        while stack:
            scope = stack.pop()
            yield scope
            stack.extend(token.inside for token in scope.tokens if token.inside)

    def _tokens(self) -> list[Token]:
        return [token for scope in self._scopes() for token in scope.tokens]

    def _boundaries(self, token: Token) -> list[Square]:
        return token.scope.board.boundaries(token.square)

    def _listeners(self, message: str) -> list[tuple[Token, Square]]:
        found = []
        for token in self._tokens():
            board, square = token.scope.board, token.square
            branches = [board.squares[way[2]] for way in board.out(square)] if square.kind == "eventBasedGateway" else []
            events = [square, *branches] if square.kind != "userTask" else []
            found += [(token, event, token.path) for event in events if event.message == message]
            above = token.path.rpartition("/")[0]
            found += [(token, event, f"{above}/{event.id}".lstrip("/")) for event in board.boundaries(square) if event.message == message]
        return [(token, event) for token, event, _ in sorted(found, key=lambda place: place[2])]

    def _timers(self) -> list[tuple[datetime, str, Token, Square]]:
        stopped = self.table.held(False)
        found = []
        for token in self._tokens():
            above = token.path.rpartition("/")[0]
            for event, at in token.due.items():
                if event.statutory or not stopped:
                    found.append((at, f"{above}/{event.id}".lstrip("/") if event.host else token.path, token, event))
        return found

    # ---------------------------------------------------------------- meaning of texts

    def _holds(self, condition: str) -> bool:
        return bool(self._meaning(condition))

    def _instant(self, text: str) -> datetime:
        return self.table.moment(self._meaning(text[1:])) if text.startswith("=") else self.table.due(text)

    def _meaning(self, text: str) -> Any:
        value = eval(text.strip(), {"__builtins__": {}}, _Names(self.table))
        return None if isinstance(value, _Unset) else value


class _Unset:
    """A fact nobody set: equal to null, not before or after anything."""

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, _Unset)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


class _Names(dict[str, Any]):
    def __init__(self, table: Table) -> None:
        super().__init__(true=True, false=False, null=None)
        self.table = table

    def __missing__(self, name: str) -> Any:
        if name in getattr(self.table, "functions", ()):
            return lambda *args: self.table.call(name, [None if isinstance(arg, _Unset) else arg for arg in args])
        value = self.table.facts.get(name)
        return _Unset() if value is None else value


def _boards(root: ET.Element) -> Iterator[Board]:
    messages = {found.get("id"): found.get("name", "") for found in root.iter(B + "message")}
    for part in [*root.iter(B + "process"), *root.iter(B + "subProcess")]:
        board = Board(part.get("id", ""))
        for one in part:
            if one.tag == B + "sequenceFlow":
                arrow = (one.get("id", ""), one.get("sourceRef", ""), one.get("targetRef", ""), one.findtext(B + "conditionExpression"))
                board.ways.setdefault(arrow[1], []).append(arrow)
                board.into.setdefault(arrow[2], []).append(arrow[0])
            elif one.tag.startswith(B) and one.get("id"):
                square = board.squares[one.get("id", "")] = _square(one, messages)
                if square.host:
                    board.events.setdefault(square.host, []).append(square)
        yield board


def _square(one: ET.Element, messages: Mapping[str | None, str]) -> Square:
    message, error, timer = (one.find(f"{B}{kind}EventDefinition") for kind in ("message", "error", "timer"))
    values = {found.get("name", ""): found.get("value", "") for found in one.iterfind(f"{B}extensionElements//{C}property")}
    inner = {found.get("name", ""): found.get("value", "") for found in (timer.iter(f"{C}property") if timer is not None else ())}
    return Square(
        id=one.get("id", ""),
        kind=one.tag.removeprefix(B),
        called=one.get("calledElement"),
        host=one.get("attachedToRef"),
        interrupting=one.get("cancelActivity") != "false",
        default=one.get("default"),
        message=messages[message.get("messageRef")].removeprefix("msg_") if message is not None else None,
        error=error.get("errorRef") if error is not None else None,
        terminate=one.find(B + "terminateEventDefinition") is not None,
        timer=" ".join((timer.findtext(B + "timeDate") or "").split()) if timer is not None else None,
        statutory="statutory" in (values.get("clock"), inner.get("clock")),
        properties=values,
    )
