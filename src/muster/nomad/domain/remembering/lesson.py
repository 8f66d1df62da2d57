"""What is learnt from a repair: which failure it was tried on, and whether the job then became healthy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from muster.core.repairs import Repair
from muster.nomad.domain.outcomes import Cause, CauseKind
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.remembering.signature import signature_of
from muster.nomad.domain.remembering.touched import fits, touched
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

Result = Literal["worked", "failed"]


class Trial(Part):
    """A repair as it was tried: on which failure, and what it changed."""

    cause: CauseKind
    group: str
    task: str
    signature: str
    patch: SpecPatch
    reason: str
    before: dict[str, JsonValue]
    """The touched values as they were just before it."""

    def is_of(self, other: "Cause | Trial") -> bool:
        """Whether the other failure is the same one again."""
        mine = (self.cause, self.group, self.task)
        theirs = (other.kind if isinstance(other, Cause) else other.cause, other.group, other.task)
        return mine == theirs


class Application(Part):
    """What a task is: the job's and its own name, the repository of its image, its language."""

    job: str
    task: str = ""
    image: str = ""
    language: str = ""
    workload: str = ""

    def same_as(self, other: "Application") -> bool:
        """Whether it is the very same application: by job, task and image's repository."""
        return (self.job, self.task, self.image) == (other.job, other.task, other.image)


class Lesson(Part):
    """A repair of one failure and what became of it."""

    key: str
    """Run and attempt: what makes storing it again harmless."""
    cluster: str
    application: Application
    cause: CauseKind
    signature: str
    patch: SpecPatch
    reason: str
    before: dict[str, JsonValue]
    result: Result
    at: datetime

    @property
    def run(self) -> str:
        """The run that it was learnt in."""
        return self.key.partition("#")[0]

    def says_the_same_as(self, other: "Lesson") -> bool:
        """Whether only time and run differ."""
        fresh = {"key": "", "at": self.at, "signature": "", "reason": ""}
        return self.model_copy(update=fresh) == other.model_copy(update=fresh)


def trial_of(cause: Cause, repair: Repair[SpecPatch], spec: JobSpec) -> Trial:
    """The trial of a repair that is about to change this spec."""
    return Trial(
        cause=cause.kind,
        group=cause.group,
        task=cause.task,
        signature=signature_of(cause),
        patch=repair.patch,
        reason=repair.reason,
        before=touched(spec, repair.patch) if fits(spec, repair.patch) else {},
    )


def results_of(trials: Sequence[Trial], *, healthy: bool, last: Cause | None) -> tuple[Result | None, ...]:
    """What became of each trial: it worked if the job is healthy and its failure was not seen again, it failed if the
    very next failure was the same one. None: nobody can say, and nothing is learnt."""
    return tuple(_result(trial, trials[place + 1 :], healthy, last) for place, trial in enumerate(trials))


def before_of(trials: Sequence[Trial], results: Sequence[Result | None], place: int) -> dict[str, JsonValue]:
    """The values that a trial touched, as they are when only the repairs before it that worked are applied."""
    before = dict(trials[place].before)
    for earlier, result in reversed(list(zip(trials[:place], results, strict=False))):
        known = before.keys() & earlier.before.keys()
        if known and result == "worked":
            break
        before |= {path: earlier.before[path] for path in known}
    return before


def application_of(spec: JobSpec, analysis: Analysis | None, group: str, task: str) -> Application:
    """What a task of the job is; of the job alone where the failure names no task."""
    service = analysis.service(task) if analysis else None
    return Application(
        job=spec.name,
        task=task,
        image=image_repository(spec, group, task),
        language=service.language.value.language if service and service.language else "",
        workload=service.job.value if service else spec.type,
    )


def image_repository(spec: JobSpec, group: str, task: str) -> str:
    """The task's image without tag and digest; empty where it is a variable, or there is no such task."""
    tasks = (one for owner in spec.groups if owner.name == group for one in owner.tasks if one.name == task)
    image = next((one.config.image for one in tasks), None)
    return without_tag(image) if isinstance(image, str) else ""


def without_tag(image: str) -> str:
    """`registry:5000/shop/web:1@sha256:...` is `registry:5000/shop/web`."""
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _result(trial: Trial, later: Sequence[Trial], healthy: bool, last: Cause | None) -> Result | None:
    seen: list[Trial | Cause] = [*later, *([last] if last and not healthy else [])]
    if seen and trial.is_of(seen[0]):
        return "failed"
    return "worked" if healthy and not any(trial.is_of(one) for one in seen) else None
