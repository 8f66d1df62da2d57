"""A failure as lines: what the cluster said, what the tasks went through and wrote. The last words count most."""

from collections.abc import Iterator

from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.outcomes import AllocationReport, Observation, Placement, TaskReport

MOST_LINES = 160
_MOST_TAIL = 25
_MOST_ALLOCATIONS = 3


def failure_lines(failure: Failure) -> tuple[str, ...]:
    """The lines of ERROR, bounded."""
    cause, seen = failure.cause, failure.observation
    lines = (
        f"cause by rules: {cause.kind}: {cause.summary}",
        *cause.quotes,
        *_of_cluster(seen),
        *(line for one in _worst(seen) for line in _of_allocation(one)),
        *(f"tried without success: {one.patch.model_dump_json()}" for one in failure.tried),
    )
    return tuple(line for text in lines for line in text.splitlines() if line.strip())[:MOST_LINES]


def _of_cluster(seen: Observation) -> Iterator[str]:
    if seen.refusal:
        yield f"the cluster refused the job: {seen.refusal}"
    for one in seen.placements:
        yield _of_placement(one)
    if seen.deployment_status:
        yield f"deployment {seen.deployment_status}: {seen.deployment_description}"


def _of_placement(one: Placement) -> str:
    reasons = {
        **one.constraint_filtered,
        **one.dimension_exhausted,
        **one.class_filtered,
        **one.nodes_available,
    }
    told = ", ".join(f"{reason}: {count}" for reason, count in reasons.items())
    return f"group {one.group} found no node ({one.nodes_evaluated} evaluated): {told}"


def _worst(seen: Observation) -> list[AllocationReport]:
    """The allocations that failed first; a healthy one says little."""
    return sorted(seen.allocations, key=lambda one: (one.client_status != "failed", one.healthy is not False))[
        :_MOST_ALLOCATIONS
    ]


def _of_allocation(one: AllocationReport) -> Iterator[str]:
    yield f"allocation {one.name} is {one.client_status}, healthy: {one.healthy} {one.description}".rstrip()
    for task in one.tasks:
        yield from _of_task(task)


def _of_task(task: TaskReport) -> Iterator[str]:
    exit_code = "" if task.exit_code is None else f", exit code {task.exit_code}"
    yield f"task {task.task} is {task.state}, {task.restarts} restarts{exit_code}"
    yield from (f"event {one.type}: {one.message}" for one in task.events)
    yield from (f"stdout: {line}" for line in task.stdout_tail[-_MOST_TAIL:])
    yield from (f"stderr: {line}" for line in task.stderr_tail[-_MOST_TAIL:])
