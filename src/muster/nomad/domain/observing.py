"""Reads the cluster's answers: raw JSON becomes an Observation, and an Observation a decision."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from muster.nomad.domain.outcomes import AllocationReport, Observation, Placement, TaskEvent, TaskReport
from muster.nomad.domain.spec import JobType
from muster.nomad.domain.values import Part

Raw = dict[str, Any]
"""An object of Nomad's HTTP API, CamelCase, as it came."""

Logs = Mapping[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]
"""The last lines of standard output and standard error, redacted, by allocation id and task."""

CRASH_LOOP_RESTARTS = 5
"""So many restarts are a crash loop even where the restart policy would allow more."""

STEADY_S = 10.0
"""How long a task must have run where no deployment judges its health: Nomad's default `min_healthy_time`."""

OVER_THE_POLICY = "Exceeded allowed attempts, applying a delay"
"""Nomad's words for a task that restarts for ever (`mode = "delay"`): with `mode = "fail"` it would have failed."""


class Decision(Part):
    """Whether watching is over, and why. `settles_at_s`: when `going` turns healthy if nothing else happens."""

    state: Literal["healthy", "failed", "unpromoted", "going"]
    reason: str
    settles_at_s: float | None = None


def own_deployment(deployments: Iterable[Raw], evaluation: Raw) -> Raw | None:
    """The deployment that the evaluation's version of the job made; None when there is none (yet).

    The lists are in no order, keep objects of purged jobs, and after an auto-revert hold the newer deployment of the
    old version too (recorded, Nomad 1.1.2). The index at which the job was written tells them apart.
    """
    written = evaluation.get("JobModifyIndex")
    ours = [one for one in deployments if written in (one.get("JobSpecModifyIndex"), one.get("JobModifyIndex"))]
    named = [one for one in ours if one.get("ID") == evaluation.get("DeploymentID")]
    return max(named or ours, key=_created, default=None)


def own_allocations(allocations: Iterable[Raw], *, version: int, since_index: int) -> tuple[Raw, ...]:
    """The allocations of that version of the job, oldest first.

    `since_index` is the job's CreateIndex: allocations of an earlier, purged job of that name are older.
    An allocation that was updated in place keeps its CreateIndex and has the new version.
    """
    ours = (one for one in allocations if _version(one) == version and _created(one) >= since_index)
    return tuple(sorted(ours, key=_created))


def with_blocked(evaluation: Raw, evaluations: Iterable[Raw], *, since_index: int) -> Raw:
    """The registration's evaluation, with what a later one of the job waits to place: nodes may go while it is
    watched. `since_index` is the registration's; earlier evaluations are another version's.

    A blocked evaluation itself need not say which groups it waits for; the one before it does (Nomad 1.1.2).
    """
    known = {one["ID"]: one for one in evaluations if _created(one) >= since_index}
    blocked = [one for one in known.values() if one.get("Status") == "blocked"]
    if not blocked:
        return evaluation
    newest = max(blocked, key=_created)
    before = known.get(newest.get("PreviousEval") or "", {})
    failed = newest.get("FailedTGAllocs") or before.get("FailedTGAllocs") or evaluation.get("FailedTGAllocs")
    return {**evaluation, "FailedTGAllocs": failed, "BlockedEval": newest["ID"], "StillBlocked": True}


def observe(
    evaluation: Raw | None,
    deployment: Raw | None,
    allocations: Sequence[Raw],
    job: Raw | None,
    logs: Logs | None = None,
    watched_s: float = 0.0,
) -> Observation:
    """Everything that these answers say. The allocations are our own; they are put in order, the oldest first."""
    evaluation, deployment, job = evaluation or {}, deployment or {}, job or {}
    return Observation(
        placements=placements(evaluation.get("FailedTGAllocs")),
        blocked=evaluation.get("StillBlocked", False),
        allocations=tuple(_allocation(one, logs or {}) for one in sorted(allocations, key=_created)),
        evaluation_status=evaluation.get("Status") or "",
        deployment_id=deployment.get("ID") or evaluation.get("DeploymentID") or "",
        deployment_status=deployment.get("Status") or "",
        deployment_description=deployment.get("StatusDescription") or "",
        job_status=job.get("Status") or "",
        watched_s=watched_s,
    )


