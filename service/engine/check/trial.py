"""A trial start of each process under a budget: the library predicts ways ahead, and some drawings make it predict without end."""

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..assembly import assembled
from ..nodes import Diagram
from .findings import Findings

MOST_TASKS = 500


class _TooMany(Exception):
    pass


class _Limited(dict[Any, Any]):
    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= MOST_TASKS:
            raise _TooMany
        super().__setitem__(key, value)


def check_trial(diagram: Diagram, found: Findings) -> None:
    for key, spec in assembled(diagram).items():
        workflow = BpmnWorkflow(spec, {}, deserializing=True)
        workflow.tasks = _Limited()
        try:
            root = Task(workflow, spec.start, state=TaskState.FUTURE)
            spec.start._predict(root, mask=TaskState.NOT_FINISHED_MASK)
        except (_TooMany, RecursionError):
            found.error("too_branchy", key, "并行与分支前后相接过多，运行时会急剧变慢；请把其中一部分放进子流程")
