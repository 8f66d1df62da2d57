"""Jobs that launch others, over HTTP: dispatch a parameterized one, force a periodic one."""

import base64
import binascii
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.http.answering import write_answer
from muster.nomad.embedded.http.asking import BadRequest, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.job_actions import job_key
from muster.nomad.embedded.http.settling import settle

Json = dict[str, Any]
MAX_PAYLOAD = 16 * 1024


async def dispatch_job(request: Request) -> Response:
    """PUT /v1/job/:id/dispatch"""
    sent, (space, job_id) = await body(request), job_key(request)
    if sent.get("JobID", job_id) not in ("", job_id):
        raise BadRequest(400, "Job ID does not match")
    payload, meta = _payload(sent), _meta(sent)
    job = desk_of(request).store.jobs.get((space, job_id))
    if job is None:
        raise BadRequest(500, "parameterized job not found")
    template: Json | None = job.definition["ParameterizedJob"]
    if template is None or job.definition["Dispatched"]:
        raise BadRequest(500, f'Specified job "{job_id}" is not a parameterized job')
    if job.stop:
        raise BadRequest(500, f'Specified job "{job_id}" is stopped')
    _check(template, payload, meta)
    encoded = base64.b64encode(payload).decode()
    accepted = settle(request, "dispatch", namespace=space, job_id=job_id, payload=encoded, meta=meta)
    child = desk_of(request).store.jobs[(space, accepted.child_id)]
    answer: Json = {
        "DispatchedJobID": accepted.child_id,
        "EvalCreateIndex": accepted.index,
        "EvalID": accepted.eval_id,
        "Index": accepted.index,
        "JobCreateIndex": child.create_index,
    }
    return write_answer(answer, accepted.index)


def _payload(sent: Json) -> bytes:
    """The payload, which JSON carries in base64."""
    text = sent.get("Payload") or ""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadRequest(400, "illegal base64 data at input byte 0") from error


def _meta(sent: Json) -> dict[str, str]:
    told: object = sent.get("Meta")
    meta = cast("Json", told) if isinstance(told, dict) else {}
    if not all(isinstance(value, str) for value in meta.values()):
        raise BadRequest(400, "json: cannot unmarshal into Go struct field JobDispatchRequest.Meta of type string")
    return meta


def _check(template: Json, payload: bytes, meta: dict[str, str]) -> None:
    """Raises BadRequest for a dispatch that the job does not take."""
    rule = template["Payload"]
    if rule == "required" and not payload:
        raise BadRequest(500, "Payload is not provided but required by parameterized job")
    if rule == "forbidden" and payload:
        raise BadRequest(500, "Payload provided but forbidden by parameterized job")
    if len(payload) > MAX_PAYLOAD:
        raise BadRequest(500, f"Payload exceeds maximum size; {len(payload)} > {MAX_PAYLOAD}")
    required: list[str] = template["MetaRequired"] or []
    known = {*required, *(template["MetaOptional"] or ())}
    strangers = sorted(key for key in meta if key not in known)
    if strangers:
        raise BadRequest(500, f"Dispatch request included unpermitted metadata keys: [{' '.join(strangers)}]")
    missing = sorted(key for key in required if key not in meta)
    if missing:
        raise BadRequest(500, f"Dispatch did not provide required meta keys: [{' '.join(missing)}]")


async def force_periodic(request: Request) -> Response:
    """PUT /v1/job/:id/periodic/force"""
    space, job_id = job_key(request)
    job = desk_of(request).store.jobs.get((space, job_id))
    if job is None:
        raise BadRequest(500, "job not found")
    if job.definition["Periodic"] is None:
        raise BadRequest(500, "can't force launch non-periodic job")
    accepted = settle(request, "force_periodic", namespace=space, job_id=job_id)
    answer = {"EvalCreateIndex": accepted.index, "EvalID": accepted.eval_id, "Index": accepted.index}
    return write_answer(answer, accepted.index)
