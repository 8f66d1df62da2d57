"""A task's way from what was asked to one published post: one function for each state, each step stored before the
next. A worker may be killed anywhere; the next one goes on from what is stored."""

import logging
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from muster.core.errors import ServiceError, UnreachableError
from muster.core.observability.tracing import span
from muster.threads.celery_worker.decisions import MOST_ATTEMPTS, back_off_s
from muster.threads.celery_worker.steps.compare import approve_post, compare_post
from muster.threads.celery_worker.steps.contain import create_container
from muster.threads.celery_worker.steps.look_up import look_up
from muster.threads.celery_worker.steps.publish import publish_container
from muster.threads.celery_worker.steps.write import judge_draft, write_draft
from muster.threads.celery_worker.worker import Step, Worker
from muster.threads.common import metrics
from muster.threads.common.correlation import continued
from muster.threads.common.settings import ServiceName
from muster.threads.common.states import TaskState
from muster.threads.db.leasing import LeaseLostError
from muster.threads.db.publications import store_unknown
from muster.threads.db.working import Job, Work, begin_work, fail, hand_back, put_off

_SERVICE: ServiceName = "celery-worker"
_LOG = logging.getLogger(__name__)
_DATABASE_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
"""The database may be away so long before the message is given up, and left to the sweeper."""

STEPS: Mapping[TaskState, tuple[metrics.Step, Step]] = {
    "queued": ("write", write_draft),
    "drafted": ("moderate", judge_draft),
    "moderated": ("dedup", compare_post),
    "deduplicated": ("approve", approve_post),
    "approved": ("container", create_container),
    "container_created": ("publish", publish_container),
    "unknown": ("lookup", look_up),
}
"""What a state calls for, and what it is counted as; the other states have ended."""


def publish_post(worker: Worker, task_id: UUID) -> None:
    """Take a task as far as it goes now. Safe to call again at any time, by anybody.

    Raises UnreachableError where the database stays away; the sweeper finds the task later.
    """
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:12]}"  # of this call: two threads are two owners
    for pause_s in _DATABASE_PAUSES_S:
        try:
            return _go_on(worker, task_id, owner)
        except UnreachableError as error:  # what else is away was met by its step
            _LOG.warning("task %s: %s", task_id, error.message)
            worker.pause(pause_s)
    return _go_on(worker, task_id, owner)


def _go_on(worker: Worker, task_id: UUID, owner: str) -> None:
    begun = begin_work(worker.database, task_id, owner, worker.clock)
    if begun is None:
        return
    work, job = begun
    metrics.record_latency("queue", max(0.0, (worker.clock.now() - job.due_at).total_seconds()))
    with suppress(LeaseLostError), continued(job.headers, service=_SERVICE, task_id=str(task_id)):
        ended = _pass_on(worker, work, job)
        if ended is not None:
            _count_ended(worker, ended)


def _pass_on(worker: Worker, work: Work, begun: Job) -> Job | None:
    """The task where it ended; None: it goes on later, or elsewhere."""
    job: Job | None = begun
    while job is not None and job.state in STEPS:
        if job.attempts >= MOST_ATTEMPTS:
            return _give_up(worker, work, job)
        if worker.stops():
            return hand_back(work, job)
        job = _measured(worker, work, job)
    return job


def _measured(worker: Worker, work: Work, job: Job) -> Job | None:
    name, step = STEPS[job.state]
    began = time.perf_counter()
    outcome: metrics.StepOutcome = "lost"
    try:
        with span(f"worker {name}"):
            then = _take(step, worker, work, job)
        outcome = "deferred" if then is None else "failed" if then.state == "failed" else "done"
        return then
    finally:
        metrics.record_step(name, outcome, time.perf_counter() - began)


def _count_ended(worker: Worker, job: Job) -> None:
    metrics.record_business_metric("posts_generated_total", persona_id=job.persona_id, status=job.state)
    if job.state == "published":
        _count_published(job, worker.clock.now())


def _count_published(job: Job, now: datetime) -> None:
    metrics.record_latency("task", max(0.0, (now - job.created_at).total_seconds()))
    if job.publication.container_at is not None:
        metrics.record_latency("publish", max(0.0, (now - job.publication.container_at).total_seconds()))
    if job.draft is not None and job.draft.cost_usd is not None:
        metrics.record_business_metric("cost_per_post_usd", job.draft.cost_usd, persona_id=job.persona_id)


def _take(step: Step, worker: Worker, work: Work, job: Job) -> Job | None:
    """One step; what fails for a time is tried again later. What should not happen leaves the lease behind, as a worker
    that is killed does, and is counted as that by the next one."""
    try:
        then = step(worker, work, job)
        metrics.record_operation(_SERVICE)
        return then
    except ServiceError as error:
        metrics.record_operation(_SERVICE, metrics.error_type(error))
        again_at = worker.clock.now() + timedelta(seconds=back_off_s(job.task_id, job.attempts + 1))
        return put_off(work, job, error.message, again_at)


def _give_up(worker: Worker, work: Work, job: Job) -> Job | None:
    """Too many failures. A post that may be out does not fail: it is unknown, looked up as such, then a person's."""
    why = f"given up after {job.attempts} attempts at {job.state}" + (f": {job.reason}" if job.reason else "")
    if job.state == "unknown":
        return store_unknown(work, job, why, None)
    if job.publication.tried_at is not None:
        return store_unknown(work, job, why, worker.clock.now())
    return fail(work, job, why)
