"""The Celery app: its worker in a thread of this process, and what it shares with forked ones."""

import os
import threading
from pathlib import Path

from kombu.transport.memory import Transport

from muster.threads.celery_worker.app import working
from muster.threads.celery_worker.tasks import ProcessWorker, StopFlag, make_app
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database
from muster.threads.orchestrator.sending import CelerySender
from threads.celery_worker.fakes import Crew


def test_a_worker_runs_in_a_thread_on_a_broker_in_memory(sqlite: Database, tmp_path: Path) -> None:
    settings = ThreadsSettings(_env_file=None, muster_home=tmp_path, rabbitmq_url="memory://")
    crew, done = Crew(sqlite), threading.Event()
    crew.platform.hook = lambda call: done.set() if call == "publish done" else None
    sender = CelerySender(settings)
    task_id = crew.task()
    sender.send({"version": 1, "task_id": str(task_id)}, {})
    with working(make_app(settings, crew.worker, StopFlag()), concurrency=2):
        assert done.wait(30)
    sender.close()
    Transport.global_state.clear()
    assert crew.state(task_id) == "published"


def test_a_fork_gets_a_worker_of_its_own() -> None:
    workers = ProcessWorker(lambda: os.getpid())  # type: ignore[arg-type, return-value]
    mine = workers.get()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(workers.get()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 100))
    os.close(reader)
    os.close(writer)
    assert (mine, theirs) == (os.getpid(), child)


def test_a_stop_is_seen_by_children_that_were_forked_before() -> None:
    stop = StopFlag()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reader, 1)
        os._exit(7 if stop.is_set() else 0)
    stop.set()
    os.write(writer, b"x")
    _, status = os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)
    assert os.waitstatus_to_exitcode(status) == 7


def test_a_pause_ends_with_a_stop() -> None:
    stop = StopFlag()
    stop.set()
    stop.pause(3600)
