"""A job being watched, as a few lines for a terminal: the deployment, then each allocation with its last event."""

from collections.abc import Iterator

from muster.nomad.domain.outcomes import AllocationReport, Observation, TaskReport

SHORT_ID = 8


def board_lines(seen: Observation) -> tuple[str, ...]:
    """What is known now, the newest allocations last."""
    return tuple(_lines(seen))


def _lines(seen: Observation) -> Iterator[str]:
    yield f"{seen.watched_s:6.1f} s  {_headline(seen)}"
    for placement in seen.placements:
        yield f"          {placement.group}: no node can take it ({placement.nodes_evaluated} looked at)"
    for allocation in seen.allocations:
        yield f"          {allocation.id[:SHORT_ID]} {allocation.name}  {_health(allocation)}"
        yield from (f"            {line}" for line in map(_task, allocation.tasks) if line)


def _headline(seen: Observation) -> str:
    if seen.deployment_status:
        return f"deployment {seen.deployment_status}: {seen.deployment_description}"
    return f"evaluation {seen.evaluation_status}" if seen.evaluation_status else f"job {seen.job_status or 'unknown'}"


def _health(allocation: AllocationReport) -> str:
    if allocation.desired_status != "run":
        return f"{allocation.client_status} (to {allocation.desired_status})"
    verdict = {True: ", healthy", False: ", unhealthy", None: ""}[allocation.healthy]
    return f"{allocation.client_status}{verdict}"


def _task(task: TaskReport) -> str:
    if not task.events:
        return ""
    restarts = f", {task.restarts} restarts" if task.restarts else ""
    return f"{task.task}: {task.events[-1].message or task.events[-1].type}{restarts}"
