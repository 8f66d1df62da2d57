"""Patches of one task: its resources, image, environment, command, and who owns its volume."""

from collections.abc import Container
from typing import Literal

from muster.nomad.domain.names import free_name
from muster.nomad.domain.patches.targets import absent
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, Lifecycle, Resources, TaskSpec, VolumeMount
from muster.nomad.domain.values import Part, Text

CHOWN_IMAGE = "busybox:1.36"
"""Small, public, and has `chown`; an application's own image may have neither shell nor chown."""


class _OfTask(Part):
    group: str
    task: str

    def _change(self, spec: JobSpec, **fields: object) -> JobSpec:
        return spec.with_task(self.group, spec.task(self.group, self.task).model_copy(update=fields))


class SetMemory(_OfTask):
    """Reserve this much memory; `memory_max_mb` is the ceiling, None for the reservation itself."""

    kind: Literal["set_memory"] = "set_memory"
    memory_mb: int
    memory_max_mb: int | None = None

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that memory."""
        fields = {"memory_mb": self.memory_mb, "memory_max_mb": self.memory_max_mb}
        return self._change(spec, resources=spec.task(self.group, self.task).resources.model_copy(update=fields))


class SetCpu(_OfTask):
    """Reserve this much CPU, in MHz; whole cores are given up for it."""

    kind: Literal["set_cpu"] = "set_cpu"
    cpu_mhz: int

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that CPU share."""
        fields = {"cpu_mhz": self.cpu_mhz, "cores": None}
        return self._change(spec, resources=spec.task(self.group, self.task).resources.model_copy(update=fields))


class SetImage(_OfTask):
    """Run another image."""

    kind: Literal["set_image"] = "set_image"
    image: Text

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that image."""
        return self._change(spec, config=_config(self, spec).model_copy(update={"image": self.image}))


class SetEnv(_OfTask):
    """Give the task an environment variable. Never a secret value: specs are stored."""

    kind: Literal["set_env"] = "set_env"
    name: str
    value: Text

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that variable."""
        return self._change(spec, env=spec.task(self.group, self.task).env | {self.name: self.value})


class ClearCommand(_OfTask):
    """Start what the image itself starts."""

    kind: Literal["clear_command"] = "clear_command"

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job without command, arguments and entrypoint."""
        return self._change(
            spec, config=_config(self, spec).model_copy(update={"command": None, "args": (), "entrypoint": ()})
        )


class AddChownTask(_OfTask):
    """Before the task starts, give what it mounts of a group's volume to the user that it runs as."""

    kind: Literal["add_chown_task"] = "add_chown_task"
    volume: str
    uid: int

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with a prestart task that owns nothing but the volume."""
        mounts = spec.task(self.group, self.task).mounts
        mount = next((one for one in mounts if one.volume == self.volume), None) or absent("volume", self.volume)
        group = spec.group(self.group)
        taken = [task.name for task in group.tasks if not _is_chown(task)]
        first = chown_task(mount, self.uid, taken)
        others = tuple(task for task in group.tasks if task.name != first.name)
        return spec.with_group(group.model_copy(update={"tasks": (first, *others)}))


def chown_task(mount: VolumeMount, uid: int, taken: Container[str]) -> TaskSpec:
    """A prestart task that gives the mounted volume to that user id; `taken` are the names of the other tasks."""
    return TaskSpec(
        name=free_name(f"chown-{mount.volume}", taken),
        config=DockerConfig(image=CHOWN_IMAGE, command="chown", args=("-R", str(uid), mount.destination)),
        resources=Resources(cpu_mhz=50, memory_mb=32),
        lifecycle=Lifecycle(hook="prestart"),
        mounts=(mount.model_copy(update={"read_only": False}),),
    )


def _is_chown(task: TaskSpec) -> bool:
    return task.config.image == CHOWN_IMAGE and task.config.command == "chown"


def _config(patch: _OfTask, spec: JobSpec) -> DockerConfig:
    return spec.task(patch.group, patch.task).config
