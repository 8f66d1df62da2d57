"""A deployment's counts of placed, healthy and unhealthy allocations, and its progress deadline."""

from dataclasses import replace

from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Allocation, Deployment, GroupProgress, Health


def count_allocation(store: Store, before: Allocation | None, after: Allocation) -> None:
    """Note in its deployment that an allocation was placed, or that its health became known."""
    deployment = store.deployments.get(after.deployment_id)
    progress = deployment.groups.get(after.group) if deployment else None
    if deployment is None or progress is None:
        return
    if before is None and (after.create_index == store.index or _joined_now(store, after)):
        _put(store, deployment, after.group, _placed(progress, after))
    elif before is not None and before.health is None and after.health is not None:
        _put(store, deployment, after.group, _judged(progress, after.health))


def _joined_now(store: Store, allocation: Allocation) -> bool:
    """Whether an in-place update just made it part of a new deployment."""
    deployment = store.deployments[allocation.deployment_id]
    return deployment.create_index == store.index and allocation.desired_status == "run"


def _placed(progress: GroupProgress, allocation: Allocation) -> GroupProgress:
    canaries = (*progress.placed_canaries, allocation.id) if allocation.canary else progress.placed_canaries
    progress = replace(progress, placed=progress.placed + 1, placed_canaries=canaries)
    if progress.require_progress_by_ns is None and progress.progress_deadline_ns:
        progress = replace(progress, require_progress_by_ns=allocation.modify_ns + progress.progress_deadline_ns)
    return progress


def _judged(progress: GroupProgress, health: Health) -> GroupProgress:
    if not health.healthy:
        return replace(progress, unhealthy=progress.unhealthy + 1)
    progress = replace(progress, healthy=progress.healthy + 1)
    if not progress.progress_deadline_ns:
        return progress
    extended = (health.timestamp_ns or 0) + progress.progress_deadline_ns
    return replace(progress, require_progress_by_ns=max(extended, progress.require_progress_by_ns or 0))


def _put(store: Store, deployment: Deployment, group: str, progress: GroupProgress) -> None:
    store.put_deployment(replace(deployment, groups={**deployment.groups, group: progress}))
