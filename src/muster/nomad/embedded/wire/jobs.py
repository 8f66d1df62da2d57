"""Jobs as the API shows them: whole, as a list entry, with their summary."""

from collections import Counter
from typing import Any

from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import JobKey, Store
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]
COLUMNS = ("Complete", "Failed", "Lost", "Queued", "Running", "Starting")
COLUMN_OF = {"complete": "Complete", "failed": "Failed", "lost": "Lost", "running": "Running", "pending": "Starting"}


def render_job(job: Job) -> Json:
    """The whole job."""
    return {**job.definition, **_volatile(job), "JobModifyIndex": job.job_modify_index, "Stable": job.stable} | {
        "Version": job.version
    }


def _volatile(job: Job) -> Json:
    return {
        "CreateIndex": job.create_index,
        "ModifyIndex": job.modify_index,
        "Status": job.status,
        "StatusDescription": "",
        "Stop": job.stop,
        "SubmitTime": job.submit_ns,
    }


def render_job_stub(store: Store, job: Job, *, with_meta: bool = False) -> Json:
    """A job in a list."""
    stub = {
        **_volatile(job),
        "Datacenters": job.definition["Datacenters"],
        "ID": job.id,
        "JobModifyIndex": job.job_modify_index,
        "JobSummary": render_summary(store, job),
        "Multiregion": None,
        "Name": job.definition["Name"],
        "Namespace": job.namespace,
        "ParameterizedJob": job.parameterized,
        "ParentID": job.definition["ParentID"],
        "Periodic": job.definition["Periodic"] is not None,
        "Priority": job.spec.priority,
        "Type": job.spec.kind,
    }
    return stub | {"Meta": job.definition["Meta"]} if with_meta and job.definition["Meta"] else stub


def render_summary(store: Store, job: Job) -> Json:
    """How many allocations of each group are where."""
    key = (job.namespace, job.id)
    return {
        "Children": _children(store, key),
        "CreateIndex": job.create_index,
        "JobID": job.id,
        "ModifyIndex": store.summary_index.get(key, job.create_index),
        "Namespace": job.namespace,
        "Summary": _groups(store, job),
    }


def _children(store: Store, key: JobKey) -> dict[str, int]:
    counts = Counter(child.status for child in store.jobs.values() if child.parent == key)
    return {"Dead": counts["dead"], "Pending": counts["pending"], "Running": counts["running"]}


def _groups(store: Store, job: Job) -> dict[str, dict[str, int]]:
    key = (job.namespace, job.id)
    counts: dict[str, Counter[str]] = {group.name: Counter() for group in job.spec.groups}
    for allocation in store.job_allocations(key):
        if _counts(allocation, job):
            counts.setdefault(allocation.group, Counter())[COLUMN_OF[allocation.client_status]] += 1
    latest = max((e for e in store.job_evaluations(key) if e.queued), key=lambda e: e.modify_index, default=None)
    for name, queued in (latest.queued or {}).items() if latest else ():
        counts.setdefault(name, Counter())["Queued"] += queued
    return {name: {column: found[column] for column in COLUMNS} for name, found in counts.items()}


def _counts(allocation: Allocation, job: Job) -> bool:
    return allocation.job.create_index == job.create_index
