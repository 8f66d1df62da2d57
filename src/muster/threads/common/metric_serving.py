"""Serves /metrics: on a service's own port beside its routes, and on the common port of metrics by a server of its own,
which is how a worker does it."""

import os
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.core.errors import SettingsError
from muster.threads.common.metric_sharing import shared_folder
from muster.threads.common.metric_windows import HOURLY_DOLLARS, UPTIME, ErrorRates
from muster.threads.common.metrics import REGISTRY, record_http
from muster.threads.common.settings import ServiceName

PATH = "/metrics"


@cache
def exposed() -> CollectorRegistry:
    """What is served: this process's metrics, or those of its children and its own together."""
    folder = shared_folder()
    counted = REGISTRY if folder is None else CollectorRegistry()
    if folder is not None:
        _SharedMetrics(counted, str(folder))
    served = CollectorRegistry()
    for collector in (counted, UPTIME, HOURLY_DOLLARS, ErrorRates(counted)):
        served.register(collector)  # pyright: ignore[reportArgumentType]  # a registry collects as a collector does
    return served


def metrics_text() -> bytes:
    """Everything, in Prometheus' text form."""
    return generate_latest(exposed())


def mount_metrics(app: FastAPI, service: ServiceName) -> None:
    """Have every answer of the app timed, and /metrics served. Called before the app runs."""
    UPTIME.begin(service)
    app.add_middleware(_Timing, service=service)
    app.add_api_route(PATH, _answer, methods=["GET"], include_in_schema=False)


@contextmanager
def serve_metrics(service: ServiceName, port: int, host: str = "127.0.0.1") -> Generator[int]:
    """Within the block /metrics is served there, by a thread; the port is given, for 0 takes a free one.

    Raises SettingsError where the port can't be had.
    """
    UPTIME.begin(service)
    try:
        server, thread = start_http_server(port, addr=host, registry=exposed())
    except OSError as error:
        raise SettingsError(
            f"METRICS_PORT {port} can't be used: {error.strerror}", advice="Give each service a port of its own."
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _answer(_request: Request) -> Response:
    return Response(metrics_text(), headers={"content-type": CONTENT_TYPE_LATEST})


class _SharedMetrics(MultiProcessCollector):
    """Forgets the live values of processes that are gone, however they went."""

    def __init__(self, registry: CollectorRegistry, folder: str) -> None:
        self._folder = Path(folder)
        super().__init__(registry, folder)

    def collect(self) -> Iterator[Metric]:
        """As the vendor does, after that."""
        for file in self._folder.glob("gauge_live*.db"):
            if not _runs(int(file.stem.rpartition("_")[2])):
                file.unlink(missing_ok=True)
        return iter(cast("Iterable[Metric]", super().collect()))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True


class _Timing:
    """Counts the time to the first byte of each answer, under its route's template."""

    def __init__(self, app: ASGIApp, service: ServiceName) -> None:
        self._app = app
        self._service: ServiceName = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), list[int]()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
                self._record(scope, message["status"], began)
            await send(message)

        try:
            await self._app(scope, receive, count)
        finally:
            if not status:  # an exception left it, or the client went before there was an answer
                self._record(scope, 500, began)

    def _record(self, scope: Scope, status: int, began: float) -> None:
        route = str(getattr(scope.get("route"), "path", "") or "unmatched")
        record_http(self._service, scope["method"], route, status, time.perf_counter() - began)
