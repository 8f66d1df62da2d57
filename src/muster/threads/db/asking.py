"""A task is asked for: its row, the first line of its story and the message that starts it are one transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from muster.core.errors import ServiceFailureError, UsageError
from muster.threads.common.contracts import TaskRequest
from muster.threads.common.personas import Persona
from muster.threads.common.schedule import FARTHEST, after_quiet_hours, slots_after
from muster.threads.db.engine import Database
from muster.threads.db.models import TaskRow
from muster.threads.db.outbox import enqueue
from muster.threads.db.story import tell

LATE = timedelta(minutes=5)
"""A time so long ago at most is meant as now: clocks differ, and requests take a while."""
_MOST_SLOTS = 1000
_MOST_RACES = 100


class OtherBodyError(Exception):
    """The idempotency key was used before, for something else."""


class NoSlotError(UsageError):
    """The persona has no slot that is free, or none at all."""


@dataclass(frozen=True)
class Asked:
    """Who asks for what, and what the request is known by."""

    request: TaskRequest
    asked_by: str
    correlation_id: str
    idempotency_key: str | None = None
    trace_context: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class _Time:
    """When it may be published: not before, and the slot that is taken for it."""

    publish_at: datetime | None = None
    slot_at: datetime | None = None


def ask(database: Database, asked: Asked, persona: Persona, now: datetime) -> UUID:
    """The id of the task, which is committed: a new one, or that of the same request under the same key.

    Raises OtherBodyError, NoSlotError, UsageError for a time that is past or too far away, UnreachableError.
    """
    for _ in range(_MOST_RACES):
        try:
            with database.begin() as session:
                return _answered_before(session, asked) or _add(session, asked, persona, now)
        except IntegrityError:
            if asked.idempotency_key is None and asked.request.when != "next_slot":
                raise
            continue  # another request took the slot or the key between our look and our write
    raise ServiceFailureError("too many ask for the same slots at once", advice="Ask again.")


def request_sha256(request: TaskRequest) -> str:
    """What tells one request from another."""
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()


def _answered_before(session: Session, asked: Asked) -> UUID | None:
    if asked.idempotency_key is None:
        return None
    same = select(TaskRow.id, TaskRow.request_sha256).where(
        TaskRow.asked_by == asked.asked_by, TaskRow.idempotency_key == asked.idempotency_key
    )
    row = session.execute(same).one_or_none()
    if row is not None and row.request_sha256 != request_sha256(asked.request):
        raise OtherBodyError
    return None if row is None else row.id


def _add(session: Session, asked: Asked, persona: Persona, now: datetime) -> UUID:
    request, time = asked.request, _time_of(session, asked.request, persona, now)
    task = TaskRow(
        id=uuid4(),
        persona_id=persona.id,
        task_type=request.task_type,
        request=request.model_dump(mode="json"),
        request_sha256=request_sha256(request),
        asked_by=asked.asked_by,
        idempotency_key=asked.idempotency_key,
        correlation_id=asked.correlation_id,
        trace_context=dict(asked.trace_context),
        state="queued",
        reason="",
        needs_approval=persona.needs_approval if request.needs_approval is None else request.needs_approval,
        publish_at=time.publish_at,
        slot_at=time.slot_at,
        attempts=0,
        next_attempt_at=now,
        last_seq=0,
        created_at=now,
        updated_at=now,
    )
    session.add(task)
    session.flush()  # before what refers to it
    tell(session, task, now, "state", _told(asked, time))
    enqueue(session, task, now)
    return task.id


def _told(asked: Asked, time: _Time) -> str:
    when = "" if time.publish_at is None else f", to be published from {time.publish_at.isoformat(timespec='minutes')}"
    return f"asked by {asked.asked_by}{when}"


def _time_of(session: Session, request: TaskRequest, persona: Persona, now: datetime) -> _Time:
    if request.when == "next_slot":
        slot = _free_slot(session, persona, now)
        return _Time(publish_at=slot, slot_at=slot)
    at = after_quiet_hours(persona.schedule, now if request.when == "now" else _wanted(request.when, now))
    return _Time(publish_at=at if at > now else None)


def _wanted(when: datetime, now: datetime) -> datetime:
    """Raises UsageError for a time that is past, or too far away."""
    if when < now - LATE:
        raise UsageError(
            f"when is past: {when.isoformat()}, and it is {now.isoformat(timespec='seconds')}",
            advice="Say a time to come, or `now`.",
        )
    if when > now + FARTHEST:
        raise UsageError(f"that is more than {FARTHEST.days} days away", advice="Ask when it is nearer.")
    return max(when, now)


def _free_slot(session: Session, persona: Persona, now: datetime) -> datetime:
    held = select(TaskRow.slot_at).where(TaskRow.persona_id == persona.id, TaskRow.slot_at > now)
    taken = set(session.scalars(held))
    for slot in islice(slots_after(persona.schedule, now), _MOST_SLOTS):
        if slot not in taken:
            return slot
    raise NoSlotError(f"{persona.id} has no free slot", advice="Give it slots in its file, or say when.")
