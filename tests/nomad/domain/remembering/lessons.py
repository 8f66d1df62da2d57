"""Lessons and failures that the tests of remembering start from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetMemory
from muster.nomad.domain.remembering.lesson import Application, Lesson
from muster.nomad.domain.remembering.signature import signature_of
from muster.nomad.domain.remembering.touched import touched
from muster.nomad.domain.spec import JobSpec
from nomad.domain.failing_jobs import web_job

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
APPLICATION = Application(job="web", task="app", image="registry.example/app", language="python", workload="service")
OOM = Cause(
    kind="memory",
    remedy="rule",
    summary="web/app was killed at its limit of 128 MB (exit code 137) after 2 restarts",
    group="web",
    task="app",
)


def more(memory_mb: int) -> SetMemory:
    return SetMemory(group="web", task="app", memory_mb=memory_mb)


def lesson(
    patch: SpecPatch, *, before: JobSpec | None = None, cause: Cause = OOM, minutes: int = 0, **changes: Any
) -> Lesson:
    """That patch worked on the web job, on the cluster `prod`."""
    base = Lesson(
        key=f"run-{minutes}#1",
        cluster="prod",
        application=APPLICATION,
        cause=cause.kind,
        signature=signature_of(cause),
        patch=patch,
        reason=cause.summary,
        before=touched(before or web_job(), patch),
        result="worked",
        at=NOON + timedelta(minutes=minutes),
    )
    return base.model_copy(update=changes)
