"""moderated -> deduplicated -> approved: nothing like it was said, and nobody minds."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from muster.core.errors import ServiceError
from muster.threads.celery_worker.decisions import content_sha256, decide_twin
from muster.threads.celery_worker.ports import WINDOW, PostRef, PostText, Twin
from muster.threads.celery_worker.worker import Worker
from muster.threads.db.neighbours import Chosen, Neighbourhood, look_around, store_comparison
from muster.threads.db.working import Job, Work, advance, defer

_MOST_SEARCHES = 5


def compare_post(worker: Worker, work: Work, job: Job) -> Job | None:
    """End where a twin stands. The search is made again while older posts pass during it."""
    post_id = job.post_id
    assert post_id is not None
    for _ in range(_MOST_SEARCHES):
        twins, seen = _search(worker, job)
        named = tuple(twin.post_id for twin in twins)
        outcome = store_comparison(work, job, seen, named, partial(decide_twin, post_id, twins))
        if isinstance(outcome, Chosen):
            with suppress(ServiceError):  # a vector too many: its post's state tells that it does not count
                worker.twins.forget(job.persona_id, post_id)
            return replace(job, state="duplicate", reason=outcome.why)
        if outcome is not None:
            return outcome
    return defer(work, job, "older posts are being compared", worker.clock.now() + timedelta(seconds=1))


def approve_post(worker: Worker, work: Work, job: Job) -> Job | None:
    """By itself, or when a person says so."""
    if job.needs_approval:
        return defer(work, job, "it waits for approval", None)
    return advance(work, job, "approved", "approved")


def _search(worker: Worker, job: Job) -> tuple[tuple[Twin, ...], Neighbourhood]:
    assert job.post_id is not None
    assert job.written_at is not None
    assert job.draft is not None
    text = job.draft.text
    seen = look_around(worker.database, job, content_sha256(text), worker.clock.now() - WINDOW)
    same = tuple(Twin(post_id, "same", 1.0) for post_id in seen.same)
    recent = tuple(PostText(other.post_id, other.text) for other in seen.recent)
    alike = worker.twins.find(PostRef(job.post_id, job.persona_id, text, job.written_at), recent)
    return (*same, *alike), seen
