"""The fake platform as a web application: Threads' own API, a simple facade, and controls."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from muster.core.clock import Clock, SystemClock
from muster.threads.common.correlation import mount_hops
from muster.threads.common.metric_serving import mount_metrics
from muster.threads.common.settings import ThreadsSettings
from muster.threads.fake_threads import controls, facade, graph_api, oauth
from muster.threads.fake_threads.failing import Failing
from muster.threads.fake_threads.faults import FaultPlan
from muster.threads.fake_threads.graph_errors import GraphError
from muster.threads.fake_threads.ledger import Ledger
from muster.threads.fake_threads.platform import Platform


def build(settings: ThreadsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The service; it keeps MUSTER_HOME/threads/fake_threads.jsonl. Raises SourceError for a broken file."""
    return build_on(settings.threads_home / "fake_threads.jsonl", clock=clock)


def build_on(file: Path | None, *, clock: Clock | None = None) -> FastAPI:
    """The same on another file; None: nothing is kept."""
    platform, plan = Platform(Ledger(file), clock or SystemClock()), FaultPlan()
    app = FastAPI(title="Fake Threads", version="1")
    app.include_router(facade.router(platform))
    app.include_router(controls.router(platform, plan))
    app.router.routes.extend([*oauth.routes(platform), *graph_api.routes(platform)])
    app.add_api_route("/health", _health, methods=["GET"], tags=["health"])
    app.add_api_route("/ready", _health, methods=["GET"], tags=["health"])
    app.add_exception_handler(GraphError, _refused)
    app.add_middleware(Failing, plan=plan, platform=platform)
    mount_metrics(app, "fake-threads")
    mount_hops(app, "fake-threads")
    return app


async def _health() -> facade.Pong:
    """It needs nobody: whoever answers is ready."""
    return facade.Pong()


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GraphError):
        raise error
    return error.response()
