"""Finds tasks whose worker or message was lost, and has them looked at again; their stories tell it."""

import logging
from datetime import datetime

from muster.threads.common.metrics import update_queue_depth
from muster.threads.common.queueing import QUEUE
from muster.threads.db.engine import Database
from muster.threads.db.leasing import stuck_tasks
from muster.threads.db.outbox import enqueue
from muster.threads.db.story import tell
from muster.threads.orchestrator.sending import Sender

_LOG = logging.getLogger(__name__)
BATCH = 100


class Sweeper:
    """One of them runs in each orchestrator; several share the work."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database, self._sender = database, sender

    def run_once(self, now: datetime) -> int:
        """How many were found. Raises UnreachableError where the database or the broker is away.

        While messages wait in the queue nothing counts as lost: the workers are behind, or away, and one more message
        for each task would not help.
        """
        waiting = self._sender.waiting()
        update_queue_depth(QUEUE, waiting)
        if waiting:
            return 0
        with self._database.begin() as session:
            tasks = stuck_tasks(session, now, BATCH)
            for task in tasks:
                tell(session, task, now, "warning", "its worker or its message was lost; it is queued again")
                task.next_attempt_at = now
                enqueue(session, task, now)
        if tasks:
            _LOG.warning("%d tasks were stuck, and are queued again", len(tasks))
        return len(tasks)
