"""What can be done to a deployment over HTTP."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.cluster import Accepted
from muster.nomad.embedded.http.answering import write_answer
from muster.nomad.embedded.http.asking import BadRequest, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.guarding import demand
from muster.nomad.embedded.http.settling import settle

Json = dict[str, Any]


async def fail_deployment(request: Request) -> Response:
    """PUT /v1/deployment/fail/:id"""
    identifier = _known(request)
    return _answer(settle(request, "fail_deployment", deployment_id=identifier))


async def promote_deployment(request: Request) -> Response:
    """PUT /v1/deployment/promote/:id, all groups or those named"""
    sent, identifier = await _named(request), _known(request)
    groups = [] if sent.get("All") else [str(group) for group in sent.get("Groups") or ()]
    return _answer(settle(request, "promote_deployment", deployment_id=identifier, groups=groups))


async def pause_deployment(request: Request) -> Response:
    """PUT /v1/deployment/pause/:id, to pause or to go on"""
    sent, identifier = await _named(request), _known(request)
    return _answer(settle(request, "pause_deployment", deployment_id=identifier, paused=bool(sent.get("Pause"))))


async def set_allocation_health(request: Request) -> Response:
    """PUT /v1/deployment/allocation-health/:id: somebody else judges the allocations"""
    sent, identifier = await _named(request), _known(request)
    healthy = [str(one) for one in sent.get("HealthyAllocationIDs") or ()]
    unhealthy = [str(one) for one in sent.get("UnhealthyAllocationIDs") or ()]
    accepted = settle(request, "judge_allocations", deployment_id=identifier, healthy=healthy, unhealthy=unhealthy)
    return _answer(accepted)


def _known(request: Request) -> str:
    """The deployment of the path. Raises BadRequest for one that is not there or that the token may not change."""
    identifier: str = request.path_params["id"]
    deployment = desk_of(request).store.deployments.get(identifier)
    if deployment is None:
        raise BadRequest(500, "deployment not found")
    demand(request, deployment.namespace, "submit-job")
    return identifier


async def _named(request: Request) -> Json:
    """The body, which names the deployment of the path. Raises BadRequest for another."""
    sent = await body(request)
    if not sent.get("DeploymentID"):
        raise BadRequest(400, "DeploymentID must be specified")
    if sent["DeploymentID"] != request.path_params["id"]:
        raise BadRequest(400, "Deployment ID does not match")
    return sent


def _answer(accepted: Accepted) -> Response:
    answer = {
        "DeploymentModifyIndex": accepted.index,
        "EvalCreateIndex": accepted.index if accepted.eval_id else 0,
        "EvalID": accepted.eval_id,
        "Index": accepted.index,
        "RevertedJobVersion": accepted.reverted_to,
    }
    return write_answer(answer, accepted.index)
