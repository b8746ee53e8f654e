"""Forgetting what can no longer matter, after every step.

The library keeps every task ever reached as one growing tree: each step gets slower, at depth 1000
tasks become invisible, and joins in loops count old arrivals. What has happened is in the ledger;
here only what can still act is kept:

1. finished subprocesses go;
2. each tree is cut at the deepest finished task above everything still alive;
3. in the finished part that stays, chains of single children are spliced away.
"""

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs import ACTIVE

NEEDED_BY_CHILDREN = UnstructuredJoin | BoundaryEventSplit | BoundaryEventJoin
FINISHED, UNFINISHED = TaskState.FINISHED_MASK, TaskState.NOT_FINISHED_MASK


def prune(workflow: BpmnWorkflow) -> None:
    _prune_tree(workflow)
    for key in list(workflow.subprocesses):
        owner = _find(workflow, key)
        if owner is None or owner.has_state(FINISHED):
            workflow.subprocesses.pop(key, None)
            _forget_events(workflow)
        else:
            _prune_tree(workflow.subprocesses[key])


def _find(workflow: BpmnWorkflow, key: Any) -> Task | None:
    try:
        return workflow.get_task_from_id(key)
    except TaskNotFoundException:
        return None


def _forget_events(workflow: BpmnWorkflow) -> None:
    waiting = workflow.event_manager.tasks
    for key in [key for key in waiting if _find(workflow, key) is None]:
        del waiting[key]


def _prune_tree(tree: Any) -> None:
    tasks = tree.tasks
    if not any(task.has_state(UNFINISHED) for task in tasks.values()):
        return
    live = _live(tasks)
    path = _common_path(tasks, live)
    cut = _lowest_cut(tasks, live, path)
    if cut > 0:
        _reroot(tree, tasks[path[cut]])
    _splice(tree)


def _live(tasks: dict[Any, Task]) -> list[Task]:
    """Everything that can still act or be counted: open tasks, what waits below finished ones, unused arrivals at joins."""
    waiting = (task.task_spec for task in tasks.values() if task.state == TaskState.WAITING)
    waited_for = {spec.name for spec in waiting if isinstance(spec, UnstructuredJoin)}

    def matters(task: Task) -> bool:
        spec = task.task_spec
        if task.has_state(UNFINISHED):
            parent = tasks.get(task._parent)
            below_finished = parent is not None and parent.has_state(FINISHED)
            return bool(task.has_state(ACTIVE) or below_finished or isinstance(spec, BoundaryEventJoin))
        if not isinstance(spec, UnstructuredJoin):
            return False
        return isinstance(spec, _EndJoin) or (task.state == TaskState.CANCELLED and spec.name in waited_for)

    return [task for task in tasks.values() if matters(task)]


def _common_path(tasks: dict[Any, Task], live: list[Task]) -> list[Any]:
    """The finished tasks, root first, that lie above everything alive."""
    chains = []
    for task in live:
        chain, key = [], task.id
        while key in tasks:
            chain.append(key)
            key = tasks[key]._parent
        chains.append(chain[::-1])
    path = []
    for level in zip(*chains, strict=False):
        if any(key != level[0] for key in level) or not tasks[level[0]].has_state(FINISHED):
            break
        path.append(level[0])
    return path


def _lowest_cut(tasks: dict[Any, Task], live: list[Task], path: list[Any]) -> int:
    """How far down the path the root may move: boundary joins must still find their split, joins their parent."""
    depth = {key: index for index, key in enumerate(path)}
    cut = len(path) - 1
    for task in live:
        if isinstance(task.task_spec, BoundaryEventJoin):
            split = task.find_ancestor(task.task_spec.split_task)
            if split is not None and split.id in depth:
                cut = min(cut, depth[split.id])
    while cut > 0 and isinstance(tasks[path[cut]].task_spec, UnstructuredJoin):
        cut -= 1
    return cut


def _reroot(tree: Any, root: Task) -> None:
    kept, stack = set(), [root.id]
    while stack:
        key = stack.pop()
        kept.add(key)
        stack.extend(tree.tasks[key]._children)
    _drop(tree, [key for key in tree.tasks if key not in kept])
    root._parent = None
    tree.task_tree = root


def _splice(tree: Any) -> None:
    tasks, gone = tree.tasks, []
    for task in list(tasks.values()):
        if task._parent is None or len(task._children) != 1:
            continue
        parent, child = tasks[task._parent], tasks[task._children[0]]
        if not (task.state == child.state == TaskState.COMPLETED) or isinstance(parent.task_spec, BoundaryEventSplit):
            continue
        if isinstance(task.task_spec, NEEDED_BY_CHILDREN) or isinstance(child.task_spec, UnstructuredJoin | BoundaryEventJoin):
            continue
        parent._children[parent._children.index(task.id)] = child.id
        child._parent = parent.id
        gone.append(task.id)
    _drop(tree, gone)


def _drop(tree: Any, keys: list[Any]) -> None:
    waiting = tree.top_workflow.event_manager.tasks
    for key in keys:
        del tree.tasks[key]
        waiting.pop(key, None)
    if tree.last_task is not None and tree.last_task.id not in tree.tasks:
        tree.last_task = None
