"""Who works on a task: a lease of bounded time. Whatever is written about a task is written under its lease, so that
a worker that was thought dead can't write over its successor's work."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from muster.threads.common.states import ENDED
from muster.threads.db.engine import Database
from muster.threads.db.models import OutboxRow, TaskRow
from muster.threads.db.outbox import enqueue
from muster.threads.db.story import locked_task

LEASE_S = 120.0
"""Longer than any step may take; a dead worker's task waits so long for the next."""


@dataclass(frozen=True)
class Lease:
    """The right to change one task."""

    task_id: UUID
    owner: str


class LeaseLostError(Exception):
    """Somebody else works on it by now: stop, and write nothing."""


def take_lease(session: Session, task_id: UUID, owner: str, now: datetime, *, seconds: float = LEASE_S) -> Lease | None:
    """The lease; None where there is nothing to do now: no such task, ended, not due, or held by somebody else. Then a
    message comes when that lease runs out: the one that brought us may be its dead worker's, delivered again."""
    task = locked_task(session, task_id)
    if task is None or task.state in ENDED or task.next_attempt_at is None or task.next_attempt_at > now:
        return None
    if task.lease_until is not None and task.lease_until > now and task.lease_owner != owner:
        _look_again(session, task, now, task.lease_until)
        return None
    task.lease_owner, task.lease_until = owner, now + timedelta(seconds=seconds)
    return Lease(task_id, owner)


def _look_again(session: Session, task: TaskRow, now: datetime, at: datetime) -> None:
    """One message is enough, however often it is looked at meanwhile."""
    if session.scalars(select(OutboxRow.id).where(OutboxRow.task_id == task.id)).first() is None:
        enqueue(session, task, now, due_at=at)


@contextmanager
def held(database: Database, lease: Lease, now: datetime) -> Generator[tuple[Session, TaskRow]]:
    """One transaction on the leased task, whose lease is made longer. Raises LeaseLostError."""
    with database.begin() as session:
        task = locked_task(session, lease.task_id)
        if task is None or task.lease_owner != lease.owner:
            raise LeaseLostError(f"the lease on task {lease.task_id} is lost")
        task.lease_until = now + timedelta(seconds=LEASE_S)
        yield session, task


def let_go(session: Session, task: TaskRow, now: datetime, *, again_at: datetime | None) -> None:
    """Give the lease back; the worker looks again then, or (None) when somebody has decided."""
    task.lease_owner, task.lease_until, task.next_attempt_at = None, None, again_at
    if again_at is not None:
        enqueue(session, task, now, due_at=again_at)


def stuck_tasks(session: Session, now: datetime, most: int) -> list[TaskRow]:
    """Tasks that are due for longer than a lease, that nobody works on, and that no message waits for: their worker or
    message was lost. Held until the transaction ends."""
    due = select(TaskRow).where(
        TaskRow.state.not_in(ENDED),
        TaskRow.next_attempt_at < now - timedelta(seconds=LEASE_S),
        or_(TaskRow.lease_until.is_(None), TaskRow.lease_until < now),
        ~select(OutboxRow.id).where(OutboxRow.task_id == TaskRow.id).exists(),
    )
    return list(session.scalars(due.limit(most).with_for_update(skip_locked=True)))
