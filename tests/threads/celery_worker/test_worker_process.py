"""Workers as processes of their own, killed where it hurts; the broker of files and RabbitMQ."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from muster.threads.common.settings import ThreadsSettings
from muster.threads.db import migrating
from muster.threads.db.engine import Database
from muster.threads.db.models import TaskRow
from muster.threads.orchestrator.sending import CelerySender
from threads.celery_worker.fakes import Crew
from threads.fake_platform import FakePlatform, running_fake

TESTS = Path(__file__).parents[2]
PATIENCE_S = 60


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with running_fake() as fake:
        yield fake


class Desk:
    """Stands in for the orchestrator: stores tasks, sends messages, frees what a dead worker held."""

    def __init__(self, database: Database, home: Path, platform: FakePlatform, broker: str = "") -> None:
        self.database, self.home, self.platform = database, home, platform
        self.crew = Crew(database)
        self.given = {
            "database_url": database.url.replace("postgresql+psycopg", "postgresql"),
            "rabbitmq_url": broker,
            "threads_api_url": platform.url,
        }
        self.settings = ThreadsSettings(_env_file=None, muster_home=home, **self.given)
        self.sender = CelerySender(self.settings)

    def ask(self, topic: str) -> UUID:
        task_id = self.crew.task(topic)
        self.send(task_id)
        return task_id

    def send(self, task_id: UUID) -> None:
        self.sender.send({"version": 1, "task_id": str(task_id)}, {"correlation_id": "c1"})

    @contextmanager
    def worker(self, pool: str, kill_at: str = "") -> Iterator[subprocess.Popen]:
        given = {"home": str(self.home), "settings": self.given, "pool": pool, "kill_at": kill_at}
        command = [sys.executable, "-m", "threads.celery_worker.worker_process", json.dumps(given)]
        process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)

    def free(self, task_id: UUID) -> None:
        """As if the lease had run out."""
        self.crew.change_row(task_id, lease_until=None, next_attempt_at=self.crew.row(task_id).created_at)
        self.send(task_id)

    def wait(self, until: Callable[[], object], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < end_s, what
            time.sleep(0.05)  # other processes: there is no event to wait for

    def wait_for(self, task_id: UUID, *states: str) -> TaskRow:
        self.wait(lambda: self.crew.state(task_id) in states, f"{self.crew.state(task_id)}: {self.crew.told(task_id)}")
        return self.crew.row(task_id)


@contextmanager
def a_desk(database: Database, home: Path, platform: FakePlatform, broker: str = "") -> Iterator[Desk]:
    desk = Desk(database, home, platform, broker)
    try:
        yield desk
    finally:
        desk.sender.close()


def test_a_broker_of_files_is_enough(sqlite: Database, tmp_path: Path, platform: FakePlatform) -> None:
    with a_desk(sqlite, tmp_path, platform) as desk, desk.worker("threads"):
        tasks = [desk.ask(f"subject {number}") for number in range(3)]
        for task_id in tasks:
            desk.wait_for(task_id, "published")
    assert len(platform.published()) == 3


def test_a_worker_that_is_told_to_stop_ends_by_itself(sqlite: Database, tmp_path: Path, platform: FakePlatform) -> None:
    with a_desk(sqlite, tmp_path, platform) as desk, desk.worker("threads") as process:
        desk.wait_for(desk.ask("bread"), "published")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.services
@pytest.mark.parametrize(
    ("pool", "kill_at"),
    [
        ("threads", "write done"),
        ("threads", "create done"),
        ("threads", "publish"),
        ("threads", "publish done"),
        ("prefork", "publish done"),
    ],
)
def test_a_worker_killed_anywhere_publishes_once(
    empty_postgres: Database, rabbitmq: str, tmp_path: Path, platform: FakePlatform, pool: str, kill_at: str
) -> None:
    migrating.upgrade(empty_postgres)
    with a_desk(empty_postgres, tmp_path, platform, rabbitmq) as desk:
        task_id = desk.ask("bread")
        with desk.worker(pool, kill_at):
            desk.wait((tmp_path / "killed").exists, "it was not killed")
        with desk.worker(pool):
            desk.free(task_id)
            desk.wait_for(task_id, "unknown" if kill_at == "publish" else "published")
    assert len(platform.published()) == (0 if kill_at == "publish" else 1)
