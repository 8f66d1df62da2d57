"""The worker: what a post passes through. Made once a process; its threads share it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from muster.core.clock import Clock
from muster.threads.celery_worker.ports import Publisher, Twins, Writer
from muster.threads.common.personas import Persona
from muster.threads.db.engine import Database
from muster.threads.db.working import Job, Work


@dataclass(frozen=True)
class Worker:
    """`pause` sleeps that many seconds, or shorter while the worker stops; `stops`: no further step is begun."""

    database: Database
    writer: Writer
    twins: Twins
    publisher: Publisher
    personas: Mapping[str, Persona]
    clock: Clock
    pause: Callable[[float], None]
    stops: Callable[[], bool]


Step = Callable[[Worker, Work, Job], Job | None]
"""Does what a task's state calls for, and stores it. The task as it is then, or None: nothing more is to be done now.
Raises ServiceError where the same may go better later, LeaseLostError where the task is somebody else's by now."""
