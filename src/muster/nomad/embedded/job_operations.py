"""What can be done to a job beside registering and stopping it: evaluate, scale, mark as stable; and to collect it."""

from dataclasses import replace
from typing import Any

from muster.nomad.embedded.cluster import Accepted, Cluster, Refused
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.reading import read_spec
from muster.nomad.embedded.state.store import JobKey

Json = dict[str, Any]
SCALING = "scaling_event"
KEPT_SCALING_EVENTS = 20


def scaling_name(key: JobKey) -> str:
    """Under which name a job's scaling events are kept."""
    return f"{key[0]}/{key[1]}"


def evaluate_job(cluster: Cluster, key: JobKey, *, force_reschedule: bool) -> Accepted:
    """Have a job scheduled anew. Raises Refused where there is nothing to schedule."""
    job = cluster.store.jobs.get(key)
    if job is None:
        raise Refused("job not found")
    for block, word in (("Periodic", "periodic"), ("ParameterizedJob", "parameterized")):
        if job.definition[block]:
            raise Refused(f"can't evaluate {word} job")
    index = cluster.store.advance()
    if force_reschedule:
        _ask_for_rescheduling(cluster, key)
    evaluation = cluster.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, "job-register")
    stored = cluster.enqueue(replace(evaluation, job_modify_index=job.modify_index))
    return Accepted(index, stored.id, job.modify_index)


def _ask_for_rescheduling(cluster: Cluster, key: JobKey) -> None:
    for allocation in cluster.store.job_allocations(key):
        group = allocation.job.spec.group(allocation.group)
        may = group is not None and group.reschedule is not None
        if may and not allocation.next_id and allocation.client_status == "failed":
            cluster.store.put_allocation(replace(allocation, reschedule_requested=True))


def scale_job(cluster: Cluster, key: JobKey, group: str, count: int | None, note: Json) -> Accepted:
    """Change a group's count, or only note an event. Raises Refused in the server's words."""
    job = cluster.store.jobs.get(key)
    if job is None:
        raise Refused(f'job "{key[1]}" not found', 404)
    block = next((one for one in job.definition["TaskGroups"] if one["Name"] == group), None)
    if block is None:
        raise Refused(f'task group "{group}" specified for scaling does not exist in job', 400)
    event: Json = {"Count": count, "PreviousCount": block["Count"], "Time": cluster.agenda.now_ns, **note}
    accepted = Accepted(cluster.store.index, "", job.modify_index)
    if count is not None:
        _check_count(cluster, job, block, count)
        accepted = _scaled(cluster, job, group, count)
        event |= {"EvalID": accepted.eval_id or None}
    return replace(accepted, index=_remember(cluster, key, group, event))


def _check_count(cluster: Cluster, job: Job, block: Json, count: int) -> None:
    policy: Json = block["Scaling"] or {}
    low, high = policy.get("Min", 0), policy.get("Max", count)
    if count < low:
        raise Refused(f"group count was less than scaling policy minimum: {count} < {low}", 400)
    if count > high:
        raise Refused(f"group count was greater than scaling policy maximum: {count} > {high}", 400)
    latest = cluster.store.latest_deployment((job.namespace, job.id))
    if latest is not None and latest.active and latest.job_create_index == job.create_index:
        raise Refused("job scaling blocked due to active deployment", 400)


def _scaled(cluster: Cluster, job: Job, group: str, count: int) -> Accepted:
    groups = [{**one, "Count": count} if one["Name"] == group else one for one in job.definition["TaskGroups"]]
    definition = {**job.definition, "TaskGroups": groups}
    index = cluster.store.advance()
    changed = cluster.number_version(replace(job, definition=definition, spec=read_spec(definition)), job, index)
    cluster.store.put_version(changed)
    if job.launches_others:
        return Accepted(index, "", changed.job_modify_index)
    cluster.store.advance()
    evaluation = cluster.draft_evaluation(job.id, job.namespace, "service", 50, "job-scaling")
    stored = cluster.enqueue(replace(evaluation, job_modify_index=changed.job_modify_index))
    return Accepted(stored.create_index, stored.id, changed.job_modify_index)


def _remember(cluster: Cluster, key: JobKey, group: str, event: Json) -> int:
    index, name = cluster.store.advance(), scaling_name(key)
    before: Json = cluster.store.objects.get(SCALING, {}).get(name, {}).get("Groups", {})
    events = [{**event, "CreateIndex": index}, *before.get(group, ())][:KEPT_SCALING_EVENTS]
    cluster.store.put_object(SCALING, name, {"Groups": {**before, group: events}})
    return index


def mark_stable(cluster: Cluster, key: JobKey, version: int, *, stable: bool) -> Accepted:
    """Say of a version that it is stable, or not. Raises Refused where there is no such version."""
    target = next((job for job in cluster.store.versions.get(key, ()) if job.version == version), None)
    if target is None:
        raise Refused(f'job "{key[1]}" in namespace "{key[0]}" at version {version} not found')
    index = cluster.store.advance()
    cluster.store.put_job(replace(target, stable=stable, modify_index=index))
    return Accepted(index, "", index)


def collect_garbage(cluster: Cluster) -> Accepted:
    """Forget dead jobs that were stopped or have run, with all that hung on them."""
    store = cluster.store
    index = store.advance()
    for key in [key for key, job in store.jobs.items() if job.status == "dead" and _quiet(cluster, key)]:
        store.remove_job(key)
    for rows in (store.evaluations, store.deployments):
        gone = [i for i, row in rows.items() if _over(row) and (row.namespace, row.job_id) not in store.jobs]
        for identifier in gone:
            del rows[identifier]
    for identifier in [i for i, a in store.allocations.items() if (a.job.namespace, a.job.id) not in store.jobs]:
        if store.allocations[identifier].client_terminal:
            del store.allocations[identifier]
    return Accepted(index, "")


def _over(row: Any) -> bool:
    return bool(row.terminal) if hasattr(row, "terminal") else not row.active


def _quiet(cluster: Cluster, key: JobKey) -> bool:
    """Nothing of the job runs or is yet to be thought about."""
    over = all(allocation.client_terminal for allocation in cluster.store.job_allocations(key))
    return over and all(evaluation.terminal for evaluation in cluster.store.job_evaluations(key))
