"""An orchestrator or a worker in a process of its own, as users run it, by a clock that races."""

import json
import sys
import zlib
from datetime import datetime
from pathlib import Path

from muster.core.clock import Clock
from muster.core.web.serving import serve
from muster.threads.celery_worker.app import worker_options
from muster.threads.celery_worker.dedup.qdrant_twins import open_twins
from muster.threads.celery_worker.publishing.threads_publisher import open_publisher
from muster.threads.celery_worker.runtime_writer import RuntimeWriter
from muster.threads.celery_worker.tasks import StopFlag, make_app
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, PersonaRunRequest
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database
from muster.threads.orchestrator.app import build
from threads.chaos.clocks import RacingClock

AGAIN = "again"
"""Tasks of the same topic that begins so get the same words."""


class RepeatingWriter:
    """The runtime's, which says the same about what is asked again."""

    def __init__(self, writer: RuntimeWriter) -> None:
        self._writer = writer

    def write(self, request: PersonaRunRequest) -> Draft:
        if request.topic.startswith(AGAIN):
            request = request.model_copy(update={"seed": zlib.crc32(request.topic.encode())})
        return self._writer.write(request)

    def judge(self, request: ModerationRequest) -> Moderation:
        return self._writer.judge(request)


def orchestrate(settings: ThreadsSettings, clock: Clock, port: int) -> None:
    app = build(settings, clock=clock)
    serve(app, "127.0.0.1", port, before_close=app.state.desk.newsroom.close)


def work(settings: ThreadsSettings, clock: Clock) -> None:
    stop = StopFlag()

    def make() -> Worker:
        database = Database(settings.database_url)
        return Worker(
            database=database, writer=RepeatingWriter(RuntimeWriter(settings.persona_runtime_url, clock)),
            twins=open_twins(settings, "hashing"), publisher=open_publisher(settings, database, clock),
            personas=load_personas(settings.threads_personas), clock=clock, pause=stop.pause, stops=stop.is_set,
        )  # fmt: skip

    make_app(settings, make, stop).Worker(**worker_options("threads", 8)).start()


def main() -> None:
    given = json.loads(sys.argv[1])
    settings = ThreadsSettings(_env_file=None, **{**given["settings"], "muster_home": Path(given["home"])})
    clock = RacingClock(datetime.fromisoformat(given["since"]), given["times"])
    if given["role"] == "worker":
        work(settings, clock)
    else:
        orchestrate(settings, clock, given["port"])


if __name__ == "__main__":
    main()
