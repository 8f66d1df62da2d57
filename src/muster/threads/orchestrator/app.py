"""The orchestrator: the API in front, and behind it the relay and the sweeper, each in a thread."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from muster.core.clock import Clock, SystemClock
from muster.core.version import muster_version
from muster.core.web.news import Newsroom
from muster.threads.common.correlation import mount_hops
from muster.threads.common.metric_serving import mount_metrics
from muster.threads.common.metrics import know
from muster.threads.common.personas import load_personas
from muster.threads.common.service_door import keys_of, put_door
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db import migrating
from muster.threads.db.engine import POOL_SIZE, Database, open_database
from muster.threads.orchestrator import event_routes, list_routes, task_routes
from muster.threads.orchestrator.answers import Alive, CheckView, Ready
from muster.threads.orchestrator.desk import Desk
from muster.threads.orchestrator.looping import Loop
from muster.threads.orchestrator.readiness import Readiness, checks_of
from muster.threads.orchestrator.relay import Relay
from muster.threads.orchestrator.sending import CelerySender, Sender
from muster.threads.orchestrator.stories import TaskStories
from muster.threads.orchestrator.sweeper import Sweeper

RELAY_EVERY_S = 0.25
SWEEP_EVERY_S = 15.0
_NOT_READY: dict[int | str, dict[str, object]] = {503: {"model": Ready, "description": "One of them does not answer."}}


@dataclass(frozen=True)
class _Parts:
    """What runs while the application does."""

    database: Database
    newsroom: Newsroom
    readiness: Readiness
    relay: Loop
    sweeper: Loop


def build(
    settings: ThreadsSettings,
    *,
    clock: Clock | None = None,
    make_sender: Callable[[ThreadsSettings], Sender] = CelerySender,
    tick_s: float = 0.25,
) -> FastAPI:
    """The service. Its streams end when `app.state.desk.newsroom.close` is called: a server does so before it waits.

    Raises SettingsError for a file of keys or personas that is wrong, and for an address without keys.
    """
    keys = keys_of(settings)
    clock = clock or SystemClock()
    parts = _parts(settings, clock, make_sender, tick_s)
    app = FastAPI(
        title="Muster threads", version=muster_version(), docs_url=None, redoc_url=None, lifespan=_lifespan(parts)
    )
    personas = load_personas(settings.threads_personas)
    know(personas=personas)
    app.state.desk = Desk(parts.database, personas, parts.newsroom, clock, parts.relay.wake)
    app.state.readiness = parts.readiness
    for routes in (task_routes, event_routes, list_routes):
        app.include_router(routes.router)
    app.add_api_route("/health", _health, methods=["GET"], tags=["health"])
    app.add_api_route("/ready", _ready, methods=["GET"], tags=["health"], response_model=Ready, responses=_NOT_READY)
    mount_hops(app, "orchestrator")  # within what the door puts around, whose correlation id it takes
    put_door(app, keys, clock)
    mount_metrics(app, "orchestrator")
    return app


def database_of(settings: ThreadsSettings) -> Database:
    """PostgreSQL, or the file in MUSTER_HOME."""
    return open_database(settings.database_url, settings.threads_home)


def _parts(
    settings: ThreadsSettings, clock: Clock, make_sender: Callable[[ThreadsSettings], Sender], tick_s: float
) -> _Parts:
    database, relaying, sweeping = database_of(settings), make_sender(settings), make_sender(settings)
    relay, sweeper = Relay(database, relaying), Sweeper(database, sweeping)
    return _Parts(
        database,
        Newsroom(TaskStories(database), tick_s=tick_s),
        Readiness(checks_of(settings, database)),
        Loop("relay", relay.run_once, every_s=RELAY_EVERY_S, clock=clock, close=relaying.close),
        Loop("sweeper", sweeper.run_once, every_s=SWEEP_EVERY_S, clock=clock, close=sweeping.close),
    )


def _lifespan(parts: _Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        current_default_thread_limiter().total_tokens = POOL_SIZE + 6  # more would wait for a connection
        await asyncio.to_thread(migrating.upgrade, parts.database)
        telling = asyncio.create_task(parts.newsroom.run())
        parts.relay.start()
        parts.sweeper.start()
        try:
            yield
        finally:
            await _stop(parts, telling)

    return lifespan


async def _stop(parts: _Parts, telling: asyncio.Task[None]) -> None:
    parts.newsroom.close()
    telling.cancel()
    with suppress(asyncio.CancelledError):
        await telling
    await asyncio.gather(asyncio.to_thread(parts.relay.stop), asyncio.to_thread(parts.sweeper.stop))
    parts.readiness.close()
    parts.database.dispose()


async def _health() -> Alive:
    """Whether anybody is there."""
    return Alive()


async def _ready(request: Request) -> Response:
    """Whether database, broker and Qdrant answer; 503 says which do not."""
    readiness: Readiness = request.app.state.readiness
    found = await readiness.ask()
    checks = {name: CheckView(status=health.status, detail=health.detail) for name, health in found.items()}
    well = all(health.ok for health in found.values())
    body = Ready(status="ready" if well else "not ready", checks=checks)
    return JSONResponse(body.model_dump(mode="json"), 200 if well else 503)
