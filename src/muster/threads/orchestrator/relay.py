"""Brings the outbox to the queue: claimed, sent, and deleted once the broker has it.

A claim is a due time some way ahead. So nothing is locked while the broker is talked to, several relays share the work
(SKIP LOCKED), and what a dead one had claimed is sent again: twice perhaps, lost never.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from muster.core.errors import UnreachableError
from muster.threads.db.engine import Database
from muster.threads.db.models import OutboxRow
from muster.threads.db.outbox import take_due, waiting_messages
from muster.threads.orchestrator.sending import Sender

_LOG = logging.getLogger(__name__)
CLAIM_S = 60.0
BATCH = 100
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True)
class _Message:
    id: int
    payload: dict[str, Any]
    headers: dict[str, Any]
    attempts: int


class Relay:
    """One of them runs in each orchestrator."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database, self._sender = database, sender

    def run_once(self, now: datetime) -> int:
        """Send what is due, at most a batch; how many were sent. Raises UnreachableError where the database or the
        broker is away; what was not sent is due again soon, and says why."""
        claimed = self._claim(now)
        sent: list[int] = []
        try:
            for message in claimed:
                self._sender.send(message.payload, message.headers)
                sent.append(message.id)
        except UnreachableError as error:
            self._settle(sent)
            self._give_back(claimed[len(sent) :], error.message, now)
            raise
        self._settle(sent)
        return len(sent)

    def _claim(self, now: datetime) -> Sequence[_Message]:
        with self._database.read() as session:  # a look first: SQLite would lock out writers for nothing
            if not waiting_messages(session, now):
                return ()
        with self._database.begin() as session:
            rows = take_due(session, now, BATCH)
            for row in rows:
                row.due_at = now + timedelta(seconds=CLAIM_S)
            return [_Message(row.id, row.payload, row.headers, row.attempts) for row in rows]

    def _settle(self, sent: Sequence[int]) -> None:
        if sent:
            with self._database.begin() as session:
                session.execute(delete(OutboxRow).where(OutboxRow.id.in_(sent)))

    def _give_back(self, unsent: Sequence[_Message], why: str, now: datetime) -> None:
        """All of them: the first failed, and the broker is away for the others too."""
        with self._database.begin() as session:
            for message in unsent:
                pause = timedelta(seconds=min(_LONGEST_PAUSE_S, 2.0 ** min(message.attempts, 10)))
                changed = {"attempts": message.attempts + 1, "last_error": why, "due_at": now + pause}
                session.execute(update(OutboxRow).where(OutboxRow.id == message.id).values(**changed))
        _LOG.warning("%d messages wait: %s", len(unsent), why)
