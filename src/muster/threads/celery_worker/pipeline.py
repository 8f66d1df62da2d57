"""A task's way from what was asked to one published post: one function for each state, each step stored before the
next. A worker may be killed anywhere; the next one goes on from what is stored."""

import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from muster.core.errors import ServiceError, UnreachableError
from muster.threads.celery_worker.decisions import MOST_ATTEMPTS, back_off_s
from muster.threads.celery_worker.steps.compare import approve_post, compare_post
from muster.threads.celery_worker.steps.contain import create_container
from muster.threads.celery_worker.steps.look_up import look_up
from muster.threads.celery_worker.steps.publish import publish_container
from muster.threads.celery_worker.steps.write import judge_draft, write_draft
from muster.threads.celery_worker.worker import Step, Worker
from muster.threads.common.states import TaskState
from muster.threads.db.leasing import LeaseLostError
from muster.threads.db.working import Job, Work, begin_work, defer, fail, hand_back, put_off

_LOG = logging.getLogger(__name__)
_DATABASE_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
"""The database may be away so long before the message is given up, and left to the sweeper."""

STEPS: Mapping[TaskState, Step] = {
    "queued": write_draft,
    "drafted": judge_draft,
    "moderated": compare_post,
    "deduplicated": approve_post,
    "approved": create_container,
    "container_created": publish_container,
    "unknown": look_up,
}
"""What a state calls for; the other states have ended."""


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
    with suppress(LeaseLostError):
        _pass_on(worker, work, job)


def _pass_on(worker: Worker, work: Work, begun: Job) -> None:
    job: Job | None = begun
    while job is not None and job.state in STEPS:
        if job.attempts >= MOST_ATTEMPTS:
            return _give_up(work, job)
        if worker.stops():
            return hand_back(work, job)
        job = _take(STEPS[job.state], worker, work, job)


def _take(step: Step, worker: Worker, work: Work, job: Job) -> Job | None:
    """One step; what fails for a time is tried again later, and so is what should not have happened."""
    try:
        return step(worker, work, job)
    except LeaseLostError:
        raise
    except ServiceError as error:
        why = error.message
    except Exception as error:  # noqa: BLE001  # a defect of ours: told, and bounded like any failure
        _LOG.exception("task %s at %s", job.task_id, job.state)
        why = f"a defect at {job.state}: {type(error).__name__}"
    again_at = worker.clock.now() + timedelta(seconds=back_off_s(job.task_id, job.attempts + 1))
    return put_off(work, job, why, again_at)


def _give_up(work: Work, job: Job) -> None:
    """Too many failures. A post that may be out does not fail: a person looks."""
    why = f"given up after {job.attempts} attempts at {job.state}" + (f": {job.reason}" if job.reason else "")
    if job.state == "unknown" or job.publication.tried_at is not None:
        return defer(work, job, why, None)
    return fail(work, job, why)
