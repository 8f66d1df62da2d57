"""One task: the image, what it starts, its environment, its share of the node."""

from muster.nomad.domain.build.discovery import command_words
from muster.nomad.domain.build.env import own_words, place_reads, task_env, task_templates
from muster.nomad.domain.build.placing import GPU, GPU_RUNTIME, gpu_mark
from muster.nomad.domain.build.secrets import vault_block
from muster.nomad.domain.build.site import Site, image_variable, on_host_network, port_label
from muster.nomad.domain.build.volumes import lost_folders, scratch_mounts, volume_mounts
from muster.nomad.domain.facts import ContainerFact
from muster.nomad.domain.profile import RUN_ORIGINS, ServiceProfile
from muster.nomad.domain.task import Device, DockerConfig, Lifecycle, Resources, TaskSpec
from muster.nomad.domain.values import Text, VarRef
from muster.nomad.domain.workload import Size, size_workload

SMALLEST_MEMORY_MB = 10
"""Nomad refuses less."""

"""Who changes what the image starts; what the Dockerfile says is in the image already."""


def service_task(site: Site, service: ServiceProfile, *, before: bool = False, shared: bool = False) -> TaskSpec:
    """The task of a service; `before` the group's main one, or in a network that tasks share."""
    container, reads = container_of(service), place_reads(site, service)
    return TaskSpec(
        name=service.name,
        config=_config(site, service, ports=not (before or shared)),
        user=service.user.value.user if service.user and service.user.source in RUN_ORIGINS else None,
        env=task_env(site, service),
        templates=task_templates(site, service),
        vault=vault_block(reads, _vault_policies(service), site.job, site.version),
        secrets=reads.secrets,
        resources=task_resources(site, service),
        lifecycle=Lifecycle(hook="prestart") if before else None,
        mounts=volume_mounts(service),
        kill_timeout_s=container.stop_grace_s,
        kill_signal=container.stop_signal,
    )


def _vault_policies(service: ServiceProfile) -> tuple[str, ...]:
    return service.vault_policies.value if service.vault_policies else ()


def container_of(service: ServiceProfile) -> ContainerFact:
    """What is said of its container, by whoever says it."""
    return service.container.value if service.container else ContainerFact()


def has_readonly_rootfs(service: ServiceProfile) -> bool:
    """Whether its root is read-only; not where that would close a folder that compose leaves writable."""
    return container_of(service).readonly_rootfs and not lost_folders(service)


def task_size(site: Site, service: ServiceProfile) -> Size:
    """CPU and memory with their reasons."""
    return size_workload(service, cpu_mhz=site.defaults.cpu_mhz, memory_mb=site.defaults.memory_mb)


def task_resources(site: Site, service: ServiceProfile) -> Resources:
    """What the task reserves; a ceiling only above the reservation."""
    size = task_size(site, service)
    memory = max(size.memory_mb.value, SMALLEST_MEMORY_MB)
    ceiling = service.memory_max_mb.value if service.memory_max_mb else 0
    return Resources(
        cpu_mhz=size.cpu_mhz.value,
        memory_mb=memory,
        memory_max_mb=ceiling if ceiling > memory else None,
        devices=(Device(name=GPU, count=service.gpus.value),) if service.gpus and not gpu_mark(site.target) else (),
    )


def task_image(service: ServiceProfile) -> Text:
    """The image by evidence or the user's word; else a variable, never a base image."""
    return service.image.value if service.image else VarRef(var=image_variable(service))


def _config(site: Site, service: ServiceProfile, *, ports: bool) -> DockerConfig:
    container = container_of(service)
    command = command_words(site, service, own_words(service.command))
    return DockerConfig(
        image=task_image(service),
        command=command[0] if command else None,
        args=command[1:],
        entrypoint=command_words(site, service, own_words(service.entrypoint)),
        ports=tuple(port_label(service, port) for port in service.ports) if ports else (),
        network_mode="host" if on_host_network(service) else None,
        work_dir=service.workdir.value if service.workdir and service.workdir.source in RUN_ORIGINS else None,
        mounts=scratch_mounts(service),
        cap_drop=container.cap_drop,
        labels=container.labels,
        hostname=None if on_host_network(service) else container.hostname,
        shm_size=container.shm_size,
        init=container.init,
        readonly_rootfs=has_readonly_rootfs(service),
        runtime=GPU_RUNTIME if service.gpus and gpu_mark(site.target) else None,
    )
