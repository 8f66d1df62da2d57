"""queued -> drafted -> moderated: the words, and the verdict on them."""

from muster.threads.celery_worker.decisions import (
    content_sha256,
    day_of,
    decide_budget,
    draft_problem,
    holds,
    why_blocked,
)
from muster.threads.celery_worker.ports import WriterFailedError
from muster.threads.celery_worker.worker import Worker
from muster.threads.common.contracts import Moderation, ModerationRequest, PersonaRunRequest
from muster.threads.db.persona_day import spent_since
from muster.threads.db.working import Job, Work, defer, fail, store_block, store_draft, store_verdict

SERVICE = "persona-runtime"
"""Whose costs these are."""


def write_draft(worker: Worker, work: Work, job: Job) -> Job | None:
    """Have it written, unless the persona's money of the day is spent."""
    persona = worker.personas.get(job.persona_id)
    if persona is None:
        return fail(work, job, f"there is no persona {job.persona_id}")
    now = worker.clock.now()
    with worker.database.read() as session:
        spent = spent_since(session, persona.id, day_of(persona.schedule, now)[0])
    if later := decide_budget(persona, spent, now):
        return defer(work, job, later.why, later.at)
    try:
        draft = worker.writer.write(_request(job))
    except WriterFailedError as error:
        return fail(work, job, f"it could not be written: {error.message}")
    return store_draft(work, job, draft, content_sha256(draft.text), SERVICE)


def judge_draft(worker: Worker, work: Work, job: Job) -> Job | None:
    """Let the words pass, or end. The writer's own verdict holds for its own words; edited ones are judged again."""
    draft = job.draft
    assert draft is not None
    if problem := draft_problem(draft):
        return fail(work, job, problem)
    try:
        verdict = _verdict(worker, job)
    except WriterFailedError as error:
        return fail(work, job, f"it could not be judged: {error.message}")
    if not holds(verdict, draft):
        return fail(work, job, "the guardrail judged other words than these")
    if why := why_blocked(verdict):
        return store_block(work, job, verdict, why)
    return store_verdict(work, job, draft, verdict, content_sha256(draft.text))


def _request(job: Job) -> PersonaRunRequest:
    asked = job.request
    return PersonaRunRequest(
        task_id=job.task_id,
        persona_id=job.persona_id,
        topic=asked.topic,
        pain_statement=asked.pain_statement,
        trend_snippet=asked.trend_snippet,
        seed=job.task_id.int % 2**63,
    )


def _verdict(worker: Worker, job: Job) -> Moderation:
    assert job.draft is not None
    if holds(job.draft.moderation, job.draft):
        return job.draft.moderation
    return worker.writer.judge(
        ModerationRequest(persona_id=job.persona_id, hook=job.draft.hook, body=job.draft.body)
    )  # fmt: skip
