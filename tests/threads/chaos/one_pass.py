"""A worker's look at one task in a process of its own, which kills itself (-9) at one of its commits."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.publishing.threads_publisher import open_publisher
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database
from threads.celery_worker.fakes import EchoWriter, WordTwins
from threads.chaos.clocks import LaterClock

_PATIENCE_S = 60
_PROCESSES = multiprocessing.get_context("forkserver")  # the tests' own process has threads
_PROCESSES.set_forkserver_preload(
    [
        "__main__", "muster.core.testing.clock", "muster.threads.celery_worker.pipeline",
        "muster.threads.celery_worker.publishing.threads_publisher",
    ]
)  # fmt: skip
"""What takes long to import. This module is not on the path of whoever forks."""


@dataclass(frozen=True)
class Pass:
    """`at`: the commit, counted from 1, `side` of which the process dies; 0: it lives."""

    home: Path
    database_url: str
    platform_url: str
    task_id: UUID
    at: int = 0
    side: Literal["before", "after"] = "before"
    ahead_s: float = 0


class KillingDatabase(Database):
    """Kills its process just before or just after one of its commits."""

    def __init__(self, url: str, at: int, side: str) -> None:
        super().__init__(url)
        self.begun, self._at, self._side = 0, at, side

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self.begun += 1
        number = self.begun
        with super().begin() as session:
            yield session
            session.flush()
            self._die(number, "before")
        self._die(number, "after")

    def _die(self, number: int, side: str) -> None:
        if (number, side) == (self._at, self._side):
            os.kill(os.getpid(), signal.SIGKILL)


def look(one: Pass) -> tuple[int | None, int]:
    """How the process ended, and how many commits it made (0: it did not live to tell)."""
    told, tell = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_look, args=(one, tell))
    process.start()
    tell.close()
    process.join(_PATIENCE_S)
    commits = 0
    if process.exitcode == 0:
        commits = told.recv()
    told.close()
    return process.exitcode, commits


def _look(one: Pass, tell) -> None:
    settings = ThreadsSettings(_env_file=None, muster_home=one.home, threads_api_url=one.platform_url)
    database, clock = KillingDatabase(one.database_url, one.at, one.side), LaterClock(one.ahead_s)
    personas = {name: persona.model_copy(update={"schedule": persona.schedule.model_copy(update={"quiet_hours": None})})
                for name, persona in load_personas().items()}  # fmt: skip
    worker = Worker(
        database=database, writer=EchoWriter(), twins=WordTwins(), publisher=open_publisher(settings, database, clock),
        personas=personas, clock=clock, pause=lambda _: None, stops=lambda: False,
    )  # fmt: skip
    publish_post(worker, one.task_id)
    tell.send(database.begun)
