"""What the repository says and the job file lacks, told and never silently added."""

from collections.abc import Iterator

from muster.nomad.domain.existing.main_task import main_task
from muster.nomad.domain.patches.targets import services_of
from muster.nomad.domain.profile import Analysis, EnvEntry
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec


def job_notes(spec: JobSpec, analysis: Analysis) -> tuple[str, ...]:
    """Variables that the code needs, a health route that nothing asks, and which task the wishes are about."""
    main = main_task(spec)
    if main is None:
        return (f"{spec.name} has no docker task: only the job itself and its groups can be changed",)
    return (*_whose(spec, *main), *_env(analysis, main[1]), *_health(analysis, main[0]))


def _whose(spec: JobSpec, group: GroupSpec, task: TaskSpec) -> Iterator[str]:
    if sum(len(one.tasks) for one in spec.groups) > 1:
        yield f"wishes about a task are about {task.name} of the group {group.name}"


def _env(analysis: Analysis, task: TaskSpec) -> Iterator[str]:
    for service in analysis.services:
        for entry in service.env:
            if entry.required and entry.origin != "job" and not _is_set(task, entry):
                yield f"{entry.name} is needed ({entry.reason}, {entry.where}), and the job does not set it"


def _is_set(task: TaskSpec, entry: EnvEntry) -> bool:
    return entry.name in task.env or any(entry.name in template.data for template in task.templates)


def _health(analysis: Analysis, group: GroupSpec) -> Iterator[str]:
    if any(service.checks for service in services_of(group)):
        return
    for service in analysis.services:
        health = service.health
        if health and health.value.type == "http" and health.source != "job":
            yield f"{health.value.path} answers for its health ({health.explain()}), and the job has no check"
