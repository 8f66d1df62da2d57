"""A job's spec as facts, each with the names of the blocks that it stands in."""

from collections.abc import Iterator

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.existing.projection import KEPT_SECRET
from muster.nomad.domain.facts import (
    CommandFact,
    EnvFact,
    Fact,
    HealthFact,
    ImageFact,
    NameFact,
    NetworkModeFact,
    PortFact,
    ReplicasFact,
    ResourcesFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
    WorkloadFact,
)
from muster.nomad.domain.network import Check, Port
from muster.nomad.domain.patches.targets import on_host_network, services_of
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec

Said = Iterator[tuple[Fact, tuple[str, ...]]]


def said_of_job(spec: JobSpec) -> Said:
    """Its name and its kind."""
    yield NameFact(name=spec.name), ()
    if spec.periodic:
        yield WorkloadFact(workload="periodic", cron=spec.periodic.cron or None), ("periodic",)
    elif spec.type == "service":
        yield WorkloadFact(workload="server"), ("type",)
    else:
        yield WorkloadFact(workload="system" if spec.type == "system" else "batch"), ("type",)


def said_of_task(group: GroupSpec, task: TaskSpec) -> Said:
    """What a docker task runs, listens on, is told and is given."""
    own = ("task", task.name)
    image = task.config.image
    if isinstance(image, str) and image and "${var." not in image:
        yield ImageFact(image=image), (*own, "config", "image")
    yield ReplicasFact(count=group.count), ("count",)
    yield _resources(task), (*own, "resources")
    yield from _ports(group, task)
    yield from _env(task, own)
    yield from _container(task, own)
    yield from _volumes(group, task, own)
    for service in services_of(group):
        for check in service.checks:
            if (health := _health(check)) is not None:
                yield health, ("service",)


def _resources(task: TaskSpec) -> ResourcesFact:
    given = task.resources
    return ResourcesFact(
        cpu_mhz=given.cpu_mhz,
        memory_mb=given.memory_mb,
        memory_max_mb=given.memory_max_mb,
        gpus=next((device.count for device in given.devices if "gpu" in device.name), None),
    )


def _ports(group: GroupSpec, task: TaskSpec) -> Said:
    """The ports whose number inside is known: `to`, else the static one."""
    for port in group.network.ports if group.network else ():
        inside = port.static if on_host_network(task) else port.to or port.static
        named = port.label in task.config.ports or len(group.tasks) == 1
        if named and inside and 0 < inside < 65536:
            fact = PortFact(port=inside, published=port.static, env=_variable_of(task, port))
            yield fact, ("network", "port", port.label)


def _variable_of(task: TaskSpec, port: Port) -> str | None:
    wanted = f"${{NOMAD_PORT_{port.label}}}"
    return next((name for name, value in task.env.items() if value == wanted), None)


def _env(task: TaskSpec, own: tuple[str, ...]) -> Said:
    for name, value in task.env.items():
        if value == KEPT_SECRET:
            yield EnvFact(name=name, secret=True), (*own, "env", name)
        elif isinstance(value, str):
            yield env_fact(name, value), (*own, "env", name)


def _container(task: TaskSpec, own: tuple[str, ...]) -> Said:
    config = task.config
    words = (*([config.command] if config.command else ()), *config.args)
    if words or config.entrypoint:
        yield (
            CommandFact(command=words or None, entrypoint=config.entrypoint or None),
            (*own, "config", "command" if config.command else "args"),
        )
    if config.work_dir:
        yield WorkdirFact(path=config.work_dir), (*own, "config", "work_dir")
    if config.network_mode:
        yield NetworkModeFact(mode=config.network_mode), (*own, "config", "network_mode")
    if task.user:
        uid = task.user.partition(":")[0]
        yield UserFact(user=task.user, uid=int(uid) if uid.isdecimal() and len(uid) < 10 else None), (*own, "user")


def _volumes(group: GroupSpec, task: TaskSpec, own: tuple[str, ...]) -> Said:
    sources = {volume.name: volume.source for volume in group.volumes}
    for mount in task.mounts:
        fact = VolumeFact(
            path=mount.destination, source=sources.get(mount.volume), type="named", read_only=mount.read_only
        )
        yield fact, (*own, "volume_mount")


def _health(check: Check) -> HealthFact | None:
    if check.type == "http" and check.path:
        return HealthFact(type="http", path=check.path, interval_s=check.interval_s, timeout_s=check.timeout_s)
    return HealthFact(type="tcp", interval_s=check.interval_s, timeout_s=check.timeout_s)
