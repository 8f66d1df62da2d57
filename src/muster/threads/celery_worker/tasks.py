"""The Celery app and its one task: a message says which task to look at, the database says the rest.

Works with the pools `threads` and `prefork`: what a post passes through is made by each process at its first message,
after the fork. Nothing is retried, delayed or answered by Celery; that is the database's.
"""

import mmap
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from kombu.entity import Queue

from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.contracts import QueueMessage
from muster.threads.common.queueing import QUEUE, TASK, broker_options, broker_url
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.leasing import LEASE_S

HARD_LIMIT_S = LEASE_S - 10
SOFT_LIMIT_S = LEASE_S - 20
"""Of one message, where the pool can tell (prefork): it ends before its lease does."""
_SLICE_S = 0.1


class StopFlag:
    """Set once by the process that was told to stop; its children, forked later, see it: it is shared memory."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)

    def set(self) -> None:
        """No further step is begun."""
        self._memory[0] = 1

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._memory[0] == 1

    def pause(self, seconds: float) -> None:
        """Sleep, but not on after a stop."""
        end_s = time.monotonic() + seconds
        while not self.is_set() and (left_s := end_s - time.monotonic()) > 0:
            time.sleep(min(left_s, _SLICE_S))


class ProcessWorker:
    """This process's worker, made when it is first asked for: connections don't survive a fork."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[int, Worker] | None = None

    def get(self) -> Worker:
        """The worker. Raises as `make` does."""
        made = self._made
        if made is not None and made[0] == os.getpid():
            return made[1]
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made[1]


def make_app(settings: ThreadsSettings, make_worker: Callable[[], Worker], stop: StopFlag) -> Celery:
    """The app, with `tasks.queue_post`. A warm shutdown sets the flag: steps in work are finished, then handed back."""
    app = Celery("muster-threads", broker=broker_url(settings), set_as_current=False)
    app.conf.update(_configuration(settings))
    workers = ProcessWorker(make_worker)

    def queue_post(**message: Any) -> None:
        publish_post(workers.get(), QueueMessage.model_validate(message).task_id)

    app.task(name=TASK)(queue_post)

    def stopping(**_signal: object) -> None:
        stop.set()

    signals.worker_shutting_down.connect(stopping, weak=False)
    return app


def _configuration(settings: ThreadsSettings) -> dict[str, Any]:
    return {
        "broker_transport_options": dict(broker_options(settings)),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a broker that restarts is waited for
        "task_queues": (Queue(QUEUE),),
        "task_default_queue": QUEUE,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_acks_on_failure_or_timeout": True,  # the sweeper finds the task; once more would do no better
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_soft_time_limit": SOFT_LIMIT_S,
        "task_time_limit": HARD_LIMIT_S,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # the lease keeps a second delivery away
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }
