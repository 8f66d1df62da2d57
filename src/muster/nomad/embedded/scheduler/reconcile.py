"""Compares what a job wants with what there is: Nomad's reconciler for service and batch jobs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from muster.nomad.embedded.scheduler.groups import GroupReconciler
from muster.nomad.embedded.scheduler.plans import LOST, NOT_NEEDED, Counts, Wanted
from muster.nomad.embedded.scheduler.sorting import running
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.values import Allocation, Deployment

NEEDS_PROMOTION = "Deployment is running but requires manual promotion"
PROMOTES_ITSELF = "Deployment is running pending automatic promotion"


@dataclass(frozen=True)
class Situation:
    """What the reconciler looks at; `job` None is a purged one."""

    job: Job | None
    allocations: tuple[Allocation, ...]
    deployment: Deployment | None
    eval_id: str
    now_ns: int
    new_deployment: Callable[[Job], Deployment]
    nodes: Mapping[str, NodeState]


def reconcile(situation: Situation) -> Wanted:
    """What has to change so that the job gets what it wants."""
    wanted = Wanted()
    left_behind = _settle_deployment(situation, wanted)
    job = situation.job
    if job is None or job.stop:
        _stop_all(situation, wanted)
        return wanted
    groups = {a.group for a in situation.allocations} | {g.name for g in job.spec.groups}
    complete = [_reconcile_group(situation, job, name, wanted, left_behind) for name in sorted(groups)]
    deployment = wanted.deployment
    if deployment is not None and wanted.created_deployment:
        wanted.deployment = _described(deployment)
    elif deployment is not None and deployment.active and all(complete):
        done = replace(deployment, status="successful", status_description="Deployment completed successfully")
        wanted.deployment_changes.append(done)
    return wanted


def _described(deployment: Deployment) -> Deployment:
    if not deployment.requires_promotion:
        return deployment
    words = PROMOTES_ITSELF if deployment.promotes_itself else NEEDS_PROMOTION
    return replace(deployment, status_description=words)


def _settle_deployment(situation: Situation, wanted: Wanted) -> Deployment | None:
    """Keep the job's deployment as current, or return the one that it left behind, cancelled if it went on."""
    job, deployment = situation.job, situation.deployment
    if deployment is None:
        return None
    reason = ""
    if job is None or job.stop:
        reason = "Cancelled because job is stopped"
    elif (deployment.job_create_index, deployment.job_version) != (job.create_index, job.version):
        reason = "Cancelled due to newer version of job"
    if reason and deployment.active:
        wanted.deployment_changes.append(replace(deployment, status="cancelled", status_description=reason))
    if reason or deployment.status == "successful":
        return deployment
    wanted.deployment = deployment
    return None


def _stop_all(situation: Situation, wanted: Wanted) -> None:
    for allocation in situation.allocations:
        wanted.counts.setdefault(allocation.group, Counts())
    _stop_running(list(situation.allocations), situation, wanted)


def _stop_running(allocations: list[Allocation], situation: Situation, wanted: Wanted) -> None:
    for allocation in running(allocations):
        state = situation.nodes.get(allocation.node_id)
        lost = state is None or state.down
        wanted.stop(allocation, LOST if lost else NOT_NEEDED, lost=lost)
        wanted.counts.setdefault(allocation.group, Counts()).stop += 1


def _reconcile_group(situation: Situation, job: Job, name: str, wanted: Wanted, left_behind: Deployment | None) -> bool:
    """Settle one group; returns whether nothing is left to do for the current deployment."""
    counts = wanted.counts.setdefault(name, Counts())
    everything = [a for a in situation.allocations if a.group == name]
    group = job.spec.group(name)
    if group is None:
        _stop_running(everything, situation, wanted)
        return True
    everything = _without_stale_canaries(everything, counts, wanted, left_behind)
    return GroupReconciler(
        job, group, everything, counts, wanted, situation.nodes, situation.eval_id, situation.now_ns
    ).settle(situation.new_deployment)


def _without_stale_canaries(
    everything: list[Allocation], counts: Counts, wanted: Wanted, left_behind: Deployment | None
) -> list[Allocation]:
    """Stop canaries that nobody promoted in time: those of a deployment left behind, or of one that failed."""
    current = wanted.deployment
    over = left_behind or (current if current is not None and current.status == "failed" else None)
    groups = over.groups.values() if over else ()
    stale = {canary for progress in groups if not progress.promoted for canary in progress.placed_canaries}
    for allocation in everything:
        if allocation.id in stale:
            if allocation.desired_status == "run":
                wanted.stop(allocation, NOT_NEEDED)
            counts.stop += 1
    return [a for a in everything if a.id not in stale]
