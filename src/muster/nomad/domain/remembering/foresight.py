"""Cures that the same application on the same cluster needed before, applied before it fails again.

Only where every touched value is what it was when it failed, and nobody says otherwise today: who changes the value
in the repository, the prompt or an answer has the last word.
"""

from collections.abc import Container, Iterable, Mapping, Sequence

from muster.nomad.domain.outcomes import CauseKind
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckPort, SetCheckType
from muster.nomad.domain.patches.group import SetDeadlines, SetPort
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.task import SetEnv, SetImage, SetMemory
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.remembering.lesson import Lesson, image_repository
from muster.nomad.domain.remembering.ranking import told
from muster.nomad.domain.remembering.touched import fits, touched
from muster.nomad.domain.remembering.trust import is_trusted
from muster.nomad.domain.repairs.situation import Room
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

OF_THE_APPLICATION: frozenset[CauseKind] = frozenset(
    {
        "memory",
        "check_path",
        "check_port",
        "check_timing",
        "missing_env",
        "command_not_found",
        "volume_permission",
        "unreachable_dependency",
    }
)
"""Failures that lie in the application and come again; a node that was full yesterday says nothing about today."""

_SAID: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "set_memory": (("memory_mb",), ("resources",)),
    "set_cpu": (("cpu_mhz",), ("resources",)),
    "set_port": (("port", "static_port"), ("port",)),
    "make_port_dynamic": (("static_port",), ("port",)),
    "set_check_port": (("port",), ("port",)),
    "set_check_path": (("health_path",), ()),
    "set_check_type": (("health_path",), ()),
    "set_image": (("image",), ("image",)),
    "set_datacenters": (("datacenters",), ()),
}
"""By kind of patch: the wishes and the answers that speak of the same value."""


class Foreseen(Part):
    """A job with the cures that it needed before, and a sentence about each."""

    spec: JobSpec
    notes: tuple[str, ...] = ()


def foresee(
    spec: JobSpec,
    lessons: Iterable[Lesson],
    *,
    cluster: str,
    room: Room | None,
    wishes: Wishes,
    answers: Container[str],
    variables: Container[str],
) -> Foreseen:
    """The job as it became healthy before; `answers` are the ids of questions that a person has answered."""
    notes: list[str] = []
    for lesson in cures_of(lessons, cluster):
        patch = lesson.patch
        fitting = _is_of(spec, lesson) and fits(spec, patch) and touched(spec, patch) == lesson.before
        if fitting and is_trusted(patch, spec, room, variables) and not is_said(patch, wishes, answers):
            note = f"memory: {told(patch)} after {lesson.cause} in run {lesson.run} ({lesson.reason})"
            spec = _with_reason(apply_patch(spec, patch), patch, note)
            notes.append(note)
    return Foreseen(spec=spec, notes=tuple(notes))


def cures_of(lessons: Iterable[Lesson], cluster: str) -> tuple[Lesson, ...]:
    """The lessons to act on, the oldest first: those of this cluster whose patch worked, last of all."""
    latest: dict[str, Lesson] = {}
    for lesson in sorted(lessons, key=lambda one: one.at):
        if lesson.cluster == cluster and lesson.cause in OF_THE_APPLICATION:
            latest[f"{lesson.before} {lesson.patch.model_dump_json()}"] = lesson
    return tuple(one for one in latest.values() if one.result == "worked")


def _is_of(spec: JobSpec, lesson: Lesson) -> bool:
    """By job, task and image's repository: another program under the same name has other needs."""
    own = lesson.application
    return own.job == spec.name and own.image == _image(spec, own.task)


def _image(spec: JobSpec, task: str) -> str:
    groups = (group.name for group in spec.groups if any(one.name == task for one in group.tasks))
    return next((image_repository(spec, group, task) for group in groups), "")


def is_said(patch: SpecPatch, wishes: Wishes, answers: Container[str]) -> bool:
    """Whether the prompt or an answer speaks of the value that the patch changes."""
    wished, answered = _SAID.get(patch.kind, ((), ()))
    names = {str(getattr(patch, field, "")) for field in ("task", "group")}
    asked = (f"{name}.{field}" for name in names for field in answered)
    return any(getattr(wishes, field) for field in wished) or any(one in answers for one in asked)


def _with_reason(spec: JobSpec, patch: SpecPatch, note: str) -> JobSpec:
    """`--explain` says it beside each value, in place of the reason of the value that it had."""
    reasons = {path: text for path, text in spec.reasons.items() if path not in _told_at(patch)}
    return spec.model_copy(update={"reasons": reasons | dict.fromkeys(_told_at(patch), note)})


def _told_at(patch: SpecPatch) -> Sequence[str]:
    match patch:
        case SetMemory(group=group, task=task):
            return (f"group.{group}.task.{task}.resources.memory",)
        case SetEnv(group=group, task=task, name=name):
            return (f"group.{group}.task.{task}.env.{name}",)
        case SetImage(group=group, task=task):
            return (f"group.{group}.task.{task}.config.image",)
        case SetDeadlines(group=group):
            return (f"group.{group}.update",)
        case SetPort(group=group, label=label):
            return (f"group.{group}.network.port.{label}.to",)
        case SetCheckType(group=group, service=service):
            return (f"group.{group}.service.{service}.check.tcp",)
        case SetCheckPath(group=group, service=service) | SetCheckPort(group=group, service=service):
            return (f"group.{group}.service.{service}.check.http",)
        case _:
            return ()
