"""Whether a task may write where its image writes: fresh volumes belong to root until a task chowns them."""

from typing import Any, cast

from muster.nomad.embedded.client.behaviours import Behaviour
from muster.nomad.embedded.client.configs import command_of, listed
from muster.nomad.embedded.state.specs import GroupSpec, TaskSpec

ROOT = ("root", "0", "0:0", "root:root")


def forbidden_path(behaviour: Behaviour, group: GroupSpec, task: TaskSpec) -> str | None:
    """The first path that the app writes and may not; None when all is well."""
    if not behaviour.uid or task.user in ROOT:
        return None
    for path in behaviour.writes:
        source = _mounted_at(task, path)
        if source is not None and not _chowned(group, task, source):
            return path
    return None


def _mounted_at(task: TaskSpec, path: str) -> str | None:
    """What is mounted at the path or above it: a group volume's name or a host path."""
    mounts = [(mount.destination, mount.volume) for mount in task.mounts if not mount.read_only]
    mounts += [(target, source) for source, target in _docker_mounts(task)]
    found = [(target, source) for target, source in mounts if _within(path, target)]
    return max(found, key=lambda entry: len(entry[0]))[1] if found else None


def _within(path: str, target: str) -> bool:
    return path == target or path.startswith(target.rstrip("/") + "/")


def _docker_mounts(task: TaskSpec) -> list[tuple[str, str]]:
    parts = [volume.split(":") for volume in listed(task, "volumes")]
    found = [(entry[0], entry[1]) for entry in parts if len(entry) > 1 and entry[-1] != "ro"]
    mounts: Any = task.config.get("mount") or task.config.get("mounts") or []
    items = cast("list[Any]", mounts if isinstance(mounts, list) else [mounts])
    blocks = [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
    return found + [(str(b.get("source", "")), str(b.get("target", ""))) for b in blocks if b.get("type") != "tmpfs"]


def _chowned(group: GroupSpec, task: TaskSpec, source: str) -> bool:
    """Whether a prestart task with the same volume gives it away before."""
    return any(
        other.hook == "prestart"
        and other.name != task.name
        and any(word in command_of(other) for word in ("chown", "chmod"))
        and (source in [mount.volume for mount in other.mounts] or source in [s for s, _ in _docker_mounts(other)])
        for other in group.tasks
    )
