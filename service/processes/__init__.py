"""Diagrams and what runs on them: published versions, the bundles cases pin, instances in motion."""

from service.processes.instances import Progress, Sheet, act, complete_task, due_next, open_sheet, park, receive, tick_one
from service.processes.library import MAIN, bundle_now, find_version, frozen, install, live_versions, publish, vocabulary
from service.processes.models import BundleVersion, FormVersion, HeldMessage, Instance, ProcessVersion
from service.processes.motion import Motion, NobodyWaits, TaskGone
from service.processes.registry import Message, after_step, function, gates, guard, message, on_filed, operation, prefill

__all__ = [
    "MAIN",
    "BundleVersion",
    "FormVersion",
    "HeldMessage",
    "Instance",
    "Message",
    "Motion",
    "NobodyWaits",
    "ProcessVersion",
    "Progress",
    "Sheet",
    "TaskGone",
    "act",
    "after_step",
    "bundle_now",
    "complete_task",
    "due_next",
    "find_version",
    "frozen",
    "function",
    "gates",
    "guard",
    "install",
    "live_versions",
    "message",
    "on_filed",
    "open_sheet",
    "operation",
    "park",
    "prefill",
    "publish",
    "receive",
    "tick_one",
    "vocabulary",
]