def placements(failed_groups: Mapping[str, Raw] | None) -> tuple[Placement, ...]:
    """`FailedTGAllocs` of an evaluation or a plan: why groups found no node."""
    return tuple(_placement(group, metrics) for group, metrics in sorted((failed_groups or {}).items()))


def decide(
    observation: Observation, *, job_type: JobType, expected: Mapping[str, int], now_s: float | None = None
) -> Decision:
    """Healthy, failed, waiting for a person to promote its canaries, or still going.

    `expected` is the number of allocations wanted, by group. `now_s` is the cluster's time of day: where no deployment
    judges (batch, system, `max_parallel = 0`) a running task counts once it has run STEADY_S; without `now_s` at once.
    A group that found no node, an allocation that failed or was judged unhealthy, and a crash loop end the watching
    early: Nomad itself would wait for the progress deadline, or for ever. An absent evaluation means a job that has
    none: periodic or parameterized.
    """
    broken = _broken(observation)
    if observation.deployment_status == "successful" and not broken and not observation.blocked:
        return Decision(state="healthy", reason=observation.deployment_description)
    if failure := _ended(observation) or _unplaced(observation) or broken:
        return Decision(state="failed", reason=failure)
    if _waits_for_promotion(observation):
        return Decision(state="unpromoted", reason=observation.deployment_description)
    if observation.deployment_id:
        return Decision(state="going", reason=observation.deployment_description or "the deployment has not begun")
    return _without_deployment(observation, job_type, expected, now_s)


def current(observation: Observation) -> tuple[AllocationReport, ...]:
    """The allocations that should run and that no newer one has replaced."""
    newest = {one.name: one for one in observation.allocations}
    return tuple(one for one in newest.values() if one.desired_status == "run")


def _ended(seen: Observation) -> str:
    if seen.evaluation_status == "failed":
        return "the scheduler gave up on the evaluation"
    if seen.deployment_status in ("failed", "cancelled"):
        return seen.deployment_description or f"the deployment is {seen.deployment_status}"
    return ""


def _unplaced(seen: Observation) -> str:
    return f"no node can take {', '.join(one.group for one in seen.placements)}" if seen.placements else ""


def _broken(seen: Observation) -> str:
    for one in current(seen):
        if one.client_status == "failed" or one.healthy is False:
            return f"{one.name} is unhealthy: {_last_words(one)}"
        if looping := next((task for task in one.tasks if _loops(task)), None):
            return f"{one.name}: {looping.task} crashes again and again, {looping.restarts} restarts so far"
    return ""


def _waits_for_promotion(seen: Observation) -> bool:
    canaries = current(seen)
    asked = "requires manual promotion" in seen.deployment_description
    return asked and bool(canaries) and all(one.healthy for one in canaries)


def _loops(task: TaskReport) -> bool:
    over = any(event.message.startswith(OVER_THE_POLICY) for event in task.events)
    return over or task.restarts >= CRASH_LOOP_RESTARTS


def _last_words(allocation: AllocationReport) -> str:
    words = (event.message for task in allocation.tasks for event in task.events if event.type == "Alloc Unhealthy")
    return next(words, "") or allocation.description or allocation.client_status


def _without_deployment(
    seen: Observation, job_type: JobType, expected: Mapping[str, int], now_s: float | None
) -> Decision:
    if not seen.evaluation_status and seen.job_status == "running" and not seen.allocations:
        return Decision(state="healthy", reason="registered; it starts by the clock or when it is dispatched")
    if seen.evaluation_status != "complete":
        return Decision(state="going", reason="the scheduler has not decided yet")
    if job_type in ("batch", "sysbatch"):
        return _completed(seen, {} if job_type == "sysbatch" else expected)
    return _steady(seen, {} if job_type == "system" else expected, now_s)


def _completed(seen: Observation, expected: Mapping[str, int]) -> Decision:
    done = [one for one in seen.allocations if one.client_status == "complete"]
    if nowhere := _nowhere(seen, expected):
        return nowhere
    missing = _missing(done, expected) or [one.group for one in current(seen) if one.client_status != "complete"]
    if missing:
        return Decision(state="going", reason=f"still running: {', '.join(sorted(set(missing)))}")
    return Decision(state="healthy", reason=f"completed: {len(done)} of {len(done)} allocations")


