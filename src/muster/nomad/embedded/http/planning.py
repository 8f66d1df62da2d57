"""Jobs before they run, over HTTP: parse, validate, plan."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.cluster import Planned
from muster.nomad.embedded.differences.annotations import annotate
from muster.nomad.embedded.differences.jobs import diff_jobs
from muster.nomad.embedded.http.answering import json_answer, write_answer
from muster.nomad.embedded.http.asking import BadRequest, body, known_region, namespace, submitted_job
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import demand
from muster.nomad.embedded.launches import next_launch_ns
from muster.nomad.embedded.scheduler.computing import Computed
from muster.nomad.embedded.state.registered import completed
from muster.nomad.embedded.validation.jobs import validate_job
from muster.nomad.embedded.wire.evaluations import render_evaluation
from muster.nomad.embedded.wire.jobs import render_job
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]


async def parse_text(request: Request) -> Response:
    """POST /v1/jobs/parse"""
    from muster.nomad.domain.hcl.api import parse_job  # the parser's library is slow to load, a start is not

    if not await request.body():
        raise BadRequest(400, "Request body is empty")
    sent = await body(request)
    text: str = sent.get("JobHCL") or ""
    if not text:
        raise BadRequest(400, "Job spec is empty")
    parsed = parse_job(text, filename="input.hcl", canonicalize=bool(sent.get("Canonicalize")))
    if parsed.job is None:
        raise BadRequest(400, parsed.error_text)
    return json_answer(parsed.job)


async def validate(request: Request) -> Response:
    """POST /v1/validate/job"""
    job = submitted_job(await body(request))
    demand(request, str(job.get("Namespace") or namespace(request)), "read-job")
    judged = validate_job(completed(job))
    answer = {
        "DriverConfigValidated": True,
        "Error": judged.error_text(),
        "ValidationErrors": list(judged.errors) or None,
        "Warnings": judged.warning_text(),
    }
    return json_answer(answer)


async def plan(request: Request) -> Response:
    """POST /v1/job/:id/plan"""
    sent = await body(request)
    job = submitted_job(sent)
    if request.path_params["job_id"] != job.get("ID"):
        raise BadRequest(400, "Job ID does not match")
    demand(request, str(job.get("Namespace") or namespace(request)), "submit-job")
    known_region(request)
    judged = validate_job(completed(job))
    if judged.errors:
        raise BadRequest(500, judged.error_text())
    planned = desk_of(request).host.cluster.plan(job)
    answer: Json = _planned(planned) | {
        "Diff": _diff(planned) if sent.get("Diff") else None,
        "Warnings": judged.warning_text(),
    }
    return write_answer(answer, answer["JobModifyIndex"])


def _planned(planned: Planned) -> Json:
    index = planned.existing.job_modify_index if planned.existing else 0
    return {
        "Annotations": {"DesiredTGUpdates": _desired(planned.computed), "PreemptedAllocs": None},
        "CreatedEvals": [_created(planned)] if planned.blocked else None,
        "FailedTGAllocs": planned.computed.failed or None,
        "Index": index,
        "JobModifyIndex": index,
        "NextPeriodicLaunch": timestamp(next_launch_ns(planned.proposed, planned.now_ns)),
    }


def _created(planned: Planned) -> Json:
    """The blocked evaluation as a dry run shows it: never stored, so without indexes."""
    assert planned.blocked is not None
    hidden = ("CreateIndex", "ModifyIndex", "SnapshotIndex", "JobModifyIndex")
    return {key: value for key, value in render_evaluation(planned.blocked).items() if key not in hidden}


def _desired(computed: Computed) -> dict[str, dict[str, int]]:
    return {name: counts.render() for name, counts in computed.wanted.counts.items()}


def _diff(planned: Planned) -> Json:
    old = render_job(planned.existing) if planned.existing else None
    found = diff_jobs(old, render_job(planned.proposed), contextual=True)
    return dict(annotate(found, _desired(planned.computed)))
