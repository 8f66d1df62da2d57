"""Repairs in the order that experience suggests: what cured such a failure before comes first, what did not, last."""

from collections.abc import Callable, Iterator, Sequence

from muster.core.repairs import Repair, untried
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckTiming, SetCheckType
from muster.nomad.domain.patches.group import SetDeadlines, SetDisk, SetRestart
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import ClearCommand, SetMemory
from muster.nomad.domain.remembering.lesson import Application, Lesson
from muster.nomad.domain.remembering.retarget import retargeted
from muster.nomad.domain.remembering.touched import fits
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

REMEMBERED = "memory: "
"""So the reason of a remembered cure begins."""
SIMILAR = 0.5
"""Below this a memory says nothing: a stranger's failure never counts, that of an application in the same language
only where its words are nearly the same."""
_ELSEWHERE = 0.8
_SAME_IMAGE, _SAME_LANGUAGE, _OTHER = 0.9, 0.75, 0.4
_GENERAL = (SetMemory, SetDisk, SetDeadlines, SetCheckPath, SetCheckTiming, SetRestart, ClearCommand)
"""What may be taken over from another application. Not a check that only opens the port: that sees less."""


class Near(Part):
    """A lesson, and how near its failure is to the present one: 0 to 1."""

    lesson: Lesson
    nearness: float


class Ranked(Part):
    """Proposals, the best first, and sentences about what memory changed in them."""

    proposals: tuple[Repair[SpecPatch], ...]
    notes: tuple[str, ...] = ()


def rank_proposals(
    proposals: Sequence[Repair[SpecPatch]],
    near: Sequence[Near],
    *,
    cause: Cause,
    spec: JobSpec,
    application: Application,
    cluster: str,
    tried: Sequence[Repair[SpecPatch]],
    trusted: Callable[[SpecPatch], bool],
) -> Ranked:
    """The proposals by what worked or failed in similar situations, with remembered cures that rules do not propose.

    Nothing that was tried, that does not fit or that is not trusted is added.
    """
    weighed = [(one.lesson, weight) for one in near if (weight := _weight(one, cause, application, cluster)) >= SIMILAR]
    known = {_key(one.patch) for one in proposals}
    added = {
        _key(patch): _remembered(lesson, patch)
        for lesson, _ in weighed
        if (patch := _usable(lesson, cause, application)) and _key(patch) not in known
        if fits(spec, patch) and _grows(spec, patch) and trusted(patch)
    }
    merit: dict[str, float] = {}
    for lesson, weight in weighed:
        key = _key(retargeted(lesson.patch, cause))
        merit[key] = merit.get(key, 0.0) + (weight if lesson.result == "worked" else -weight)
    wanted = [*proposals, *(one for one in untried(added.values(), tried) if merit[_key(one.patch)] > 0)]
    ordered = sorted(wanted, key=lambda one: -_capped(merit, one, cause))
    return Ranked(proposals=tuple(ordered), notes=tuple(_notes(proposals, ordered, weighed)))


def seen_before(lesson: Lesson) -> str:
    """A lesson as one line."""
    where = f"{lesson.application.job}/{lesson.application.task}".rstrip("/")
    did = "helped" if lesson.result == "worked" else "did not help"
    return f"seen before in {where} on {lesson.cluster or 'no cluster'}: {lesson.signature}; {told(lesson.patch)} {did}"


def told(patch: SpecPatch) -> str:
    """A patch in one clause: `set_memory memory_mb=512`."""
    place = {"kind", "group", "task", "service", "check"}
    said = patch.model_dump(mode="json", exclude=place, exclude_none=True)
    return " ".join((patch.kind, *(f"{name}={value}" for name, value in said.items())))


def _weight(near: Near, cause: Cause, application: Application, cluster: str) -> float:
    lesson, own = near.lesson, near.lesson.application
    if lesson.cause != cause.kind:
        return 0.0
    kin = _OTHER
    if own.same_as(application):
        kin = 1.0
    elif own.image and own.image == application.image:
        kin = _SAME_IMAGE
    elif own.language and (own.language, own.workload) == (application.language, application.workload):
        kin = _SAME_LANGUAGE
    return near.nearness * kin * (1.0 if lesson.cluster == cluster else _ELSEWHERE)


def _usable(lesson: Lesson, cause: Cause, application: Application) -> SpecPatch | None:
    own = lesson.application.same_as(application)
    if lesson.result == "failed" or not (own or isinstance(lesson.patch, _GENERAL)):
        return None
    return retargeted(lesson.patch, cause)


def _grows(spec: JobSpec, patch: SpecPatch) -> bool:
    """A remembered amount that is smaller than today's would be a step back."""
    match patch:
        case SetMemory():
            now = spec.task(patch.group, patch.task).resources
            return (patch.memory_max_mb or patch.memory_mb) > (now.memory_max_mb or now.memory_mb)
        case SetDisk():
            disk = spec.group(patch.group).ephemeral_disk
            return disk is None or patch.size_mb > disk.size_mb
        case _:
            return True


def _capped(merit: dict[str, float], one: Repair[SpecPatch], cause: Cause) -> float:
    """A check that only opens the port is never preferred for its success: it can hardly fail."""
    found = merit.get(_key(one.patch), 0.0)
    return min(found, 0.0) if isinstance(one.patch, SetCheckType) else found


def _remembered(lesson: Lesson, patch: SpecPatch) -> Repair[SpecPatch]:
    return Repair[SpecPatch](
        patch=patch,
        reason=f"{REMEMBERED}{told(patch)} cured the same in {lesson.application.job} (run {lesson.run})",
        expected_effect="it is cured here too",
    )


def _notes(
    before: Sequence[Repair[SpecPatch]], after: Sequence[Repair[SpecPatch]], weighed: Sequence[tuple[Lesson, float]]
) -> Iterator[str]:
    if weighed and list(before) != list(after):
        worked = sum(lesson.result == "worked" for lesson, _ in weighed)
        first = told(after[0].patch)
        yield f"memory: {len(weighed)} such failures are remembered, {worked} of them cured; {first} is tried first"


def _key(patch: SpecPatch) -> str:
    return patch.model_dump_json()
