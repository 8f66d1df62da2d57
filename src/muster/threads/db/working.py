"""What the worker reads and writes of a task: each piece one transaction, under the lease, and in the state that the
worker saw. Who finds the task otherwise has lost it: a person or another worker decided.

Times come from the worker's clock. A written piece answers the task as it is now, so that nothing is read twice.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from muster.core.clock import Clock
from muster.core.redaction import redact
from muster.threads.common.contracts import Draft, Moderation, TaskRequest
from muster.threads.common.states import TaskState
from muster.threads.db.engine import Database
from muster.threads.db.leasing import Lease, LeaseLostError, held, let_go, take_lease
from muster.threads.db.models import CostRow, PostRow, PublicationRow, TaskRow
from muster.threads.db.story import Kind, enter, locked_task, tell

_MOST_REASON = 2000


@dataclass(frozen=True)
class Publication:
    """`PublicationRow`, frozen."""

    container_id: str | None = None
    container_at: datetime | None = None
    containers: int = 0
    tried_at: datetime | None = None
    looked_up: int = 0
    outcome: str = "open"


@dataclass(frozen=True)
class Job:
    """A task as the worker sees it."""

    task_id: UUID
    persona_id: str
    state: TaskState
    reason: str
    request: TaskRequest
    needs_approval: bool
    publish_at: datetime | None
    attempts: int
    draft: Draft | None
    moderation: Moderation | None
    post_id: int | None
    written_at: datetime | None
    publication: Publication
    created_at: datetime
    due_at: datetime
    """When this look at it was due."""
    headers: Mapping[str, object]
    """Correlation id and trace context of who asked."""


@dataclass(frozen=True)
class Work:
    """The lease on a task, and where to write under it."""

    database: Database
    lease: Lease
    clock: Clock

    @contextmanager
    def held(self, state: TaskState) -> Generator[tuple[Session, TaskRow, datetime]]:
        """One transaction on the task, which is still in that state. Raises LeaseLostError."""
        now = self.clock.now()
        with held(self.database, self.lease, now) as (session, task):
            if task.state != state:
                raise LeaseLostError(f"task {task.id} is {task.state} by now, not {state}")
            yield session, task, now


def begin_work(database: Database, task_id: UUID, owner: str, clock: Clock) -> tuple[Work, Job] | None:
    """Take the lease; None where there is nothing to do. A worker that was lost with it counts as an attempt."""
    now = clock.now()
    with database.begin() as session:
        before = locked_task(session, task_id)
        lost = before is not None and before.lease_owner not in (None, owner)
        lease = take_lease(session, task_id, owner, now)
        if lease is None or before is None:
            return None
        if lost:
            before.attempts += 1
            tell(session, before, now, "warning", f"the worker that had it was lost; attempt {before.attempts}")
        return Work(database, lease, clock), _job(session, before)


def store_draft(work: Work, job: Job, draft: Draft, content_sha256: str, service: str) -> Job:
    """What was written, the post's row with its id, and what it cost."""
    with work.held(job.state) as (session, task, now):
        post = PostRow(
            task_id=task.id, persona_id=task.persona_id, hook=draft.hook, body=draft.body, text=draft.text,
            tokens_used=draft.tokens, content_sha256=content_sha256, ts=now,
        )  # fmt: skip
        session.add(post)
        session.add_all(_costs(task, draft, now, service))
        task.draft = draft.model_dump(mode="json")
        data: dict[str, JsonValue] = {"tokens": draft.tokens, "condensed": draft.condensed}
        enter(session, task, "drafted", now, "hook and body are written", data=data)
        session.flush()
        return replace(in_state(job, task), draft=draft, post_id=post.id, written_at=now)


def store_verdict(work: Work, job: Job, draft: Draft, verdict: Moderation, content_sha256: str) -> Job:
    """A verdict that lets the draft's words pass. The post's row gets the words: a person may have edited them."""
    with work.held(job.state) as (session, task, now):
        task.moderation = verdict.model_dump(mode="json")
        post = session.scalars(select(PostRow).where(PostRow.task_id == task.id)).one()
        post.hook, post.body, post.text, post.content_sha256 = draft.hook, draft.body, draft.text, content_sha256
        enter(session, task, "moderated", now, f"judged by {', '.join(verdict.judged_by) or 'the guardrail'}")
        return replace(in_state(job, task), moderation=verdict)


