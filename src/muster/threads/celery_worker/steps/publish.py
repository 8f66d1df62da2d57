"""container_created -> published | unknown: the one call that can't be taken back."""

from datetime import timedelta

from muster.core.errors import ServiceError
from muster.threads.celery_worker.decisions import Later, decide_container, decide_refusal, new_container_s
from muster.threads.celery_worker.ports import ContainerStatus, PlatformRefusedError
from muster.threads.celery_worker.steps.contain import why_later
from muster.threads.celery_worker.steps.look_up import look_up
from muster.threads.celery_worker.worker import Worker
from muster.threads.db.publications import drop_container, mark_tried, store_published, store_refusal
from muster.threads.db.working import Job, Work, defer

_POLLS = 3
_POLL_S = 0.5
_FRESH = timedelta(minutes=1)


def publish_container(worker: Worker, work: Work, job: Job) -> Job | None:
    """Publish it once it is ready. Where that was tried already, only look up what became of it."""
    if job.publication.tried_at is not None:
        return look_up(worker, work, job)
    if not _is_fresh(worker, job) and (later := why_later(worker, job)):
        return defer(work, job, later.why, later.at)
    try:
        status = _wait_until_ready(worker, job)
    except PlatformRefusedError as error:
        return _refused(worker, work, job, error)
    if status.kind == "finished":
        return _try(worker, work, job)
    if status.kind == "published":  # by a worker whose attempt was taken for refused
        return look_up(worker, work, job)
    return _not_ready(worker, work, job, status)


def _is_fresh(worker: Worker, job: Job) -> bool:
    """Whether its container was made just now, for which its time was looked at."""
    created = job.publication.container_at
    return created is not None and worker.clock.now() - created < _FRESH


def _wait_until_ready(worker: Worker, job: Job) -> ContainerStatus:
    """A text takes the platform a moment: a second is waited here, what is longer by the database."""
    container_id = job.publication.container_id or ""
    status = worker.publisher.status(job.persona_id, container_id)
    for _ in range(_POLLS - 1):
        if status.kind != "in_progress":
            break
        worker.pause(_POLL_S)
        status = worker.publisher.status(job.persona_id, container_id)
    return status


def _try(worker: Worker, work: Work, job: Job) -> Job | None:
    tried = mark_tried(work, job)
    try:
        media_id = worker.publisher.publish(job.persona_id, job.publication.container_id or "")
    except PlatformRefusedError as error:
        if error.kind == "already_published":
            return look_up(worker, work, tried)
        return _refused(worker, work, tried, error)
    except ServiceError:  # done or not: nobody knows
        return look_up(worker, work, tried)
    return store_published(work, tried, media_id)


def _refused(worker: Worker, work: Work, job: Job, refusal: PlatformRefusedError) -> None:
    later = decide_refusal(job.task_id, job.attempts, refusal, worker.clock.now())
    return store_refusal(work, job, later.why, later.at, counts=later.counts)


def _not_ready(worker: Worker, work: Work, job: Job, status: ContainerStatus) -> None:
    created = job.publication.container_at
    assert created is not None
    match decide_container(status, created, worker.clock.now(), was_tried=job.publication.outcome == "refused"):
        case Later(at=at, why=why):
            return defer(work, job, why, at)
        case why:
            pause_s = new_container_s(job.task_id, job.publication.containers)
            return drop_container(work, job, why, worker.clock.now() + timedelta(seconds=pause_s))
