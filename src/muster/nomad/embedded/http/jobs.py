"""Jobs over HTTP: list, read, register, plan, stop, revert and all that hangs on a job."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.tokens import find_token
from muster.nomad.embedded.cluster import Accepted
from muster.nomad.embedded.differences.jobs import diff_jobs
from muster.nomad.embedded.http.answering import NotFound, json_answer, read_answer, read_headers, write_answer
from muster.nomad.embedded.http.asking import BadRequest, blocking, body, known_region, namespace, submitted_job
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import demand, visible
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.state.registered import completed
from muster.nomad.embedded.state.store import JobKey, Store, Table
from muster.nomad.embedded.validation.admission import transition_refusal, vault_refusal
from muster.nomad.embedded.validation.jobs import validate_job
from muster.nomad.embedded.wire.allocations import render_allocation_stub
from muster.nomad.embedded.wire.deployments import render_deployment
from muster.nomad.embedded.wire.evaluations import render_evaluation
from muster.nomad.embedded.wire.jobs import render_job, render_job_stub, render_summary

Json = dict[str, Any]


def _key(request: Request) -> JobKey:
    return namespace(request), request.path_params["job_id"]


async def list_jobs(request: Request) -> Response:
    """GET /v1/jobs"""
    known_region(request)
    store = desk_of(request).store
    prefix = request.query_params.get("prefix", "")
    shown = visible(request, "list-jobs")
    with_meta = request.query_params.get("meta") == "true"

    def read() -> tuple[int, Any]:
        jobs = sorted(store.jobs.items())
        found = [job for (space, name), job in jobs if shown(space) and name.startswith(prefix)]
        index = max(store.table_index("jobs"), store.table_index("job_summary"))
        return index, [render_job_stub(store, job, with_meta=with_meta) for job in found]

    return await read_answer(request, blocking(request), read)


async def read_job(request: Request) -> Response:
    """GET /v1/job/:id"""
    store, key = desk_of(request).store, _key(request)

    def read() -> tuple[int, Any]:
        job = store.jobs.get(key)
        if job is None:
            return store.table_index("jobs"), NotFound("job not found")
        return job.modify_index, render_job(job)

    return await read_answer(request, blocking(request), read)


async def read_versions(request: Request) -> Response:
    """GET /v1/job/:id/versions"""
    store, key = desk_of(request).store, _key(request)
    with_diffs = request.query_params.get("diffs") == "true"

    def read() -> tuple[int, Any]:
        versions = store.versions.get(key)
        if not versions:
            return store.table_index("job_version"), NotFound("job versions not found")
        index = max(job.modify_index for job in versions)
        return index, _versions([render_job(job) for job in versions], index, with_diffs=with_diffs)

    return await read_answer(request, blocking(request), read)


def _versions(versions: list[Json], index: int, *, with_diffs: bool) -> Json:
    pairs = zip(versions[1:], versions, strict=False) if with_diffs else ()
    diffs = [diff_jobs(old, new, contextual=True) for old, new in pairs]
    return {"Diffs": diffs or None, "Index": index, "KnownLeader": True, "LastContact": 0, "Versions": versions}


async def read_job_summary(request: Request) -> Response:
    """GET /v1/job/:id/summary"""
    store, key = desk_of(request).store, _key(request)

    def read() -> tuple[int, Any]:
        job = store.jobs.get(key)
        if job is None:
            return store.table_index("job_summary"), NotFound("job not found")
        return store.summary_index[key], render_summary(store, job)

    return await read_answer(request, blocking(request), read)


Lister = Callable[[Store, JobKey], Any]


def _of_job(table: Table, lister: Lister) -> Callable[[Request], Any]:
    async def handler(request: Request) -> Response:
        store, key = desk_of(request).store, _key(request)
        return await read_answer(request, blocking(request), lambda: (store.table_index(table), lister(store, key)))

    return handler


def _latest_deployment(store: Store, key: JobKey) -> Json | None:
    latest = store.latest_deployment(key)
    return render_deployment(latest) if latest else None


read_job_allocations = _of_job(
    "allocs", lambda s, key: [render_allocation_stub(a) for a in _by_id(s.job_allocations(key))]
)
read_job_evaluations = _of_job("evals", lambda s, key: [render_evaluation(e) for e in _by_id(s.job_evaluations(key))])
read_job_deployments = _of_job(
    "deployment", lambda s, key: [render_deployment(d) for d in _by_id(s.job_deployments(key))]
)
read_job_deployment = _of_job("deployment", _latest_deployment)


def _by_id(found: list[Any]) -> list[Any]:
    """The store lists by id, not by age."""
    return sorted(found, key=lambda item: item.id)


async def register_job(request: Request) -> Response:
    """POST /v1/jobs and POST /v1/job/:id"""
    sent = await body(request)
    job = submitted_job(sent)
    path_id = request.path_params.get("job_id")
    if path_id is not None and path_id != job.get("ID"):
        raise BadRequest(400, "Job ID does not match name")
    demand(request, str(job.get("Namespace") or namespace(request)), "submit-job")
    known_region(request, job)
    warnings = _admit(request, job)
    enforce = _number(sent, "JobModifyIndex") if sent.get("EnforceIndex") else None
    accepted = settle(request, "register", job=signed(request, job), enforce=enforce)
    return write_answer({**accepted_answer(accepted), "Warnings": warnings}, accepted.index)


def signed(request: Request, job: Json) -> Json:
    """The job with who submitted it, where there are tokens."""
    desk = desk_of(request)
    token = find_token(desk.store, request.headers.get("x-nomad-token", "")) if desk.host.acl else None
    return {**job, "NomadTokenID": token["AccessorID"] if token else ""}


def _admit(request: Request, job: Json) -> str:
    """The warnings about a job. Raises BadRequest for one that the server would not take."""
    whole = completed(job)
    judged = validate_job(whole)
    key = (str(whole["Namespace"]), str(whole["ID"]))
    existing = desk_of(request).store.jobs.get(key)
    refusal = judged.error_text() or ("" if desk_of(request).vault else vault_refusal(whole))
    refusal = refusal or transition_refusal(existing.definition if existing else None, whole)
    if not refusal and key[0] not in desk_of(request).store.objects["namespaces"]:
        refusal = f'job "{key[1]}" is in nonexistent namespace "{key[0]}"'
    if refusal:
        raise BadRequest(500, refusal)
    return judged.warning_text()


async def deregister_job(request: Request) -> Response:
    """DELETE /v1/job/:id"""
    space, job_id = _key(request)
    purge = request.query_params.get("purge") == "true"
    accepted = settle(request, "deregister", namespace=space, job_id=job_id, purge=purge)
    return write_answer({**accepted_answer(accepted), "VolumeEvalID": "", "VolumeEvalIndex": 0}, accepted.index)


async def revert_job(request: Request) -> Response:
    """POST /v1/job/:id/revert"""
    sent = await body(request)
    space, job_id = _key(request)
    if not sent.get("JobID"):
        raise BadRequest(400, "JobID must be specified")
    if sent["JobID"] != job_id:
        raise BadRequest(400, "Job ID does not match")
    version = _number(sent, "JobVersion")
    prior = _number(sent, "EnforcePriorVersion") if sent.get("EnforcePriorVersion") is not None else None
    accepted = settle(request, "revert", namespace=space, job_id=job_id, version=version, enforce_prior=prior)
    headers = {**read_headers(accepted.index), "X-Nomad-Knownleader": "false"}
    return json_answer({**accepted_answer(accepted), "Warnings": ""}, headers)


def _number(sent: Json, key: str) -> int:
    value = sent.get(key) or 0
    if not isinstance(value, int) or value < 0:
        raise BadRequest(400, f"json: cannot unmarshal {value!r} into Go struct field .{key} of type uint64")
    return value


def accepted_answer(accepted: Accepted) -> Json:
    """What each write of a job says."""
    return {
        "EvalCreateIndex": accepted.index,
        "EvalID": accepted.eval_id,
        "Index": accepted.index,
        "JobModifyIndex": accepted.job_modify_index,
        "KnownLeader": False,
        "LastContact": 0,
    }