def store_block(work: Work, job: Job, verdict: Moderation, why: str) -> Job:
    """A verdict that does not: the task ends."""
    with work.held(job.state) as (session, task, now):
        task.moderation = verdict.model_dump(mode="json")
        found: list[JsonValue] = [finding.model_dump(mode="json") for finding in verdict.findings]
        enter(session, task, "blocked", now, why, data={"verdict": verdict.verdict, "findings": found})
        let_go(session, task, now, again_at=None)
        return in_state(job, task)


def advance(work: Work, job: Job, state: TaskState, text: str) -> Job:
    """The next state, and the worker goes on."""
    with work.held(job.state) as (session, task, now):
        enter(session, task, state, now, text)
        return in_state(job, task)


def defer(work: Work, job: Job, why: str, again_at: datetime | None) -> None:
    """Wait: until then, or (None) for a person. Told once, however often it is put off for the same reason."""
    with work.held(job.state) as (session, task, now):
        _tell_once(session, task, now, "note", why)
        let_go(session, task, now, again_at=again_at)


def put_off(work: Work, job: Job, why: str, again_at: datetime) -> None:
    """A failure that may pass: counted, told, tried again then."""
    with work.held(job.state) as (session, task, now):
        count_attempt(session, task, now, why)
        let_go(session, task, now, again_at=again_at)


def count_attempt(session: Session, task: TaskRow, now: datetime, why: str) -> None:
    """One failure more of the step that the task stands at. The caller holds the task."""
    task.attempts += 1
    task.reason = redact(why)[:_MOST_REASON]
    tell(session, task, now, "warning", f"attempt {task.attempts} at {task.state} failed: {why}")


def fail(work: Work, job: Job, why: str) -> Job:
    """It failed for good; a person may try again where it stood."""
    with work.held(job.state) as (session, task, now):
        enter(session, task, "failed", now, why, kind="warning", data={"stood_at": job.state})
        let_go(session, task, now, again_at=None)
        return in_state(job, task)


def hand_back(work: Work, job: Job) -> None:
    """Let another worker go on at once: this one stops."""
    with work.held(job.state) as (session, task, now):
        let_go(session, task, now, again_at=now)


def in_state(job: Job, task: TaskRow) -> Job:
    """The job where the task stands by now."""
    return replace(job, state=cast(TaskState, task.state), reason=task.reason, attempts=task.attempts)


def _tell_once(session: Session, task: TaskRow, now: datetime, kind: Kind, why: str) -> None:
    reason = redact(why)[:_MOST_REASON]
    if task.reason != reason:
        task.reason = reason
        tell(session, task, now, kind, why)


def _costs(task: TaskRow, draft: Draft, now: datetime, service: str) -> list[CostRow]:
    common: Mapping[str, object] = {"at": now, "task_id": task.id, "persona_id": task.persona_id, "service": service}
    return [CostRow(**common, **use.model_dump()) for use in draft.uses]


def _job(session: Session, task: TaskRow) -> Job:
    post = session.execute(select(PostRow.id, PostRow.ts).where(PostRow.task_id == task.id)).one_or_none()
    return Job(
        task_id=task.id,
        persona_id=task.persona_id,
        state=cast(TaskState, task.state),
        reason=task.reason,
        request=TaskRequest.model_validate(task.request),
        needs_approval=task.needs_approval,
        publish_at=task.publish_at,
        attempts=task.attempts,
        draft=Draft.model_validate(task.draft) if task.draft else None,
        moderation=Moderation.model_validate(task.moderation) if task.moderation else None,
        post_id=post.id if post else None,
        written_at=post.ts if post else None,
        publication=publication_of(session.get(PublicationRow, task.id)),
        created_at=task.created_at,
        due_at=task.next_attempt_at or task.updated_at,
        headers={"correlation_id": task.correlation_id, **task.trace_context},
    )


def publication_of(row: PublicationRow | None) -> Publication:
    """The row, frozen; none is an open one."""
    if row is None:
        return Publication()
    return Publication(
        row.container_id, row.container_at, row.containers, row.tried_at, row.looked_up, row.outcome
    )  # fmt: skip
