"""The diagrams one case is pinned to: called id -> diagram, county variants already chosen."""

from collections.abc import Mapping
from typing import Any

from .assembly import assembled
from .check import check_bundle, unrunnable
from .nodes import Diagram, Node, Scope, Unreadable


class Bundle:
    """Checked once when made, then only read: any number of threads may run cases on it.

    Raises `Unreadable` when the set cannot run: an id twice (one process would silently run the
    other's block), a called process that is missing, processes calling each other in a circle,
    or an element the engine does not support.
    """

    def __init__(self, diagrams: Mapping[str, Diagram]) -> None:
        self.diagrams = dict(diagrams)
        problems = [problem for diagram in self.diagrams.values() for problem in unrunnable(diagram)]
        problems += [problem for problem in check_bundle(self.diagrams) if problem.severity == "error"]
        if problems:
            raise Unreadable(problems)
        self.specs: dict[str, Any] = {}
        self.scopes: dict[str, Scope] = {}
        self._nodes: dict[str, Node] = {}
        self.keys: dict[str, str] = {}
        for key, diagram in self.diagrams.items():
            made = assembled(diagram)
            self.specs.update(made)
            self.specs[key] = made[diagram.process_id]
            self.keys[diagram.process_id] = key
            self.scopes.update(diagram.scopes)
            self._nodes.update(diagram.nodes)

    def node(self, node_id: str) -> Node:
        """The node of this id in any of the diagrams. Raises `KeyError`."""
        return self._nodes[node_id]

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._nodes

    @property
    def nodes(self) -> Mapping[str, Node]:
        return self._nodes
