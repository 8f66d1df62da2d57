"""The HTTP API as a Starlette application: its routes, and what surrounds every request."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.nomad.embedded.http import agent, jobs, logs, objects, planning
from muster.nomad.embedded.http.answering import text_answer
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.state.values import SECOND

TIME_HEADER = b"x-muster-virtual-time"
WRITES = ["POST", "PUT"]
ALL = ["GET", *WRITES, "DELETE"]
NOT_YET = ("dispatch", "evaluate", "periodic/force", "scale", "stable")


async def unknown_path(_: Request, __: Exception | None = None) -> Response:
    """What is not there: no words at all."""
    return Response(status_code=404)


async def wrong_method(_: Request, __: Exception | None = None) -> Response:
    """A path that does not take the method."""
    return text_answer(405, "Invalid method")


ROUTES = [
    Route("/v1/agent/self", agent.read_self),
    Route("/v1/agent/health", agent.read_health),
    Route("/v1/status/leader", agent.read_leader),
    Route("/v1/status/peers", agent.read_peers),
    Route("/v1/regions", agent.list_regions),
    Route("/v1/namespaces", agent.list_namespaces),
    Route("/v1/namespace/{name}", agent.read_namespace),
    Route("/v1/nodes", objects.list_nodes),
    Route("/v1/node/{id}", objects.read_node),
    Route("/v1/node/{id}/allocations", objects.read_node_allocations),
    Route("/v1/jobs/parse", planning.parse_text, methods=WRITES),
    Route("/v1/validate/job", planning.validate, methods=WRITES),
    Route("/v1/jobs", jobs.list_jobs),
    Route("/v1/jobs", jobs.register_job, methods=WRITES),
    Route("/v1/job/{job_id:path}/allocations", jobs.read_job_allocations),
    Route("/v1/job/{job_id:path}/evaluations", jobs.read_job_evaluations),
    Route("/v1/job/{job_id:path}/deployments", jobs.read_job_deployments),
    Route("/v1/job/{job_id:path}/deployment", jobs.read_job_deployment),
    Route("/v1/job/{job_id:path}/versions", jobs.read_versions),
    Route("/v1/job/{job_id:path}/summary", jobs.read_job_summary),
    Route("/v1/job/{job_id:path}/plan", planning.plan, methods=WRITES),
    Route("/v1/job/{job_id:path}/revert", jobs.revert_job, methods=WRITES),
    Route("/v1/job/{job_id:path}/plan", wrong_method),
    Route("/v1/job/{job_id:path}/revert", wrong_method),
    *(Route(f"/v1/job/{{job_id:path}}/{later}", unknown_path, methods=ALL) for later in NOT_YET),
    Route("/v1/job/{job_id:path}", jobs.read_job),
    Route("/v1/job/{job_id:path}", jobs.register_job, methods=WRITES),
    Route("/v1/job/{job_id:path}", jobs.deregister_job, methods=["DELETE"]),
    Route("/v1/evaluations", objects.list_evaluations),
    Route("/v1/evaluation/{id}", objects.read_evaluation),
    Route("/v1/evaluation/{id}/allocations", objects.read_evaluation_allocations),
    Route("/v1/allocations", objects.list_allocations),
    Route("/v1/allocation/{id}", objects.read_allocation),
    Route("/v1/deployments", objects.list_deployments),
    Route("/v1/deployment/fail/{id}", objects.fail_deployment, methods=WRITES),
    Route("/v1/deployment/allocations/{id}", objects.read_deployment_allocations),
    Route("/v1/deployment/{id}", objects.read_deployment),
    Route("/v1/client/fs/logs/{id}", logs.read_logs),
]


def build_app(desk: Desk) -> ASGIApp:
    """The application for one cluster."""
    app = Starlette(
        routes=ROUTES,
        exception_handlers={BadRequest: _refuse, 404: unknown_path, 405: wrong_method},
    )
    app.state.desk = desk
    return _Surroundings(app, desk)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return text_answer(error.status, error.text)


class _Surroundings:
    """Counts requests for the pace and stamps answers with the cluster's time."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = f"{self._desk.host.now_ns / SECOND:.6f}".encode()
                message["headers"] = [*message["headers"], (TIME_HEADER, now)]
            await send(message)

        self._desk.pace.catch_up()
        self._desk.pace.enter()
        try:
            await self._app(scope, receive, stamped)
        finally:
            self._desk.pace.leave()
