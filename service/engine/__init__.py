"""BPMN itself: reading diagrams, checking them, running them. No database, no web; the only code that knows SpiffWorkflow."""

from .bundle import Bundle
from .check import Vocabulary, check, check_bundle
from .diagram import read
from .expressions import Expression, ExpressionError, Scalar, assign, assignments, evaluate, parse
from .moving import movable
from .nodes import Diagram, Event, Flow, Node, Outcome, Problem, Scope, Unreadable
from .run import AmbiguousMessage, Run, StepBudgetExceeded, Token, TokenGone, Visit, World

__all__ = [
    "AmbiguousMessage",
    "Bundle",
    "Diagram",
    "Event",
    "Expression",
    "ExpressionError",
    "Flow",
    "Node",
    "Outcome",
    "Problem",
    "Run",
    "Scalar",
    "Scope",
    "StepBudgetExceeded",
    "Token",
    "TokenGone",
    "Unreadable",
    "Visit",
    "Vocabulary",
    "World",
    "assign",
    "assignments",
    "check",
    "check_bundle",
    "evaluate",
    "movable",
    "parse",
    "read",
]
