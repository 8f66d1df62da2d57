"""Tools that look at the failure at hand: what was observed of it before, so they ask nobody."""

from collections.abc import Callable

from pydantic import Field, JsonValue

from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.outcomes import TaskReport
from muster.nomad.tools.estate_tools.consul import NothingAsked
from muster.nomad.tools.estate_tools.looking import Around, Asked, configured, looking_tool

_MOST_LINES = 200


class TaskAsked(Asked):
    """A task of the job."""

    task: str = Field(default="", description="Its name; empty: every task.")


def read_allocation_events(around: Around, asked: TaskAsked) -> JsonValue:
    """Read what each task of each allocation of the failed job went through, in Nomad's words."""
    return _each(around, asked, lambda task: [f"{one.type}: {one.message}" for one in task.events])


def read_allocation_logs(around: Around, asked: TaskAsked) -> JsonValue:
    """Read the last lines that each task of the failed job wrote, to standard output and standard error."""
    return _each(
        around,
        asked,
        lambda task: [
            *(f"stdout: {line}" for line in task.stdout_tail),
            *(f"stderr: {line}" for line in task.stderr_tail),
        ],
    )


def read_plan(around: Around, asked: NothingAsked) -> JsonValue:
    """Read the diff of the plan that was carried out."""
    lines = _failure(around).plan.splitlines()
    return {"diff": list[JsonValue](lines[:_MOST_LINES]), "more": max(0, len(lines) - _MOST_LINES)}


def _each(around: Around, asked: TaskAsked, read: Callable[[TaskReport], list[str]]) -> JsonValue:
    found: list[JsonValue] = []
    for allocation in _failure(around).observation.allocations:
        for task in allocation.tasks:
            if asked.task in ("", task.task):
                lines = list[JsonValue](read(task)[-_MOST_LINES:])
                found.append({"allocation": allocation.name, "task": task.task, "lines": lines})
    return {"tasks": found}


def _failure(around: Around) -> Failure:
    return configured(around.failure, "a failed job", "PATH")


FAILURE_TOOLS = (
    looking_tool(read_allocation_events, TaskAsked),
    looking_tool(read_allocation_logs, TaskAsked),
    looking_tool(read_plan, NothingAsked),
)
