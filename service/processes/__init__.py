"""Diagrams and what runs on them: published versions, the bundles cases pin, instances in motion."""

from service.processes.ahead import ahead, diagram_of, may_return, node_ids
from service.processes.alarms import alarm_next, ring_one
from service.processes.due import run_due
from service.processes.instances import Progress, Sheet, Stuck, act, complete_task, due_next, open_sheet, park, receive, tick_one
from service.processes.library import MAIN, bundle_now, find_version, frozen, install, live_versions, publish, vocabulary
from service.processes.models import BundleVersion, FormVersion, HeldMessage, Instance, ProcessVersion
from service.processes.motion import Motion, NobodyWaits, TaskGone
from service.processes.privacy import answers_for
from service.processes.registry import Message, after_step, function, gates, guard, message, on_filed, operation, prefill
from service.processes.returning import CannotReturn, give_back, way_back
from service.processes.sandbox import SandboxClock, epoch, is_running, keep_up, sandbox_now, set_clock
from service.processes.views import LIGHT_NAMES, describe, node_states

__all__ = [
    "LIGHT_NAMES",
    "MAIN",
    "BundleVersion",
    "CannotReturn",
    "FormVersion",
    "HeldMessage",
    "Instance",
    "Message",
    "Motion",
    "NobodyWaits",
    "ProcessVersion",
    "Progress",
    "SandboxClock",
    "Sheet",
    "Stuck",
    "TaskGone",
    "act",
    "after_step",
    "ahead",
    "alarm_next",
    "answers_for",
    "bundle_now",
    "complete_task",
    "describe",
    "diagram_of",
    "due_next",
    "epoch",
    "find_version",
    "frozen",
    "function",
    "gates",
    "give_back",
    "guard",
    "install",
    "is_running",
    "keep_up",
    "live_versions",
    "may_return",
    "message",
    "node_ids",
    "node_states",
    "on_filed",
    "open_sheet",
    "operation",
    "park",
    "prefill",
    "publish",
    "receive",
    "ring_one",
    "run_due",
    "sandbox_now",
    "set_clock",
    "tick_one",
    "vocabulary",
    "way_back",
]
