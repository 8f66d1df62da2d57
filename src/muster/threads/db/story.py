"""A task's story: each change of state and each note is a row, numbered from 1 under the lock of the task's row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.core.redaction import redact
from muster.threads.common.contracts import TaskEvent
from muster.threads.common.states import ENDED, TaskState, may_become
from muster.threads.db.models import TaskEventRow, TaskRow

Kind = Literal["state", "note", "warning", "operator"]
_MOST_TEXT = 2000


class WrongStateError(Exception):
    """A task can't become that from where it stands."""


def tell(
    session: Session, task: TaskRow, at: datetime, kind: Kind, text: str, data: Mapping[str, JsonValue] | None = None
) -> None:
    """Add a line. The caller holds the task's row (`locked_task`)."""
    task.last_seq += 1
    task.updated_at = at
    session.add(
        TaskEventRow(
            task_id=task.id,
            seq=task.last_seq,
            at=at,
            kind=kind,
            state=task.state,
            text=redact(text)[:_MOST_TEXT],
            data=dict(data or {}),
        )
    )


def enter(
    session: Session,
    task: TaskRow,
    state: TaskState,
    at: datetime,
    text: str = "",
    *,
    kind: Kind = "state",
    data: Mapping[str, JsonValue] | None = None,
) -> None:
    """Change the state and tell it; what ends unpublished gives its slot back.

    Raises WrongStateError where there is no such way.
    """
    if not may_become(cast(TaskState, task.state), state):
        raise WrongStateError(f"a task that is {task.state} can't become {state}")
    task.state, task.reason, task.attempts = state, redact(text)[:_MOST_TEXT], 0
    if state in ENDED and state != "published":
        task.slot_at = None
    tell(session, task, at, kind, text or state, data)


def locked_task(session: Session, task_id: UUID) -> TaskRow | None:
    """The task's row, held until the transaction ends (SQLite holds the whole database)."""
    return session.scalars(select(TaskRow).where(TaskRow.id == task_id).with_for_update()).one_or_none()


def story_after(session: Session, task_id: UUID, seq: int, *, most: int = 500) -> Sequence[TaskEvent]:
    """The lines after that number, in order."""
    asked = select(TaskEventRow).where(TaskEventRow.task_id == task_id, TaskEventRow.seq > seq)
    return [as_event(row) for row in session.scalars(asked.order_by(TaskEventRow.seq).limit(most))]


def as_event(row: TaskEventRow) -> TaskEvent:
    """The row as it is shown."""
    return TaskEvent.model_validate(
        {name: getattr(row, name) for name in ("task_id", "seq", "at", "kind", "state", "text", "data")}
    )
