"""What operators ask of jobs that launch others: launch a periodic one now, dispatch a parameterized one."""

from collections.abc import Mapping
from typing import Any

from muster.nomad.embedded.cluster import Accepted, Cluster, Refused
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import JobKey

MAX_PAYLOAD = 16 * 1024


def force_periodic(cluster: Cluster, key: JobKey) -> Accepted:
    """Launch a periodic job now. Raises Refused when it is none."""
    job = cluster.store.jobs.get(key)
    if job is None:
        raise Refused("job not found")
    if job.definition["Periodic"] is None:
        raise Refused("can't force launch non-periodic job")
    evaluation = cluster.launches.force(job)
    return Accepted(evaluation.create_index, evaluation.id, child_id=evaluation.job_id)


def dispatch_job(cluster: Cluster, key: JobKey, payload: bytes, meta: Mapping[str, str]) -> Accepted:
    """Run a parameterized job with a payload and meta. Raises Refused in the server's words."""
    job = cluster.store.jobs.get(key)
    if job is None:
        raise Refused("parameterized job not found")
    if not job.parameterized:
        raise Refused(f'Specified job "{key[1]}" is not a parameterized job')
    if job.stop:
        raise Refused(f'Specified job "{key[1]}" is stopped')
    _check(job, payload, meta)
    child, evaluation = cluster.launches.dispatch(job, payload, meta)
    return Accepted(evaluation.create_index, evaluation.id, child.create_index, child_id=child.id)


def _check(job: Job, payload: bytes, meta: Mapping[str, str]) -> None:
    wants: dict[str, Any] = job.definition["ParameterizedJob"]
    required: list[str] = wants["MetaRequired"] or []
    optional: list[str] = wants["MetaOptional"] or []
    if wants["Payload"] == "required" and not payload:
        raise Refused("Payload is not provided but required by parameterized job")
    if wants["Payload"] == "forbidden" and payload:
        raise Refused("Payload provided but forbidden by parameterized job")
    if len(payload) > MAX_PAYLOAD:
        raise Refused(f"Payload exceeds maximum size; {len(payload)} > {MAX_PAYLOAD}")
    unknown = [key for key in meta if key not in required and key not in optional]
    if unknown:
        raise Refused(f"Dispatch request included unpermitted metadata keys: [{' '.join(unknown)}]")
    missing = [key for key in required if key not in meta]
    if missing:
        raise Refused(f"Dispatch did not provide required meta keys: [{' '.join(missing)}]")
