"""A job's status, derived from its allocations and evaluations after each write."""

from dataclasses import replace

from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import JobKey, Store


def refresh_status(store: Store, key: JobKey) -> None:
    """Set the job's status anew; a change counts as a change of the job."""
    job = store.jobs.get(key)
    if job is None:
        return
    status = decide_status(store, job)
    if status != job.status:
        store.put_status(replace(job, status=status, modify_index=store.index))
        if job.parent is not None:
            store.touch_summary(job.parent)


def decide_status(store: Store, job: Job) -> str:
    """`running` with a live allocation, `pending` with work to schedule, else `dead`.

    A job that waits for nodes, a clock or a dispatch runs until it is stopped.
    """
    if job.waits_forever:
        return "dead" if job.stop else "running"
    key = (job.namespace, job.id)
    allocations = store.job_allocations(key)
    if any(not allocation.terminal for allocation in allocations):
        return "running"
    evaluations = store.job_evaluations(key)
    if any(not evaluation.terminal for evaluation in evaluations):
        return "pending"
    return "dead" if allocations or evaluations else "pending"
