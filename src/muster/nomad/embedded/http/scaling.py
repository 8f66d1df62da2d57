"""Scaling policies over HTTP: those that the running jobs bring."""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.http.answering import NotFound, read_answer
from muster.nomad.embedded.http.asking import blocking
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import permissions, visible
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Store

Json = dict[str, Any]
STUB = ("CreateIndex", "Enabled", "ID", "ModifyIndex", "Target", "Type")


async def list_scaling_policies(request: Request) -> Response:
    """GET /v1/scaling/policies, with `job` and `type`"""
    store, shown = desk_of(request).store, visible(request, "list-scaling-policies")
    job, kind = request.query_params.get("job", ""), request.query_params.get("type", "")

    def read() -> tuple[int, Any]:
        found = sorted(scaling_policies(store), key=lambda policy: policy["ID"])
        fitting = [p for p in found if shown(p["Target"]["Namespace"]) and job in ("", p["Target"]["Job"])]
        stubs = [{key: policy[key] for key in STUB} for policy in fitting if kind in ("", policy["Type"])]
        return store.table_index("jobs"), stubs

    return await read_answer(request, blocking(request), read)


async def read_scaling_policy(request: Request) -> Response:
    """GET /v1/scaling/policy/:id"""
    store, identifier, allowed = desk_of(request).store, request.path_params["id"], permissions(request)

    def read() -> tuple[int, Any]:
        found = next((policy for policy in scaling_policies(store) if policy["ID"] == identifier), None)
        if found is None or not allowed.namespace(found["Target"]["Namespace"], "read-scaling-policy"):
            return store.table_index("jobs"), NotFound("policy not found")
        return found["ModifyIndex"], found

    return await read_answer(request, blocking(request), read)


def scaling_policies(store: Store) -> Iterator[Json]:
    """The policy of each group that has one, of jobs that are not stopped."""
    for job in store.jobs.values():
        for group in job.definition["TaskGroups"] or ():
            if group["Scaling"] and not job.stop:
                yield _policy(job, group["Name"], group["Scaling"])


def _policy(job: Job, group: str, block: Json) -> Json:
    return {
        "CreateIndex": job.create_index,
        "Enabled": block.get("Enabled") is not False,
        "ID": stable_identifier("scaling", job.namespace, job.id, group),
        "Max": block.get("Max") or 0,
        "Min": block.get("Min") or 0,
        "ModifyIndex": job.job_modify_index,
        "Policy": block.get("Policy"),
        "Target": {"Group": group, "Job": job.id, "Namespace": job.namespace},
        "Type": block.get("Type") or "horizontal",
    }
