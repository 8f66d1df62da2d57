"""Every path that the cluster serves: its handlers by method, and what a token needs for each."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from muster.nomad.embedded.http import agent, deployments, jobs, logs, namespaces, objects, planning, policies, tokens
from muster.nomad.embedded.http.answering import text_answer
from muster.nomad.embedded.http.guarding import (
    Handler,
    Need,
    anybody,
    guarded,
    management,
    reading,
    within,
)

ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SUBMIT, READ, LIST = within("submit-job"), within("read-job"), within("list-jobs")


async def unknown_path(_: Request, __: Exception | None = None) -> Response:
    """What is not there: no words at all."""
    return Response(status_code=404)


async def wrong_method(_: Request, __: Exception | None = None) -> Response:
    """A path that does not take the method."""
    return text_answer(405, "Invalid method")


Allowed = tuple[Need, Handler] | None


def path(template: str, get: Allowed = None, put: Allowed = None, delete: Allowed = None) -> list[Route]:
    """The routes of one path: those of its methods, and one that refuses all others."""
    methods = (("GET", get), ("PUT", put), ("POST", put), ("DELETE", delete))
    routes = [Route(template, guarded(*allowed), methods=[name]) for name, allowed in methods if allowed]
    return [*routes, Route(template, wrong_method, methods=ALL)]


def job(suffix: str, get: Allowed = None, put: Allowed = None) -> list[Route]:
    """The routes of what hangs on a job."""
    return path(f"/v1/job/{{job_id:path}}/{suffix}", get, put)


def _acl(handler: Handler, need: Need = management) -> tuple[Need, Handler]:
    return (lambda _, __: True), tokens.with_acl(guarded(need, handler))


AGENT = [
    *path("/v1/agent/self", (reading("agent"), agent.read_self)),
    Route("/v1/agent/health", agent.read_health),
    Route("/v1/status/leader", agent.read_leader),
    Route("/v1/status/peers", agent.read_peers),
    Route("/v1/regions", agent.list_regions),
]
ACCESS = [
    *path("/v1/namespaces", (anybody, namespaces.list_namespaces)),
    *path("/v1/namespace", put=(management, namespaces.write_namespace)),
    *path(
        "/v1/namespace/{name}",
        (anybody, namespaces.read_namespace),
        (management, namespaces.write_namespace),
        (management, namespaces.delete_namespace),
    ),
    Route("/v1/acl/bootstrap", tokens.with_acl(tokens.bootstrap), methods=["PUT", "POST"]),
    *path("/v1/acl/tokens", _acl(tokens.list_tokens)),
    *path("/v1/acl/token", put=_acl(tokens.write_token)),
    Route("/v1/acl/token/self", tokens.with_acl(tokens.read_own_token)),
    *path("/v1/acl/token/{accessor}", _acl(tokens.read_token), _acl(tokens.write_token), _acl(tokens.delete_token)),
    *path("/v1/acl/policies", _acl(policies.list_policies, anybody)),
    *path(
        "/v1/acl/policy/{name}",
        _acl(policies.read_policy, anybody),
        _acl(policies.write_policy),
        _acl(policies.delete_policy),
    ),
]
JOBS = [
    Route("/v1/jobs/parse", planning.parse_text, methods=["PUT", "POST"]),
    *path("/v1/validate/job", put=(anybody, planning.validate)),
    *path("/v1/jobs", (LIST, jobs.list_jobs), (anybody, jobs.register_job)),
    *job("allocations", (READ, jobs.read_job_allocations)),
    *job("evaluations", (READ, jobs.read_job_evaluations)),
    *job("deployments", (READ, jobs.read_job_deployments)),
    *job("deployment", (READ, jobs.read_job_deployment)),
    *job("versions", (READ, jobs.read_versions)),
    *job("summary", (READ, jobs.read_job_summary)),
    *job("plan", put=(anybody, planning.plan)),
    *job("revert", put=(SUBMIT, jobs.revert_job)),
    *path("/v1/job/{job_id:path}", (READ, jobs.read_job), (anybody, jobs.register_job), (SUBMIT, jobs.deregister_job)),
]
OBJECTS = [
    *path("/v1/nodes", (reading("node"), objects.list_nodes)),
    *path("/v1/node/{id}", (reading("node"), objects.read_node)),
    *path("/v1/node/{id}/allocations", (reading("node"), objects.read_node_allocations)),
    *path("/v1/evaluations", (READ, objects.list_evaluations)),
    *path("/v1/evaluation/{id}", (READ, objects.read_evaluation)),
    *path("/v1/evaluation/{id}/allocations", (READ, objects.read_evaluation_allocations)),
    *path("/v1/allocations", (READ, objects.list_allocations)),
    *path("/v1/allocation/{id}", (anybody, objects.read_allocation)),
    *path("/v1/deployments", (READ, objects.list_deployments)),
    *path("/v1/deployment/fail/{id}", put=(anybody, deployments.fail_deployment)),
    *path("/v1/deployment/allocations/{id}", (READ, objects.read_deployment_allocations)),
    *path("/v1/deployment/{id}", (READ, objects.read_deployment)),
]
CLIENT = [
    Route("/v1/client/fs/logs/{id}", logs.read_logs),
]
ROUTES = [*AGENT, *ACCESS, *JOBS, *OBJECTS, *CLIENT]
