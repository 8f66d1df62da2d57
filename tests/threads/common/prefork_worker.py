"""A Celery worker with a pool of two forked children, on a broker of files: counts, traces, and serves its metrics.

    python prefork_worker.py FOLDER LANGFUSE_ADDRESS PUBLIC_KEY SECRET_KEY

Prints `port` and the port of /metrics when it is ready.
"""

import os
import sys
from pathlib import Path
from typing import Any

from muster.threads.common.metric_sharing import share_metrics

FOLDER = Path(sys.argv[1])
share_metrics(FOLDER / "metrics")

from celery import Celery  # noqa: E402
from celery.signals import worker_process_shutdown, worker_ready  # noqa: E402
from pydantic import SecretStr  # noqa: E402

from muster.core.observability.service_traces import service_traces  # noqa: E402
from muster.core.observability.settings import TraceSettings  # noqa: E402
from muster.core.observability.tracing import span  # noqa: E402
from muster.threads.common import metrics  # noqa: E402
from muster.threads.common.correlation import continued  # noqa: E402
from muster.threads.common.metric_serving import serve_metrics  # noqa: E402

(FOLDER / "broker").mkdir(exist_ok=True)
app = Celery("prefork", broker="filesystem://")
app.conf.update(
    broker_transport_options={
        "data_folder_in": str(FOLDER / "broker"),
        "data_folder_out": str(FOLDER / "broker"),
        "control_folder": str(FOLDER / "control"),
        "polling_interval": 0.05,
    },
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)


@app.task(name="count", bind=True)
def count(task: Any, amount: int) -> None:
    with continued(task.request.headers or {}, service="celery-worker"), span("task"):
        metrics.record_business_metric("posts_generated_total", amount, persona_id="child", status="published")
        metrics.count_connections("open", 1)


def work() -> None:
    metrics.know(personas=["child"])
    settings = TraceSettings(
        langfuse_enabled=True,
        langfuse_base_url=sys.argv[2],
        langfuse_public_key=sys.argv[3],
        langfuse_secret_key=SecretStr(sys.argv[4]),
    )
    with service_traces(settings, "celery-worker") as tracer, serve_metrics("celery-worker", 0) as port:
        assert tracer is not None
        worker_process_shutdown.connect(lambda **_: tracer.close(), weak=False)
        worker_ready.connect(lambda **_: print("port", port, flush=True), weak=False)
        with span("parent starts"):  # its tracer is open before the pool forks
            pass
        app.worker_main(["worker", "--pool=prefork", "--concurrency=2", "--without-gossip", "--without-mingle", "-E"])


if __name__ == "__main__":
    try:
        work()
    finally:
        os._exit(0)  # Celery's own pool may keep a Python that ends by itself from ending
