"""The outbox: a message is stored in the transaction of what it is about, and sent by a relay when it is due.

It may be sent twice (a relay dies between sending and deleting), never lost: who gets it looks into the database.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from muster.threads.common.contracts import QueueMessage
from muster.threads.db.models import OutboxRow, TaskRow


def enqueue(session: Session, task: TaskRow, at: datetime, *, due_at: datetime | None = None) -> None:
    """Have the worker look at a task, not before `due_at`. One message too many does no harm."""
    payload = QueueMessage(task_id=task.id).model_dump(mode="json")
    headers: Mapping[str, object] = {"correlation_id": task.correlation_id, **task.trace_context}
    session.add(OutboxRow(task_id=task.id, payload=payload, headers=dict(headers), due_at=due_at or at, created_at=at))


def take_due(session: Session, now: datetime, most: int) -> Sequence[OutboxRow]:
    """Messages that are due, oldest first, held until the transaction ends; those that another relay holds are
    passed over (on SQLite there is one writer anyway)."""
    due = select(OutboxRow).where(OutboxRow.due_at <= now).order_by(OutboxRow.due_at, OutboxRow.id).limit(most)
    return session.scalars(due.with_for_update(skip_locked=True)).all()


def waiting_messages(session: Session, now: datetime) -> int:
    """How many are due and not yet sent."""
    return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.due_at <= now)) or 0
