"""unknown -> published | container_created: what became of an attempt to publish. Nothing is tried here."""

from dataclasses import dataclass
from datetime import timedelta

from muster.core.errors import ServiceError
from muster.threads.celery_worker.decisions import MOST_LOOKS, look_again_s
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.worker import Worker
from muster.threads.db.media import first_free
from muster.threads.db.publications import store_published, store_unknown, store_unpublished
from muster.threads.db.working import Job, Work


@dataclass(frozen=True)
class Out:
    """It is published; the platform may not name the media id."""

    media_id: str | None


@dataclass(frozen=True)
class NotOut:
    """It is not, and the attempt can't publish it any more."""

    why: str


@dataclass(frozen=True)
class Unclear:
    """Not to be told now."""

    why: str


def look_up(worker: Worker, work: Work, job: Job) -> Job | None:
    """Ask the platform, a bounded number of times; then a person decides."""
    match _what_became(worker, job):
        case Out(media_id=media_id):
            return store_published(work, job, media_id)
        case NotOut(why=why):
            return store_unpublished(work, job, why)
        case Unclear(why=why):
            pause_s = look_again_s(job.task_id, job.publication.looked_up + 1)
            again_at = None if pause_s is None else worker.clock.now() + timedelta(seconds=pause_s)
            return store_unknown(work, job, why, again_at)


def _what_became(worker: Worker, job: Job) -> Out | NotOut | Unclear:
    try:
        return _ask(worker, job)
    except (ServiceError, PlatformRefusedError) as error:
        return Unclear(error.message)


def _ask(worker: Worker, job: Job) -> Out | NotOut | Unclear:
    """A container that is in progress may yet carry out what was asked of it: that is never a no."""
    publication = job.publication
    assert publication.container_id is not None
    status = worker.publisher.status(job.persona_id, publication.container_id)
    match status.kind:
        case "published":
            return _which(worker, job)
        case "expired" | "error":
            return NotOut(status.message or f"its container is {status.kind}")
        case "finished" if publication.outcome == "again":
            return NotOut("a person asked to try the same container again, which can't be published twice")
        case _:
            return Unclear("the platform does not show it as published")


def _which(worker: Worker, job: Job) -> Out | Unclear:
    assert job.draft is not None
    since = job.publication.tried_at or job.publication.container_at
    assert since is not None
    named = worker.publisher.find_published(job.persona_id, job.draft.text, since)
    with worker.database.read() as session:
        media_id = first_free(session, job.task_id, named)
    if media_id is None and job.publication.looked_up + 1 < MOST_LOOKS:
        return Unclear("it is published, but not among the account's posts yet")
    return Out(media_id)
