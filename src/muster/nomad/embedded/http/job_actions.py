"""What is done to a job over HTTP beside registering it: evaluate, scale, mark as stable."""

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, read_headers, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, namespace
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.jobs import accepted_answer
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.job_operations import SCALING, scaling_name
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import JobKey, Store

Json = dict[str, Any]


def job_key(request: Request) -> JobKey:
    """The job of the path."""
    return namespace(request), request.path_params["job_id"]


async def evaluate_job(request: Request) -> Response:
    """PUT /v1/job/:id/evaluate"""
    space, job_id = job_key(request)
    sent: Json = {"JobID": job_id} if not await request.body() else await body(request)
    if not sent.get("JobID"):
        raise BadRequest(400, "Job ID must be specified")
    if sent["JobID"] != job_id:
        raise BadRequest(400, "JobID not same as job name")
    force = bool(cast("Json", sent.get("EvalOptions") or {}).get("ForceReschedule"))
    accepted = settle(request, "evaluate", namespace=space, job_id=job_id, force_reschedule=force)
    return write_answer({**accepted_answer(accepted), "Warnings": ""}, accepted.index)


async def mark_stable(request: Request) -> Response:
    """PUT /v1/job/:id/stable"""
    space, job_id = job_key(request)
    sent = await body(request)
    if not sent.get("JobID"):
        raise BadRequest(400, "JobID must be specified")
    if sent["JobID"] != job_id:
        raise BadRequest(400, "Job ID does not match")
    version = sent.get("JobVersion") or 0
    accepted = settle(
        request, "stable", namespace=space, job_id=job_id, version=version, stable=bool(sent.get("Stable"))
    )
    return write_answer({"Index": accepted.index}, accepted.index)


async def scale_job(request: Request) -> Response:
    """PUT /v1/job/:id/scale"""
    space, job_id = job_key(request)
    sent = await body(request)
    target = cast("Json", sent.get("Target") or {})
    if target.get("Job", job_id) not in ("", job_id):
        raise BadRequest(400, "job ID in payload did not match URL")
    if target.get("Namespace", space) not in ("", space):
        raise BadRequest(400, "namespace in payload did not match header")
    count = _count(sent, str(target.get("Group") or ""))
    note: Json = {
        "Error": bool(sent.get("Error")),
        "EvalID": None,
        "Message": sent.get("Message") or "",
        "Meta": sent.get("Meta"),
    }
    accepted = settle(request, "scale", namespace=space, job_id=job_id, group=target["Group"], count=count, note=note)
    answer = {
        **accepted_answer(accepted),
        "EvalCreateIndex": accepted.index - 1 if accepted.eval_id else 0,
        "KnownLeader": True,
        "Warnings": "",
    }
    return json_answer(answer, read_headers(accepted.index))


def _count(sent: Json, group: str) -> int | None:
    """The count that was asked for. Raises BadRequest for what can't be one."""
    if not group:
        raise BadRequest(400, "missing task group name for scaling action")
    count = sent.get("Count")
    if count is None:
        return None
    if not isinstance(count, int) or isinstance(count, bool):
        kind = "string" if isinstance(count, str) else "number"
        raise BadRequest(400, f"json: cannot unmarshal {kind} into Go struct field ScalingRequest.Count of type int64")
    if count < 0:
        raise BadRequest(400, "scaling action count can't be negative")
    if sent.get("Error"):
        raise BadRequest(400, "scaling action should not contain count if error is true")
    return count


async def read_scale(request: Request) -> Response:
    """GET /v1/job/:id/scale"""
    store, key = desk_of(request).store, job_key(request)

    def read() -> tuple[int, Any]:
        job = store.jobs.get(key)
        if job is None:
            return store.table_index("jobs"), NotFound("job not found")
        return _scale_index(store, job), _scale_status(store, job)

    return await read_answer(request, blocking(request), read)


def _events(store: Store, job: Job) -> Json:
    return store.objects.get(SCALING, {}).get(scaling_name((job.namespace, job.id)), {})


def _scale_index(store: Store, job: Job) -> int:
    allocations = store.job_allocations((job.namespace, job.id))
    indexes = [a.modify_index for a in allocations if not a.terminal]
    return max(job.modify_index, _events(store, job).get("ModifyIndex", 0), *indexes)


def _scale_status(store: Store, job: Job) -> Json:
    events: Json = _events(store, job).get("Groups", {})
    return {
        "JobCreateIndex": job.create_index,
        "JobID": job.id,
        "JobModifyIndex": job.modify_index,
        "JobStopped": job.stop,
        "Namespace": job.namespace,
        "TaskGroups": {g.name: _group(store, job, g.name, g.count, events.get(g.name)) for g in job.spec.groups},
    }


def _group(store: Store, job: Job, name: str, count: int, events: Any) -> Json:
    found = store.job_allocations((job.namespace, job.id))
    live = [a for a in found if a.group == name and not a.terminal]
    judged = [a.health.healthy for a in live if a.health is not None]
    return {
        "Desired": count,
        "Events": events,
        "Healthy": judged.count(True),
        "Placed": len(live),
        "Running": sum(a.client_status == "running" for a in live),
        "Unhealthy": judged.count(False),
    }
