"""What can be done to an allocation: stop it, restart its tasks, send them signals."""

from dataclasses import replace

from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.cluster import Accepted, Cluster, Refused


def stop_allocation(cluster: Cluster, allocation_id: str) -> Accepted:
    """Have an allocation stopped and placed anew."""
    allocation = cluster.store.allocations[allocation_id]
    index = cluster.store.advance()
    cluster.store.put_allocation(replace(allocation, migrate_requested=True))
    job = cluster.store.jobs.get((allocation.job.namespace, allocation.job.id), allocation.job)
    evaluation = cluster.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, "alloc-stop")
    stored = cluster.enqueue(replace(evaluation, job_modify_index=job.modify_index))
    return Accepted(index, stored.id)


def restart_allocation(cluster: Cluster, allocation_id: str, task: str) -> Accepted:
    """Start one task again, or all. Raises Refused where nothing runs."""
    if task and task not in _tasks(cluster, allocation_id):
        raise Refused(f"Could not find task runner for task: {task}")
    did = [runner.restart_on_request() for runner in _chosen(cluster, allocation_id, task)]
    if not any(did):
        raise Refused("Task not running")
    return Accepted(0, "")


def signal_allocation(cluster: Cluster, allocation_id: str, task: str, signal: str) -> Accepted:
    """Send a signal to one task, or to all. Raises Refused where nothing runs."""
    if task and task not in _tasks(cluster, allocation_id):
        raise Refused("Task not found")
    did = [runner.signal(signal) for runner in _chosen(cluster, allocation_id, task)]
    if not any(did):
        raise Refused("Task not running")
    return Accepted(0, "")


def _tasks(cluster: Cluster, allocation_id: str) -> dict[str, TaskRunner]:
    runner = cluster.clients.runners.get(allocation_id)
    return runner.tasks if runner else {}


def _chosen(cluster: Cluster, allocation_id: str, task: str) -> list[TaskRunner]:
    return [runner for name, runner in _tasks(cluster, allocation_id).items() if task in ("", name)]
