"""A run as a few hundred bytes, and back.

Only what cannot be worked out again is kept: the tasks reached (name, state, parent), the ids of
open user tasks, due instants, and which arrivals a join has used. Predicted tasks are predicted
again; the diagram is known from the case's bundle. Token data is not used, so there is none.

Format 1 (JSON): `{"v": 1, "p": process key, "f": completed, "t": [tree, ...]}`; a tree is
`[owner tree, owner row, rows]` (owners of the first are null), a row `[name, state, parent row, extra, triggered]`,
the last two left out when empty. `extra` is a user task's id, a waiting timer's instant, or 1 for a used arrival.
Formats may be added; a format once released stays readable (`tests/golden`).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import Conflict
from .pruning import FINISHED, UNFINISHED
from .specs import ACTIVE, HumanTask, Surroundings

FORMAT = 1
Tree = Any  # BpmnWorkflow or BpmnSubWorkflow
PREDICTED = TaskState.PREDICTED_MASK | TaskState.FUTURE
Row = list[Any]


class UnknownState(Conflict):
    """The stored state was written by a newer release, or for another process or version."""

    code = "state_unknown"


def freeze(workflow: BpmnWorkflow, process_key: str) -> bytes:
    rows, places = _rows(workflow)
    trees: list[list[Any]] = [[None, None, rows]]
    for key, subprocess in workflow.subprocesses.items():  # owners come before what they own
        owner = next(index for index, _ in enumerate(trees) if (index, key) in places)
        row = places[owner, key]
        rows, own = _rows(subprocess, len(trees))
        places.update(own)
        trees.append([owner, row, rows])
    return orjson.dumps({"v": FORMAT, "p": process_key, "f": workflow.completed, "t": trees})


def thaw(frozen: bytes, process_key: str, specs: Mapping[str, Any], surroundings: Surroundings) -> BpmnWorkflow:
    """The workflow as it was when frozen. Raises `UnknownState`."""
    state = decode(frozen)
    if state["p"] != process_key:
        raise UnknownState("无法读取办理状态：流程不符")
    workflow = BpmnWorkflow(specs[process_key], specs, script_engine=surroundings, deserializing=True)
    trees: list[tuple[Tree, list[Task]]] = []
    again: list[Task] = []
    try:
        for owner, row, rows in state["t"]:
            tree = workflow if owner is None else _subprocess(workflow, specs, trees[owner][1][row])
            trees.append((tree, _restore(tree, rows, again)))
    except (KeyError, AttributeError) as error:
        raise UnknownState(f"办理状态与流程版本不符：{error}") from None
    workflow.completed = state["f"]
    for task in again:
        task.task_spec._predict(task, mask=UNFINISHED)
    return workflow


def decode(frozen: bytes) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads(frozen)
    if state.get("v") != FORMAT:
        raise UnknownState("无法读取办理状态：格式不符，可能由更新的版本写入")
    return state


def _rows(tree: Tree, number: int = 0) -> tuple[list[Row], dict[tuple[int, UUID], int]]:
    """The rows of one tree, and where each task stands in it."""
    rows: list[Row] = []
    places: dict[tuple[int, UUID], int] = {}
    stack: list[tuple[Task, int]] = [(tree.task_tree, -1)]
    while stack:
        task, parent = stack.pop()
        if parent >= 0 and task.has_state(PREDICTED) and rows[parent][1] & (ACTIVE | PREDICTED):
            continue
        place = places[number, task.id] = len(rows)
        row: Row = [task.task_spec.name, task.state, parent]
        extra = _extra(task)
        if extra is not None or task.triggered:
            row.append(extra)
        if task.triggered:
            row.append(1)
        rows.append(row)
        stack.extend((tree.tasks[key], place) for key in reversed(task._children))
    return rows, places


def _extra(task: Task) -> str | int | None:
    if task.state == TaskState.WAITING:
        value: str | None = task.internal_data.get("event_value")
        return value
    if task.has_state(FINISHED):
        return 1 if task.internal_data.get("used") else None
    return task.id.hex if isinstance(task.task_spec, HumanTask) and task.state == TaskState.READY else None


def _subprocess(workflow: BpmnWorkflow, specs: Mapping[str, Any], owner: Task) -> BpmnSubWorkflow:
    subprocess = BpmnSubWorkflow(specs[owner.task_spec.spec], owner.id, workflow, deserializing=True)
    workflow.subprocesses[owner.id] = subprocess
    subprocess.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    return subprocess


def _restore(tree: Tree, rows: list[Row], again: list[Task]) -> list[Task]:
    waiting = tree.top_workflow.event_manager
    made: list[Task] = []
    for name, state, parent, *rest in rows:
        task = _task(tree, tree.spec.task_specs[name], state, rest)
        if parent >= 0:
            task._parent = made[parent].id
            made[parent]._children.append(task.id)
        made.append(task)
        if state & ACTIVE:
            if not getattr(task.task_spec, "passive", True):
                task.visited = True
            again.append(task)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting.add_task(task)
    tree.task_tree = made[0]
    return made


def _task(tree: Tree, spec: Any, state: int, rest: list[Any]) -> Task:
    task = Task.__new__(Task)
    extra = rest[0] if rest else None
    task.id = UUID(hex=extra) if state == TaskState.READY and extra else uuid4()
    task.workflow, task.task_spec = tree, spec
    task._state, task._parent, task._children = state, None, []
    task.triggered, task.thread_id, task.last_state_change = len(rest) > 1, 0, 0.0
    task.data, task.internal_data = {}, {}
    if extra and state == TaskState.WAITING:
        task.internal_data["event_value"] = extra
    elif extra and state & FINISHED:
        task.internal_data["used"] = True
    tree.tasks[task.id] = task
    return task
