"""Runs a worker of these settings: the adapters behind the ports, the pool, and its metrics."""

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import Any, Literal

from celery import Celery, signals
from celery.worker import WorkController, state

from muster.core.clock import SystemClock
from muster.core.observability.service_traces import ServiceTracer, service_traces
from muster.threads.celery_worker.dedup.qdrant_twins import open_twins
from muster.threads.celery_worker.publishing.threads_publisher import open_publisher
from muster.threads.celery_worker.runtime_writer import RuntimeWriter
from muster.threads.celery_worker.tasks import StopFlag, make_app
from muster.threads.celery_worker.worker import Worker
from muster.threads.common import metrics
from muster.threads.common.metric_serving import serve_metrics
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import open_database

Pool = Literal["threads", "prefork"]
_STOP_S = 30.0


def build_worker(settings: ThreadsSettings, stop: StopFlag) -> Worker:
    """The worker of one process. Raises SettingsError, and UnreachableError where a service is needed at once."""
    clock, personas = SystemClock(), load_personas(settings.threads_personas)
    database = open_database(settings.database_url, settings.threads_home)
    metrics.know(personas=personas)
    return Worker(
        database=database,
        writer=RuntimeWriter(settings.persona_runtime_url, clock, settings.threads_api_key),
        twins=open_twins(settings),
        publisher=open_publisher(settings, database, clock),
        personas=personas,
        clock=clock,
        pause=stop.pause,
        stops=stop.is_set,
    )


def run(settings: ThreadsSettings, *, pool: Pool = "threads", concurrency: int = 8) -> None:
    """Work until a signal ends it: SIGTERM finishes the steps in work and hands the tasks back.

    With prefork, `metric_sharing.share_metrics` was called before this module was imported.
    """
    stop = StopFlag()
    app = make_app(settings, lambda: build_worker(settings, stop), stop)
    port = settings.metrics_port
    with (
        service_traces(settings, "celery-worker") as tracer,
        serve_metrics("celery-worker", port, settings.threads_bind_host) if port else nullcontext(),
    ):
        if tracer is not None:
            signals.worker_process_shutdown.connect(_sending_spans(tracer), weak=False)
        app.Worker(**worker_options(pool, concurrency), quiet=True).start()


def _sending_spans(tracer: ServiceTracer) -> Callable[..., None]:
    def send(**_signal: object) -> None:
        tracer.close()

    return send


@contextmanager
def working(app: Celery, *, concurrency: int = 4) -> Generator[None]:
    """Within the block a worker runs in a thread of this process, the only one: Celery's wish to stop is global."""
    controller = WorkController(app=app, **worker_options("threads", concurrency))
    thread = threading.Thread(target=controller.start, name="celery-worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        state.should_stop = 0
        thread.join(_STOP_S)
        state.should_stop = None


def worker_options(pool: Pool, concurrency: int) -> dict[str, Any]:
    """As `celery worker` takes them; workers don't watch one another."""
    return {
        "pool": pool,
        "concurrency": concurrency,
        "without_gossip": True,
        "without_mingle": True,
        "without_heartbeat": True,
        "optimization": "fair",
        "loglevel": logging.getLevelName(logging.getLogger().getEffectiveLevel()),  # Celery would lower it
    }
