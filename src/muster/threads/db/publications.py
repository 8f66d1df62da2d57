"""What is stored about the irreversible part: the container before it is published, the attempt before it is made,
and what became of it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from muster.core.redaction import redact
from muster.threads.db.leasing import let_go
from muster.threads.db.media import is_of_another
from muster.threads.db.models import PostRow, PublicationRow, TaskRow
from muster.threads.db.persona_day import lock_persona, posts_since
from muster.threads.db.story import enter, tell
from muster.threads.db.working import Job, Work, count_attempt, in_state, publication_of

_MOST_ERROR = 2000


def store_container(work: Work, job: Job, container_id: str, *, day_start: datetime, most: int) -> Job | None:
    """The platform holds the post. None where the persona's day has become full meanwhile: counted under the
    persona's lock, so that no two take the last place. The container is then left to expire."""
    with work.held(job.state) as (session, task, now):
        lock_persona(session, task.persona_id)
        if posts_since(session, task.persona_id, day_start, besides=task.id) >= most:
            return None
        row = _row(session, task)
        row.container_id, row.container_at, row.containers = container_id, now, row.containers + 1
        row.tried_at, row.looked_up, row.outcome = None, 0, "open"
        enter(session, task, "container_created", now, "the platform holds it", data={"container_id": container_id})
        return _as_it_is(job, task, row)


def mark_tried(work: Work, job: Job) -> Job:
    """Publishing is tried next. Committed before it is: who comes later looks up, and does not try."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        row.tried_at, row.outcome = now, "open"
        return _as_it_is(job, task, row)


def store_refusal(work: Work, job: Job, why: str, again_at: datetime, *, counts: bool) -> None:
    """The platform's clear no: it was not published, and may be tried again then."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        row.outcome = row.outcome if row.tried_at is None else "refused"
        row.tried_at, row.last_error = None, redact(why)[:_MOST_ERROR]
        if counts:
            count_attempt(session, task, now, why)
        elif task.reason != row.last_error:
            task.reason = row.last_error
            tell(session, task, now, "note", why)
        let_go(session, task, now, again_at=again_at)


def store_published(work: Work, job: Job, media_id: str | None) -> Job:
    """It is out. Without a media id: the platform says so, and does not say under which, or names another task's."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        if media_id is not None and is_of_another(session, task, media_id):
            tell(session, task, now, "warning", f"the platform names {media_id}, which another task has")
            media_id = None
        row.media_id, row.outcome = media_id, "published"
        post = session.get_one(PostRow, job.post_id)
        post.media_id, post.published_at = media_id, now
        text = "published" if media_id else "published; the platform does not name its media id"
        enter(session, task, "published", now, text, data={"media_id": media_id})
        let_go(session, task, now, again_at=None)
        return _as_it_is(job, task, row)


def store_unpublished(work: Work, job: Job, why: str) -> Job:
    """It was looked up: it is not out, and never will be by the attempt that was made."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        row.tried_at, row.looked_up, row.outcome, row.last_error = None, 0, "refused", redact(why)[:_MOST_ERROR]
        if task.state == "unknown":
            enter(session, task, "container_created", now, f"not published: {why}")
        else:
            tell(session, task, now, "note", f"not published: {why}")
        return _as_it_is(job, task, row)


def store_unknown(work: Work, job: Job, why: str, again_at: datetime | None) -> None:
    """Nobody can say whether it is out: looked up again then, or (None) a person decides."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        row.looked_up += 1
        row.outcome = "again" if row.outcome == "again" else "unknown"
        row.last_error = redact(why)[:_MOST_ERROR]
        if task.state != "unknown":
            enter(session, task, "unknown", now, f"whether it was published is not known: {why}", kind="warning")
        else:
            tell(session, task, now, "note", f"looked up, still not known: {why}")
        if again_at is None:
            row.outcome = "unknown"
            tell(session, task, now, "warning", "it is not looked up any more: a person has to decide")
        let_go(session, task, now, again_at=again_at)


def drop_container(work: Work, job: Job, why: str, again_at: datetime) -> None:
    """The container expired or went wrong, and nothing is out by it: another one is made then."""
    with work.held(job.state) as (session, task, now):
        row = _row(session, task)
        row.container_id, row.container_at, row.last_error = None, None, redact(why)[:_MOST_ERROR]
        enter(session, task, "approved", now, f"another container is made: {why}")
        task.attempts += 1
        let_go(session, task, now, again_at=again_at)


def _row(session: Session, task: TaskRow) -> PublicationRow:
    row = session.get(PublicationRow, task.id)
    if row is None:
        row = PublicationRow(task_id=task.id, containers=0, looked_up=0, outcome="open", last_error="")
        session.add(row)
    return row


def _as_it_is(job: Job, task: TaskRow, row: PublicationRow) -> Job:
    return replace(in_state(job, task), publication=publication_of(row))