def _steady(seen: Observation, expected: Mapping[str, int], now_s: float | None) -> Decision:
    if nowhere := _nowhere(seen, expected):
        return nowhere
    running = [one for one in current(seen) if one.client_status == "running"]
    missing = _missing(running, expected) or [one.group for one in current(seen) if one.client_status != "running"]
    if missing:
        return Decision(state="going", reason=f"not running yet: {', '.join(sorted(set(missing)))}")
    steady_at_s = max((_started_s(one) for one in running), default=0.0) + STEADY_S
    if now_s is not None and now_s < steady_at_s:
        return Decision(state="going", reason="running, not yet for long enough", settles_at_s=steady_at_s)
    return Decision(state="healthy", reason=f"{len(running)} running")


def _nowhere(seen: Observation, expected: Mapping[str, int]) -> Decision | None:
    if seen.allocations or any(expected.values()):
        return None
    if expected:
        return Decision(state="healthy", reason="nothing is asked to run: every count is 0")
    return Decision(state="going", reason="no allocation yet; it may be that no node is eligible")


def _missing(allocations: Sequence[AllocationReport], expected: Mapping[str, int]) -> list[str]:
    groups = [one.group for one in allocations]
    return [group for group, count in expected.items() if groups.count(group) < count]


def _started_s(allocation: AllocationReport) -> float:
    events = (event for task in allocation.tasks for event in task.events)
    return max((event.at_s for event in events if event.type == "Started"), default=0.0)


def _placement(group: str, metrics: Raw) -> Placement:
    return Placement(
        group=group,
        nodes_evaluated=metrics.get("NodesEvaluated") or 0,
        nodes_filtered=metrics.get("NodesFiltered") or 0,
        nodes_exhausted=metrics.get("NodesExhausted") or 0,
        nodes_available=metrics.get("NodesAvailable") or {},
        constraint_filtered=metrics.get("ConstraintFiltered") or {},
        dimension_exhausted=metrics.get("DimensionExhausted") or {},
        class_filtered=metrics.get("ClassFiltered") or {},
        coalesced_failures=metrics.get("CoalescedFailures") or 0,
    )


def _allocation(raw: Raw, logs: Logs) -> AllocationReport:
    states: dict[str, Raw] = raw.get("TaskStates") or {}
    verdict: Raw = raw.get("DeploymentStatus") or {}
    return AllocationReport(
        id=raw.get("ID") or "",
        name=raw.get("Name") or "",
        group=raw.get("TaskGroup") or "",
        node=raw.get("NodeName") or "",
        client_status=raw.get("ClientStatus") or "",
        desired_status=raw.get("DesiredStatus") or "run",
        description=raw.get("ClientDescription") or "",
        healthy=verdict.get("Healthy"),
        tasks=tuple(_task(raw, name, state, logs) for name, state in sorted(states.items())),
    )


def _task(allocation: Raw, name: str, state: Raw, logs: Logs) -> TaskReport:
    events = tuple(_event(event) for event in state.get("Events") or ())
    exits = [event for event in events if event.type == "Terminated"]
    stdout, stderr = logs.get((allocation.get("ID") or "", name), ((), ()))
    return TaskReport(
        allocation=allocation.get("ID") or "",
        group=allocation.get("TaskGroup") or "",
        task=name,
        state=state.get("State") or "",
        failed=bool(state.get("Failed")),
        restarts=state.get("Restarts") or 0,
        exit_code=int(exits[-1].details.get("exit_code", "0")) if exits else None,
        oom_killed=any(event.details.get("oom_killed") == "true" for event in exits),
        events=events,
        stdout_tail=stdout,
        stderr_tail=stderr,
    )


def _event(raw: Raw) -> TaskEvent:
    return TaskEvent(
        type=raw.get("Type") or "",
        message=raw.get("DisplayMessage") or raw.get("Message") or "",
        at_s=(raw.get("Time") or 0) / 1e9,
        details=raw.get("Details") or {},
    )


def _created(raw: Raw) -> int:
    return raw.get("CreateIndex") or 0


def _version(allocation: Raw) -> int:
    job: Raw = allocation.get("Job") or {}
    return allocation.get("JobVersion", job.get("Version", 0))
