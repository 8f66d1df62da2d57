"""The fake platform as a web application: Threads' own API, a simple facade, and controls."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from muster.core.clock import Clock, SystemClock
from muster.core.web.api_keys import ApiKey
from muster.threads.common.correlation import mount_hops
from muster.threads.common.metric_serving import mount_metrics
from muster.threads.common.service_door import keys_of, put_door
from muster.threads.common.settings import ThreadsSettings
from muster.threads.fake_threads import controls, facade, graph_api, oauth
from muster.threads.fake_threads.failing import Failing
from muster.threads.fake_threads.faults import FaultPlan
from muster.threads.fake_threads.graph_errors import GraphError
from muster.threads.fake_threads.ledger import Ledger
from muster.threads.fake_threads.platform import Platform

_MOST_BYTES = 1_000_000
"""Of any body; the platform's API has a narrower bound, and words of its own for it."""
_OWN_TOKENS = ("/v1.0/", "/oauth/", "/access_token", "/refresh_access_token")
"""The platform's API takes the platform's tokens; who signs up for one shows a key as the app's secret."""


def build(settings: ThreadsSettings, *, clock: Clock | None = None) -> FastAPI:
    """The service; it keeps MUSTER_HOME/threads/fake_threads.jsonl. Raises SourceError for a broken file, SettingsError
    for a file of keys that is wrong, and for an address without keys."""
    return build_on(settings.threads_home / "fake_threads.jsonl", clock=clock, keys=keys_of(settings))


def build_on(file: Path | None, *, clock: Clock | None = None, keys: Sequence[ApiKey] = ()) -> FastAPI:
    """The same on another file; None: nothing is kept. Without keys only this machine may ask."""
    clock = clock or SystemClock()
    platform, plan = Platform(Ledger(file), clock), FaultPlan()
    app = FastAPI(title="Fake Threads", version="1")
    app.include_router(facade.router(platform))
    app.include_router(controls.router(platform, plan))
    app.router.routes.extend([*oauth.routes(platform, keys), *graph_api.routes(platform)])
    app.add_api_route("/health", _health, methods=["GET"], tags=["health"])
    app.add_api_route("/ready", _health, methods=["GET"], tags=["health"])
    app.add_exception_handler(GraphError, _refused)
    app.add_middleware(Failing, plan=plan, platform=platform)
    mount_hops(app, "fake-threads")
    put_door(app, keys, clock, own_tokens=_OWN_TOKENS, most_body_bytes=_MOST_BYTES)
    mount_metrics(app, "fake-threads")
    return app


async def _health() -> facade.Pong:
    """It needs nobody: whoever answers is ready."""
    return facade.Pong()


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GraphError):
        raise error
    return error.response()
