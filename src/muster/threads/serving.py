"""Runs one service, or a worker, in the foreground of this process until a signal ends it."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.threads.common.settings import PORTS, ServiceName, ThreadsSettings

if TYPE_CHECKING:  # a second each, and a command needs one of them
    from fastapi import FastAPI

SERVICES: Mapping[ServiceName, str] = {
    "orchestrator": "muster.threads.orchestrator.app",
    "persona-runtime": "muster.threads.persona_runtime.app",
    "fake-threads": "muster.threads.fake_threads.app",
    "embedded-qdrant": "muster.threads.embedded_qdrant.app",
}
"""A service -> the module whose `build` makes it."""
_LOG = logging.getLogger(__name__)


def serve_service(name: ServiceName, port: int | None, metrics_port: int | None) -> None:
    """Serve at THREADS_BIND_HOST until SIGINT or SIGTERM. Raises UsageError for a port that can't be had."""
    from muster.core.observability.service_traces import service_traces
    from muster.core.web.serving import serve

    settings = _settings_of(name, metrics_port)
    app = build_service(name, settings)
    with service_traces(settings, name), _metrics(name, settings):
        try:
            serve(app, settings.threads_bind_host, port or PORTS[name], before_close=farewell(name, app))
        except KeyboardInterrupt:  # uvicorn ended all requests, and passes the signal on
            _LOG.info("%s was stopped", name)


def run_worker(pool: Literal["threads", "prefork"], concurrency: int, metrics_port: int | None) -> None:
    """Work on tasks until SIGINT or SIGTERM: what is begun is finished, the rest handed back."""
    settings = _settings_of("celery-worker", metrics_port)
    with ExitStack() as stack:
        if pool == "prefork":
            from muster.threads.common.metric_sharing import share_metrics

            share_metrics(Path(stack.enter_context(TemporaryDirectory(prefix="muster-metrics-"))) / "shared")
        from muster.core.observability.service_traces import service_traces
        from muster.threads.celery_worker.app import run

        stack.enter_context(service_traces(settings, "celery-worker"))
        run(settings, pool=pool, concurrency=concurrency)


def build_service(name: ServiceName, settings: ThreadsSettings) -> "FastAPI":
    """The application of a service. Raises what its `build` raises."""
    return import_module(SERVICES[name]).build(settings)


def farewell(name: ServiceName, app: "FastAPI") -> Callable[[], None]:
    """What is called before a server waits for requests to end: the orchestrator's streams have no end of their own."""
    return app.state.desk.newsroom.close if name == "orchestrator" else lambda: None


def _settings_of(name: ServiceName, metrics_port: int | None) -> ThreadsSettings:
    settings = load_settings(ThreadsSettings)
    if metrics_port is not None:
        settings = settings.model_copy(update={"metrics_port": metrics_port})
    set_up_logs(settings, level=settings.log_level_of(name), service=name)
    return settings


def _metrics(name: ServiceName, settings: ThreadsSettings) -> AbstractContextManager[object]:
    from muster.threads.common.metric_serving import serve_metrics

    port = settings.metrics_port
    return serve_metrics(name, port, settings.threads_bind_host) if port else nullcontext()
