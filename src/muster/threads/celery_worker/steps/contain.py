"""approved -> container_created: the platform gets the post, and nobody sees it yet."""

from muster.threads.celery_worker.decisions import (
    MOST_CONTAINERS,
    Later,
    day_of,
    decide_quota,
    decide_refusal,
    decide_time,
)
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.worker import Worker
from muster.threads.db.persona_day import posts_since
from muster.threads.db.publications import store_container
from muster.threads.db.working import Job, Work, defer, fail, put_off


def create_container(worker: Worker, work: Work, job: Job) -> Job | None:
    """When its time has come, and the persona's day and the account's quota have room."""
    persona = worker.personas.get(job.persona_id)
    if persona is None:
        return fail(work, job, f"there is no persona {job.persona_id}")
    if job.publication.containers >= MOST_CONTAINERS:
        return fail(work, job, f"the platform spoilt {job.publication.containers} containers")
    if later := why_later(worker, job):
        return defer(work, job, later.why, later.at)
    try:
        container_id = _ask(worker, job)
    except PlatformRefusedError as error:
        return _refused(worker, work, job, error)
    if isinstance(container_id, Later):
        return defer(work, job, container_id.why, container_id.at)
    day_start, _ = day_of(persona.schedule, worker.clock.now())
    contained = store_container(work, job, container_id, day_start=day_start, most=persona.limits.posts_per_day)
    return contained or create_container(worker, work, job)  # the day is full by now, so this defers


def why_later(worker: Worker, job: Job) -> Later | None:
    """Its time, quiet hours, the persona's posts of the day. An unknown persona has no hours."""
    persona, now = worker.personas.get(job.persona_id), worker.clock.now()
    if persona is None:
        return None
    with worker.database.read() as session:
        posted = posts_since(session, persona.id, day_of(persona.schedule, now)[0], besides=job.task_id)
    return decide_time(persona, job.publish_at, posted, now)


def _ask(worker: Worker, job: Job) -> str | Later:
    assert job.draft is not None
    if later := decide_quota(worker.publisher.quota(job.persona_id), worker.clock.now()):
        return later
    return worker.publisher.create(job.persona_id, job.draft.text)


def _refused(worker: Worker, work: Work, job: Job, refusal: PlatformRefusedError) -> Job | None:
    if refusal.kind == "invalid":
        return fail(work, job, f"the platform refuses it: {refusal.message}")
    later = decide_refusal(job.task_id, job.attempts, refusal, worker.clock.now())
    if later.counts:
        return put_off(work, job, later.why, later.at)
    return defer(work, job, later.why, later.at)
