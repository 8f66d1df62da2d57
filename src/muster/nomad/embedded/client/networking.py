"""Which of an allocation's ports lead to a listening app (facts: `to`, host networking, docker's `ports`)."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from muster.nomad.embedded.client.behaviours import Behaviour
from muster.nomad.embedded.client.configs import listed
from muster.nomad.embedded.state.specs import GroupSpec, TaskSpec
from muster.nomad.embedded.state.values import AllocatedPort, Allocation


def on_host_network(group: GroupSpec, task: TaskSpec) -> bool:
    """Whether the task shares the node's own ports."""
    if group.network_mode.startswith(("bridge", "cni/")):
        return False
    return task.driver != "docker" or task.config.get("network_mode") == "host"


def inner_port(group: GroupSpec, task: TaskSpec, port: AllocatedPort) -> int | None:
    """The port inside the task that a host port leads to; None when nothing maps it."""
    if on_host_network(group, task):
        return port.value
    shared = group.network_mode.startswith(("bridge", "cni/"))
    if not shared and port.label not in _published(task):
        return None
    return port.to if port.to > 0 else port.value


def _published(task: TaskSpec) -> Iterable[str]:
    mapped: Any = task.config.get("port_map") or []
    maps = cast("list[Any]", mapped if isinstance(mapped, list) else [mapped])
    return [
        *listed(task, "ports"),
        *(label for entry in maps if isinstance(entry, dict) for label in cast("dict[str, Any]", entry)),
    ]


def listening_ports(
    behaviour: Behaviour, group: GroupSpec, task: TaskSpec, allocation: Allocation, env: Mapping[str, str]
) -> frozenset[int]:
    """The ports that the app opens; an app that nobody described opens those that the job expects."""
    if behaviour.listens is None:
        expected = [inner_port(group, task, port) for port in allocation.ports]
        return frozenset(port for port in expected if port is not None)
    opened = [_opened(env.get(listener.env, ""), listener.port) for listener in behaviour.listens]
    return frozenset(port for port in opened if port)


def _opened(value: str, otherwise: int) -> int:
    return int(value) if value.isdigit() else otherwise


def reaches(allocation: Allocation, group: GroupSpec, task: TaskSpec, label: str, listening: Iterable[int]) -> bool:
    """Whether a connection to the labelled host port reaches the listening app."""
    port = next((port for port in allocation.ports if port.label == label), None)
    return port is not None and inner_port(group, task, port) in set(listening)
