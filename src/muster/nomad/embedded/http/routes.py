"""Every path that the cluster serves: its handlers by method, and what a token needs for each."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from muster.nomad.embedded.http import (
    agent,
    allocations,
    deployments,
    events,
    faults,
    files,
    job_actions,
    jobs,
    launching,
    logs,
    metrics,
    namespaces,
    nodes,
    objects,
    operator,
    planning,
    policies,
    scaling,
    search,
    services,
    tokens,
    variables,
    volumes,
)
from muster.nomad.embedded.http.answering import text_answer
from muster.nomad.embedded.http.guarding import (
    Handler,
    Need,
    anybody,
    guarded,
    listing,
    management,
    reading,
    within,
    writing,
)

ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SUBMIT, READ, LIST = within("submit-job"), within("read-job"), within("list-jobs")
DISPATCH, FORCE = within("dispatch-job"), within("dispatch-job", "submit-job")
SCALE, READ_SCALE = within("scale-job", "submit-job"), within("read-job-scaling", "read-job")
LIST_VOLUMES = within("csi-list-volume", "csi-read-volume", "csi-mount-volume", "list-jobs")
READ_VOLUME, WRITE_VOLUME = within("csi-read-volume", "read-job"), within("csi-write-volume")


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


def open_path(template: str, get: Handler) -> list[Route]:
    """A path that asks for no token."""
    return [Route(template, get), Route(template, wrong_method, methods=ALL)]


def _acl(handler: Handler, need: Need = management) -> tuple[Need, Handler]:
    return (lambda _, __: True), tokens.with_acl(guarded(need, handler))


AGENT = [
    Route("/", agent.lead_to_interface),
    Route("/ui/", agent.read_interface),
    *path("/v1/agent/self", (reading("agent"), agent.read_self)),
    *path("/v1/agent/members", (reading("node"), agent.list_members)),
    *path("/v1/agent/servers", (reading("agent"), agent.list_servers)),
    *open_path("/v1/agent/health", agent.read_health),
    *open_path("/v1/metrics", metrics.read_metrics),
    *open_path("/v1/status/leader", agent.read_leader),
    *open_path("/v1/status/peers", agent.read_peers),
    *open_path("/v1/regions", agent.list_regions),
    *path(
        "/v1/operator/scheduler/configuration",
        (reading("operator"), operator.read_configuration),
        (writing("operator"), operator.write_configuration),
    ),
    *path("/v1/operator/raft/configuration", (reading("operator"), operator.read_raft)),
    *path("/v1/operator/autopilot/health", (reading("operator"), operator.read_autopilot_health)),
    *path("/v1/system/gc", put=(management, operator.collect_garbage)),
    *path("/v1/system/reconcile/summaries", put=(management, operator.reconcile_summaries)),
    *path("/v1/search", put=(anybody, search.search_prefix)),
    *path("/v1/search/fuzzy", put=(anybody, search.search_text)),
    *path("/v1/event/stream", (anybody, events.stream_events)),
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
    *job("evaluate", put=(READ, job_actions.evaluate_job)),
    *job("dispatch", put=(DISPATCH, launching.dispatch_job)),
    *job("periodic/force", put=(FORCE, launching.force_periodic)),
    *job("stable", put=(SUBMIT, job_actions.mark_stable)),
    *job("scale", (READ_SCALE, job_actions.read_scale), (SCALE, job_actions.scale_job)),
    *path("/v1/job/{job_id:path}", (READ, jobs.read_job), (anybody, jobs.register_job), (SUBMIT, jobs.deregister_job)),
]
OBJECTS = [
    *path("/v1/nodes", (reading("node"), nodes.list_nodes)),
    *path("/v1/node/{id}", (reading("node"), nodes.read_node)),
    *path("/v1/node/{id}/allocations", (reading("node"), nodes.read_node_allocations)),
    *path("/v1/node/{id}/eligibility", put=(writing("node"), nodes.set_eligibility)),
    *path("/v1/node/{id}/drain", put=(writing("node"), nodes.drain_node)),
    *path("/v1/node/{id}/evaluate", put=(writing("node"), nodes.evaluate_node)),
    *path("/v1/evaluations", (READ, objects.list_evaluations)),
    *path("/v1/evaluation/{id}", (READ, objects.read_evaluation)),
    *path("/v1/evaluation/{id}/allocations", (READ, objects.read_evaluation_allocations)),
    *path("/v1/allocations", (READ, objects.list_allocations)),
    *path("/v1/allocation/{id}/stop", put=(anybody, allocations.stop_allocation)),
    *path("/v1/allocation/{id}", (anybody, objects.read_allocation)),
    *path("/v1/deployments", (READ, objects.list_deployments)),
    *path("/v1/deployment/fail/{id}", put=(anybody, deployments.fail_deployment)),
    *path("/v1/deployment/promote/{id}", put=(anybody, deployments.promote_deployment)),
    *path("/v1/deployment/pause/{id}", put=(anybody, deployments.pause_deployment)),
    *path("/v1/deployment/allocation-health/{id}", put=(anybody, deployments.set_allocation_health)),
    *path("/v1/deployment/allocations/{id}", (READ, objects.read_deployment_allocations)),
    *path("/v1/deployment/{id}", (READ, objects.read_deployment)),
]
KEPT = [
    *path("/v1/scaling/policies", (within("list-scaling-policies"), scaling.list_scaling_policies)),
    *path("/v1/scaling/policy/{id}", (anybody, scaling.read_scaling_policy)),
    *path("/v1/vars", (anybody, variables.list_variables)),
    *path(
        "/v1/var/{path:path}",
        (anybody, variables.read_variable),
        (anybody, variables.write_variable),
        (anybody, variables.delete_variable),
    ),
    *path("/v1/services", (READ, services.list_services)),
    *path("/v1/service/{name}", (READ, services.read_service)),
    *path("/v1/volumes", (LIST_VOLUMES, volumes.list_volumes), (WRITE_VOLUME, volumes.register_volume)),
    *path(
        "/v1/volume/csi/{id}",
        (READ_VOLUME, volumes.read_volume),
        (WRITE_VOLUME, volumes.register_volume),
        (WRITE_VOLUME, volumes.forget_volume),
    ),
    *path("/v1/plugins", (listing("plugin"), volumes.list_plugins)),
    *path("/v1/plugin/csi/{id}", (reading("plugin"), volumes.read_plugin)),
]
CLIENT = [
    *path("/v1/client/fs/logs/{id}", (anybody, logs.read_logs)),
    *path("/v1/client/fs/ls/{id}", (anybody, files.list_files)),
    *path("/v1/client/fs/stat/{id}", (anybody, files.stat_file)),
    *path("/v1/client/fs/cat/{id}", (anybody, files.cat_file)),
    *path("/v1/client/fs/readat/{id}", (anybody, files.read_file_part)),
    *path("/v1/client/fs/stream/{id}", (anybody, files.stream_file)),
    *path("/v1/client/allocation/{id}/stats", (anybody, allocations.read_allocation_stats)),
    *path("/v1/client/allocation/{id}/restart", put=(anybody, allocations.restart_allocation)),
    *path("/v1/client/allocation/{id}/signal", put=(anybody, allocations.signal_allocation)),
    *path("/v1/client/allocation/{id}/gc", (anybody, allocations.collect_allocation)),
    *path("/v1/client/stats", (reading("node"), metrics.read_client_stats)),
    *path("/v1/client/gc", (writing("node"), metrics.collect_client_garbage)),
]
CONTROL = [
    Route(faults.CONTROL, faults.list_faults),
    Route(faults.CONTROL, faults.set_faults, methods=["PUT"]),
    Route(faults.CONTROL, faults.clear_faults, methods=["DELETE"]),
    Route("/embedded/node/{name}/kill", nodes.kill_node, methods=["PUT"]),
    Route("/embedded/node/{name}/revive", nodes.revive_node, methods=["PUT"]),
]
ROUTES = [*AGENT, *ACCESS, *JOBS, *OBJECTS, *KEPT, *CLIENT, *CONTROL]
