"""A worker in a process of its own: real database, broker and platform over HTTP, the writer a fake.

`kill_at` is a call of a port at which the process kills itself (-9), once: the file `killed` remembers it.
"""

import json
import os
import signal
import sys
from pathlib import Path

from celery.apps.worker import Worker as CeleryWorker  # noqa: F401  # before a fork, so that no child imports it anew

from muster.core.clock import SystemClock
from muster.threads.celery_worker.publishing.threads_publisher import open_publisher
from muster.threads.celery_worker.tasks import StopFlag, make_app
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database
from threads.celery_worker.fakes import EchoWriter, WordTwins

OPTIONS = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "loglevel": "WARNING"}


class KillingPublisher:
    """The real one, at one call of which the process dies."""

    def __init__(self, publisher, killer) -> None:
        self._publisher, self._killer = publisher, killer

    def __getattr__(self, name: str):
        call = getattr(self._publisher, name)

        def ask(*args):
            self._killer(name)
            answer = call(*args)
            self._killer(f"{name} done")
            return answer

        return ask


def killer(kill_at: str, home: Path):
    def kill(call: str) -> None:
        if call == kill_at and not (home / "killed").exists():
            (home / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def main() -> None:
    given = json.loads(sys.argv[1])
    home = Path(given["home"])
    settings = ThreadsSettings(_env_file=None, muster_home=home, **given["settings"])
    hook = killer(given["kill_at"], home)
    stop = StopFlag()

    def make() -> Worker:
        database, clock = Database(settings.database_url), SystemClock()
        personas = {name: one.model_copy(update={"schedule": one.schedule.model_copy(update={"quiet_hours": None})})
                    for name, one in load_personas().items()}  # fmt: skip
        publisher = KillingPublisher(open_publisher(settings, database, clock), hook)
        return Worker(
            database=database, writer=EchoWriter(hook), twins=WordTwins(hook), publisher=publisher, personas=personas,
            clock=clock, pause=stop.pause, stops=stop.is_set,
        )  # fmt: skip

    app = make_app(settings, make, stop)
    app.Worker(pool=given["pool"], concurrency=2, **OPTIONS).start()


if __name__ == "__main__":
    main()
