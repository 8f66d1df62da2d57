"""What children of a real prefork pool count is served by their parent, and what they trace hangs below who asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from celery import Celery

from core.observability.tracing_to_double import named, settings_for
from muster.core.observability.service_traces import service_traces
from muster.core.observability.tracing import span
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.threads.common.correlation import carried, continued
from threads.common.metric_samples import samples

SCRIPT = Path(__file__).with_name("prefork_worker.py")
POSTS = "posts_generated_total{persona_id=child,status=published}"
UPTIME = "service_uptime_seconds{service_name=celery-worker}"


class Worker:
    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        said = next(line for line in process.stdout if line.startswith("port "))
        self._port = int(said.split()[1])
        self.app = Celery("prefork", broker="filesystem://")
        self.app.conf.broker_transport_options = {
            "data_folder_in": str(folder / "broker"),
            "data_folder_out": str(folder / "broker"),
            "control_folder": str(folder / "control"),
        }

    def send(self, amount: int, headers: dict[str, str]) -> None:
        self.app.send_task("count", kwargs={"amount": amount}, headers=headers)

    def told(self) -> dict[str, float]:
        return samples(httpx.get(f"http://127.0.0.1:{self._port}/metrics", trust_env=False).text)

    def told_when(self, seen: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        ends_at = time.monotonic() + 30
        while not seen(told := self.told()) and time.monotonic() < ends_at:
            time.sleep(0.1)
        return told

    def children(self) -> set[int]:
        return {
            int(one) for one in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        }


@pytest.fixture
def server() -> Iterator[RecordingLangfuse]:
    """A backend that takes OTLP."""
    with RecordingLangfuse() as server:
        yield server


@pytest.fixture
def worker(tmp_path: Path, server: RecordingLangfuse) -> Iterator[Worker]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(SCRIPT), str(tmp_path), server.address, server.public_key, server.secret_key]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=environment, text=True, start_new_session=True
    ) as process:
        try:
            yield Worker(tmp_path, process)
        finally:
            with suppress(ProcessLookupError):  # children that outlived their parent, too
                os.killpg(process.pid, signal.SIGKILL)


def test_what_children_count_is_served_by_their_parent(worker: Worker) -> None:
    for _ in range(4):
        worker.send(10, {})
    told = worker.told_when(lambda told: told.get(POSTS) == 40)
    assert told[POSTS] == 40
    assert told[UPTIME] > 0


def test_what_a_killed_child_counted_stays_and_what_it_held_does_not(worker: Worker) -> None:
    worker.send(10, {})
    worker.told_when(lambda told: told.get(POSTS) == 10)
    assert worker.told()["database_pool_connections{state=open}"] == 1
    for child in worker.children():
        os.kill(child, signal.SIGKILL)
    told = worker.told_when(lambda told: told.get("database_pool_connections{state=open}", 0) == 0)
    assert told.get("database_pool_connections{state=open}", 0) == 0
    assert told[POSTS] == 10


def test_a_childs_spans_hang_below_the_request_that_asked(worker: Worker, server: RecordingLangfuse) -> None:
    with (
        service_traces(settings_for(server), "orchestrator"),
        continued({}, service="orchestrator"),
        span("POST /task"),
    ):
        worker.send(1, carried())
    worker.told_when(lambda told: told.get(POSTS) == 1)
    worker.process.terminate()
    worker.process.wait(timeout=30)
    request, task = named(server, "POST /task"), named(server, "task")
    assert (task.trace_id, task.parent_id) == (request.trace_id, request.id)
    assert task.resource["service.name"] == "celery-worker"
