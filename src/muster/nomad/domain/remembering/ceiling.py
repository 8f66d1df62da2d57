"""A ceiling that the user set for the memory of every task on a cluster."""

from collections.abc import Container

from muster.core.evidence import Sourced
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.task import SetMemory
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.remembering.foresight import is_said
from muster.nomad.domain.spec import JobSpec


def under_ceiling(
    spec: JobSpec, ceiling: Sourced[int] | None, wishes: Wishes, answers: Container[str]
) -> tuple[JobSpec, tuple[str, ...]]:
    """The job with no task above the ceiling, unless the prompt or an answer says how much it gets; and what changed,
    as sentences."""
    if ceiling is None:
        return spec, ()
    notes: list[str] = []
    for group, task in [(one.name, task) for one in spec.groups for task in one.tasks]:
        asked = max(task.resources.memory_mb, task.resources.memory_max_mb or 0)
        patch = SetMemory(group=group, task=task.name, memory_mb=min(task.resources.memory_mb, ceiling.value))
        if asked > ceiling.value and not is_said(patch, wishes, answers):
            spec = apply_patch(spec, patch)
            path = f"group.{group}.task.{task.name}.resources.memory"
            spec = spec.model_copy(update={"reasons": spec.reasons | {path: ceiling.explain()}})
            notes.append(f"{task.name} gets {patch.memory_mb} MB instead of {asked}: {ceiling.explain()}")
    return spec, tuple(notes)


def is_under(patch: SpecPatch, ceiling: Sourced[int] | None, wishes: Wishes) -> bool:
    """Whether a repair stays below the ceiling, or the prompt has named an amount itself."""
    if ceiling is None or wishes.memory_mb or not isinstance(patch, SetMemory):
        return True
    return max(patch.memory_mb, patch.memory_max_mb or 0) <= ceiling.value
