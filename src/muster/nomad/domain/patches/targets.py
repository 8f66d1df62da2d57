"""Finds and replaces what a patch points at: a port, a service, a check, a rollout."""

from collections.abc import Callable
from typing import NoReturn

from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.policies import Update
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec


def on_host_network(task: TaskSpec) -> bool:
    """Whether the container shares the host's network: then a port has no inside (`to` only misleads)."""
    return task.config.network_mode == "host"


def port_of(group: GroupSpec, label: str) -> Port:
    """The group's port of that label. Raises KeyError when there is none."""
    ports = group.network.ports if group.network else ()
    return next((port for port in ports if port.label == label), None) or absent("port", label)


def check_of(spec: JobSpec, group: str, service: str, check: int) -> Check:
    """That check. Raises KeyError when there is none."""
    found = next((one for one in services_of(spec.group(group)) if one.name == service), None)
    checks = found.checks if found else ()
    return checks[check] if check < len(checks) else absent("check", f"{service}[{check}]")


def services_of(group: GroupSpec) -> tuple[Service, ...]:
    """The services of the group and of its tasks."""
    return group.services + tuple(service for task in group.tasks for service in task.services)


def update_of(spec: JobSpec, group: str) -> Update:
    """The rollout that applies to the group: its own, else the job's, else Nomad's default."""
    return spec.group(group).update or spec.update or Update()


def with_port(spec: JobSpec, group: str, port: Port) -> JobSpec:
    """The same job with the group's port of that label replaced."""
    owner = spec.group(group)
    network = owner.network or Network()
    ports = tuple(port if one.label == port.label else one for one in network.ports)
    return spec.with_group(owner.model_copy(update={"network": network.model_copy(update={"ports": ports})}))


def with_service(spec: JobSpec, group: str, name: str, change: Callable[[Service], Service]) -> JobSpec:
    """The same job with the service of that name changed, wherever it is in the group."""
    owner = spec.group(group)

    def changed(services: tuple[Service, ...]) -> tuple[Service, ...]:
        return tuple(change(one) if one.name == name else one for one in services)

    tasks = tuple(task.model_copy(update={"services": changed(task.services)}) for task in owner.tasks)
    return spec.with_group(owner.model_copy(update={"services": changed(owner.services), "tasks": tasks}))


def absent(kind: str, name: str) -> NoReturn:
    """Raises KeyError: the job has no such thing."""
    raise KeyError(f"no {kind} named {name!r} in this job")
