"""What operators can do to a deployment: promote its canaries, hold it, judge its allocations."""

from collections.abc import Collection

from muster.nomad.embedded.cluster import Accepted, Cluster, Refused
from muster.nomad.embedded.deployments import UnhealthyCanaries
from muster.nomad.embedded.state.values import Deployment


def promote_deployment(cluster: Cluster, deployment_id: str, groups: Collection[str] = ()) -> Accepted:
    """Promote the canaries of groups, without any of all. Raises Refused while they are not healthy."""
    deployment = _active(cluster, deployment_id, "promote")
    try:
        evaluation = cluster.watcher.promote(deployment, groups)
    except UnhealthyCanaries as error:
        raise Refused(str(error)) from error
    return Accepted(cluster.store.index, evaluation.id)


def pause_deployment(cluster: Cluster, deployment_id: str, *, paused: bool) -> Accepted:
    """Hold a deployment, or let it go on. Raises Refused when it is over."""
    deployment = _active(cluster, deployment_id, "pause" if paused else "resume")
    evaluation = cluster.watcher.pause(deployment, paused=paused)
    return Accepted(cluster.store.index, evaluation.id if evaluation else "")


def judge_allocations(
    cluster: Cluster, deployment_id: str, healthy: Collection[str], unhealthy: Collection[str]
) -> Accepted:
    """Set the health of allocations by hand. Raises Refused when the deployment is over or none is named."""
    deployment = _active(cluster, deployment_id, "set health of allocations for")
    if not healthy and not unhealthy:
        raise Refused("must specify at least one healthy/unhealthy allocation ID")
    evaluation = cluster.watcher.judge(deployment, healthy, unhealthy)
    return Accepted(cluster.store.index, evaluation.id)


def _active(cluster: Cluster, deployment_id: str, verb: str) -> Deployment:
    deployment = cluster.store.deployments.get(deployment_id)
    if deployment is None:
        raise Refused("deployment not found")
    if not deployment.active:
        raise Refused(f"can't {verb} terminal deployment")
    return deployment
