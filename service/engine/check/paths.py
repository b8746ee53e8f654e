"""Whether a diagram can always get on: every element reachable, every way leads to an end, joins neither starve nor overflow.

Each process or block is played out on its own, with every gateway free to go any way and every
activity free to end or be interrupted; the positions reached are the markings of a workflow net.
"""

from collections import Counter, deque
from collections.abc import Iterator

from ..nodes import Diagram, Node, Scope
from .findings import Findings

MOST_POSITIONS = 10_000
WAITING = ("userTask", "callActivity", "subProcess")
Position = frozenset[tuple[str, int]]  # tokens by flow, or by node for the start
CLEARED: Position = frozenset()


def check_paths(diagram: Diagram, found: Findings) -> None:
    for scope in diagram.scopes.values():
        _unreachable(scope, found)
        _spinning(scope, found)
        _played_out(scope, found)


def _unreachable(scope: Scope, found: Findings) -> None:
    reached = _reach(scope, [node.id for node in scope.starts], frozenset())
    for node in scope.nodes.values():
        if node.id not in reached:
            found.error("unreachable", node, "从开始事件无法到达，永远不会执行")


def _spinning(scope: Scope, found: Findings) -> None:
    """A loop without a person, a message or a called process in it may spin for ever once a date lies in the past."""
    stops = frozenset(node.id for node in scope.nodes.values() if node.kind in WAITING or node.event.kind == "message")
    spinning = [id for id in scope.nodes if id not in stops and id in _reach(scope, _next(scope, id), stops)]
    if spinning:
        node = scope.nodes[spinning[0]]
        found.error("loop_without_task", node, "处在没有人工任务的循环里，到期后会不停地自动重复")


def _reach(scope: Scope, first: list[str], stops: frozenset[str]) -> set[str]:
    seen: set[str] = set()
    stack = [id for id in first if id not in stops]
    while stack:
        id = stack.pop()
        if id not in seen:
            seen.add(id)
            stack.extend(other for other in _next(scope, id) if other not in stops)
    return seen


def _next(scope: Scope, id: str) -> list[str]:
    return [flow.target for flow in scope.outgoing[id]] + [event.id for event in scope.boundaries[id]]


# ------------------------------------------------------------------ playing out


class _Net:
    """One scope as a net: tokens lie on flows, nodes move them."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.target = {flow.id: scope.nodes[flow.target] for flow in scope.flows}
        self.into = {id: [flow.id for flow in flows] for id, flows in scope.incoming.items()}
        self.out = {id: [flow.id for flow in flows] for id, flows in scope.outgoing.items()}

    def first(self) -> Position:
        return frozenset((flow, 1) for flow in self.out[self.scope.starts[0].id])

    def targets(self, position: Position) -> list[Node]:
        nodes = {self.target[flow].id: self.target[flow] for flow, _ in sorted(position)}
        return list(nodes.values())

    def moves(self, position: Position) -> list[Position]:
        """Where the tokens may go next. What is automatic goes before anything that waits, as in a running process."""
        tokens = Counter(dict(position))
        moves = [(node, list(self._through(node, tokens))) for node in self.targets(position)]
        automatic = next((afters for node, afters in moves if afters and not self._waits(node)), None)
        return automatic or [after for _, afters in moves for after in afters]

    def _waits(self, node: Node) -> bool:
        return node.kind in WAITING or node.kind in ("intermediateCatchEvent", "eventBasedGateway")

    def _through(self, node: Node, tokens: Counter[str]) -> Iterator[Position]:
        arrived = [flow for flow in self.into[node.id] if tokens[flow]]
        if node.kind == "parallelGateway":
            if len(arrived) == len(self.into[node.id]):
                yield _moved(tokens, arrived, self.out[node.id])
            return
        for flow in arrived:
            yield from (_moved(tokens, [flow], put) if put is not None else CLEARED for put in self._ways(node))

    def _ways(self, node: Node) -> Iterator[list[str] | None]:
        """The sets of flows a token may leave by; None when it takes everything with it."""
        out = self.out[node.id]
        if node.kind == "endEvent":
            yield None if node.event.kind in ("terminate", "error") else []
        elif node.kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([way] for way in out)
        elif out:
            yield out
        for event in self.scope.boundaries[node.id]:
            yield self.out[event.id] if event.interrupting else self.out[event.id] + out


def _moved(tokens: Counter[str], taken: list[str], put: list[str]) -> Position:
    return frozenset((tokens - Counter(taken) + Counter(put)).items())


def _played_out(scope: Scope, found: Findings) -> None:
    if len(scope.starts) != 1:
        return
    net = _Net(scope)
    came_from: dict[Position, set[Position]] = {net.first(): set()}
    agenda, crowded, stuck = deque(came_from), set[str](), set[str]()
    while agenda and len(came_from) <= MOST_POSITIONS:
        position = agenda.popleft()
        moves = net.moves(position)
        if not moves and position:
            stuck |= {node.id for node in net.targets(position) if node.kind == "parallelGateway"}
        for after in moves:
            crowd = {net.target[flow].id for flow, count in after if count > 1}
            crowded |= crowd
            if after not in came_from and not crowd:
                agenda.append(after)
            if not crowd:
                came_from.setdefault(after, set()).add(position)
    if agenda:
        found.error("too_parallel", scope.id, "同时进行的分支过多，无法检查，请拆成子流程")
        return
    for id in sorted(stuck):
        found.error("join_starves", scope.nodes[id], "可能等不齐所有引入的分支，案件会停在这里；请检查分支与汇合是否成对")
    for id in sorted(crowded):
        if scope.nodes[id].kind == "parallelGateway":
            found.error(
                "parallel_reentered", scope.nodes[id], "可能被同一分支重复进入，汇合会数错；请把并行部分放进子流程，或用终止结束事件离开"
            )
        else:
            found.warning("doubled", scope.nodes[id], "可能同时进行两次，请确认前面的条件不会让它重复")
    if not stuck and not crowded:
        _endless(net, came_from, found)


def _endless(net: _Net, came_from: dict[Position, set[Position]], found: Findings) -> None:
    """From every position there must be a way to the end."""
    ends, stack = {CLEARED}, [CLEARED]
    while stack:
        for before in came_from.get(stack.pop(), ()):
            if before not in ends:
                ends.add(before)
                stack.append(before)
    lost = {node.id for position in came_from if position not in ends for node in net.targets(position)}
    for id in sorted(lost)[:1]:
        found.error("no_way_out", net.scope.nodes[id], "之后无论怎么走都到不了结束事件")
