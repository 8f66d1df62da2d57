"""Whether a change gives a job more rights: every field that could give any is compared before and after.

It does not trust the kinds of patches: a kind that is added one day is held to the same.
"""

from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, TaskSpec
from muster.nomad.domain.values import Text

_MAY_CHANGE = {"image", "command", "args", "entrypoint"}
"""Fields of the driver's configuration that have a rule of their own below."""


def widening(before: JobSpec, after: JobSpec) -> str:
    """Which rights a change gives; empty where it gives none."""
    if _shape(before) != _shape(after):
        return "it changes what the job is made of"
    for one, other in zip(_tasks(before), _tasks(after), strict=True):
        if repository_of(one.config.image) != repository_of(other.config.image):
            return "it runs another image"
        if _started(other.config) not in (_started(one.config), _started(None)):
            return "it starts another command"
        rights = _rights(other)
        changed = next((name for name, value in _rights(one).items() if value != rights[name]), "")
        if changed:
            return f"it changes {changed}, which only a person may"
    return ""


def repository_of(image: Text) -> str:
    """An image without tag and digest."""
    if not isinstance(image, str):
        return image.expression
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _shape(spec: JobSpec) -> object:
    groups = [
        (one.name, one.count, one.volumes, one.constraints, one.network.mode if one.network else None)
        for one in spec.groups
    ]
    return (spec.name, spec.namespace, spec.region, spec.type, spec.node_pool, spec.constraints, groups, _names(spec))


def _names(spec: JobSpec) -> list[str]:
    return [task.name for task in _tasks(spec)]


def _tasks(spec: JobSpec) -> list[TaskSpec]:
    return [task for group in spec.groups for task in group.tasks]


def _started(config: DockerConfig | None) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    return (config.command, config.args, config.entrypoint) if config else (None, (), ())


def _rights(task: TaskSpec) -> dict[str, object]:
    return {
        **task.config.model_dump(exclude=_MAY_CHANGE),
        "driver": task.driver,
        "user": task.user,
        "templates": task.templates,
        "vault": task.vault,
        "devices": task.resources.devices,
        "lifecycle": task.lifecycle,
        "mounted volumes": task.mounts,
        "constraints": task.constraints,
    }
