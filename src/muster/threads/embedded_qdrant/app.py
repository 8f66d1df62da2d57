"""The embedded Qdrant: one process owns the vectors, the others ask it over Qdrant's REST API, as a real one."""

import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from pydantic import SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from muster.core.clock import SystemClock
from muster.core.web.body_limit import BodyLimit
from muster.core.web.door import Door
from muster.threads.common.correlation import mount_hops
from muster.threads.common.metric_serving import mount_metrics
from muster.threads.common.settings import ThreadsSettings
from muster.threads.embedded_qdrant import answers
from muster.threads.embedded_qdrant.key_door import KeyDoor
from muster.threads.embedded_qdrant.operations import OPERATIONS, Operation
from muster.threads.embedded_qdrant.vectors import VectorFolder

VERSION = "1.20.0"
"""Of Qdrant, whose API this is; clients compare it with their own."""
_MOST_BYTES = 32 * 1024 * 1024
"""Of a body; Qdrant's own default."""
_OPEN_PATHS = ("/", "/healthz", "/livez", "/readyz", "/health", "/ready", "/metrics")
_REFUSED = (ValueError, LookupError, TypeError, AssertionError, NotImplementedError)
"""How local mode refuses what it does not understand."""


def build(settings: ThreadsSettings) -> FastAPI:
    """The service on MUSTER_HOME/threads/qdrant, which it owns from now on. Raises UsageError where another process
    does, SourceError for damaged files."""
    return build_on(settings.threads_home / "qdrant", settings.qdrant_api_key)


def build_on(folder: Path, key: SecretStr | None = None) -> FastAPI:
    """The same on another folder. Without a key only this machine may ask."""
    vectors = VectorFolder(folder)

    @asynccontextmanager
    async def open_folder(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        vectors.close()

    app = FastAPI(title="Embedded Qdrant", version=VERSION, lifespan=open_folder, docs_url=None, redoc_url=None)
    routes = [Route(f"/collections{one.path}", _endpoint(one, vectors), methods=[one.method]) for one in OPERATIONS]
    app.router.routes.extend(routes)
    app.add_api_route("/", _about)
    for path in ("/healthz", "/livez", "/readyz"):
        app.add_api_route(path, _pass_check)
    for path in ("/health", "/ready"):
        app.add_api_route(path, _health)
    app.add_middleware(BodyLimit, most_bytes=_MOST_BYTES)
    if key is None:
        app.add_middleware(Door, keys=(), open_paths=(), clock=SystemClock())
    else:
        app.add_middleware(KeyDoor, key=key.get_secret_value(), open_paths=_OPEN_PATHS)
    mount_metrics(app, "embedded-qdrant")
    mount_hops(app, "embedded-qdrant")
    return app


def _endpoint(operation: Operation, vectors: VectorFolder) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        name = str(request.path_params.get("name", ""))
        return await run_in_threadpool(_answer, operation, vectors, name, await request.body())

    return endpoint


def _answer(operation: Operation, vectors: VectorFolder, name: str, content: bytes) -> Response:
    begun = time.perf_counter()
    try:
        body = None if operation.shape is None else operation.shape.validate_json(content)
        return answers.result(operation.do(vectors, name, body), time.perf_counter() - begun)
    except ValidationError as error:
        return answers.misread(error)
    except _REFUSED as error:
        return answers.refusal(error)
    except (sqlite3.Error, OSError) as error:
        return answers.failure(500, f"Service internal error: the vectors can't be written: {error}")


async def _about() -> JSONResponse:
    return JSONResponse({"title": "Muster's embedded Qdrant", "version": VERSION})


async def _pass_check() -> PlainTextResponse:
    return PlainTextResponse("healthz check passed")


async def _health() -> dict[str, str]:
    """It needs nobody: whoever answers is ready."""
    return {"status": "ok", "service": "embedded-qdrant"}
