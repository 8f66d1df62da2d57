"""Which group and task of a running job are ours by another name, and what becomes of the groups that only it has."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from muster.core.gates.questions import AnswerValue, Choice, ChoiceQuestion
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec

PartT = TypeVar("PartT", GroupSpec, TaskSpec)

GROUP_FIELD = "group"
KEEP, DROP = "keep", "drop"


def known_group(group: GroupSpec, built: JobSpec, running: JobSpec) -> GroupSpec | None:
    """The running job's group of that name; a lone group of ours is its lone one, whatever they are called."""
    return _counterpart(group, built.groups, running.groups, [one for one in running.groups if one.tasks])


def known_task(task: TaskSpec, group: GroupSpec, known: GroupSpec) -> TaskSpec | None:
    """The known group's docker task of that name; a lone task of ours is its lone one."""
    return _counterpart(task, group.tasks, known.tasks, known.tasks)


def _counterpart(one: PartT, own: Sequence[PartT], theirs: Sequence[PartT], docker: Sequence[PartT]) -> PartT | None:
    named = next((other for other in theirs if other.name == one.name), None)
    return named or (docker[0] if len(own) == len(docker) == 1 else None)


def as_running(built: JobSpec, running: JobSpec) -> JobSpec:
    """Our spec with the running job's names for what is the same."""
    return built.model_copy(update={"groups": tuple(_as_known(group, built, running) for group in built.groups)})


def _as_known(group: GroupSpec, built: JobSpec, running: JobSpec) -> GroupSpec:
    known = known_group(group, built, running)
    if known is None:
        return group
    twins = [(task, known_task(task, group, known)) for task in group.tasks]
    tasks = tuple(task.model_copy(update={"name": twin.name}) if twin else task for task, twin in twins)
    return group.model_copy(update={"name": known.name, "tasks": tasks})


def matched_notes(built: JobSpec, running: JobSpec) -> tuple[str, ...]:
    """Which of ours go by the running job's names."""
    told: list[str] = []
    for group, named in zip(built.groups, as_running(built, running).groups, strict=True):
        if group.name != named.name:
            told.append(f"{group.name} is the group {named.name} of the running job, which keeps its name")
        told += [
            f"{own.name} is the task {task.name} of the running job, which keeps its name"
            for own, task in zip(group.tasks, named.tasks, strict=True)
            if own.name != task.name and group.name == named.name
        ]
    return tuple(told)


def group_questions(built: JobSpec, running: JobSpec) -> tuple[ChoiceQuestion, ...]:
    """What becomes of each group that only the running job has."""
    ours = {group.name for group in as_running(built, running).groups}
    return tuple(_question(group, running) for group in running.groups if group.name not in ours)


def _question(group: GroupSpec, running: JobSpec) -> ChoiceQuestion:
    return ChoiceQuestion(
        id=f"{group.name}.{GROUP_FIELD}",
        text=f"Keep or drop the group {group.name} of the running job {running.name}?",
        reason=f"{group.count} of it run, and nothing here says it: it may be another's, or left of what was renamed",
        choices=[Choice(value=KEEP, label="it runs on"), Choice(value=DROP, label="it is stopped with this deploy")],
        default=[KEEP],
    )


def dropped_groups(answers: Mapping[str, AnswerValue]) -> frozenset[str]:
    """The groups that are not to run on."""
    ending = f".{GROUP_FIELD}"
    return frozenset(key.removesuffix(ending) for key, one in answers.items() if key.endswith(ending) and one == [DROP])


def without_groups(running: JobSpec, dropped: frozenset[str]) -> JobSpec:
    """The running job as far as it runs on."""
    return running.model_copy(update={"groups": tuple(one for one in running.groups if one.name not in dropped)})
