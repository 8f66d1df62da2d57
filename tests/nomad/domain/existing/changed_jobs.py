"""Small changes of a spec that tests write into job files."""

from collections.abc import Iterator, Mapping

from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Text


def with_count(spec: JobSpec, group: str, count: int) -> JobSpec:
    return spec.with_group(spec.group(group).model_copy(update={"count": count}))


def with_memory(spec: JobSpec, group: str, task: str, memory_mb: int) -> JobSpec:
    old = spec.task(group, task)
    resources = old.resources.model_copy(update={"memory_mb": memory_mb})
    return spec.with_task(group, old.model_copy(update={"resources": resources}))


def with_image(spec: JobSpec, group: str, task: str, image: str) -> JobSpec:
    old = spec.task(group, task)
    return spec.with_task(group, old.model_copy(update={"config": old.config.model_copy(update={"image": image})}))


def with_env(spec: JobSpec, group: str, task: str, env: Mapping[str, Text]) -> JobSpec:
    return spec.with_task(group, spec.task(group, task).model_copy(update={"env": dict(env)}))


def small_changes(spec: JobSpec) -> Iterator[JobSpec]:
    """A count, and of each docker task the memory, the image, a variable more and one less."""
    for group in spec.groups:
        yield with_count(spec, group.name, group.count + 1)
        for task in group.tasks:
            yield with_memory(spec, group.name, task.name, task.resources.memory_mb + 7)
            yield with_image(spec, group.name, task.name, "registry.example.com/new:1")
            yield with_env(spec, group.name, task.name, {**task.env, "NEW_ONE": "x y"})
            if task.env:
                yield with_env(spec, group.name, task.name, dict(list(task.env.items())[1:]))
