"""What a cluster is, read from its agent and its nodes."""

from typing import Any

from muster.core.observability.tracing import span
from muster.nomad.domain.gpu_marks import gpu_marks
from muster.nomad.ports import ClusterFacts
from muster.nomad.tools.nomad_http import NomadHttp, json_of, object_of

Raw = dict[str, Any]

MOST_READ = 32
"""Nodes whose attributes and meta are read, each by a request of its own: the list does not hold them."""


def read_facts(http: NomadHttp, *, most_read: int = MOST_READ) -> ClusterFacts:
    """Version, datacenters, drivers, volumes, devices and the size of the biggest ready node.

    What the token may not see stays empty. Of each class one node is read before a second, `most_read` in all.

    Raises a ServiceError, also when something else than Nomad answers.
    """
    with span("get_nomad_version", kind="tool", input=http.address) as current:
        agent = _agent(http)
        current.output(_version(agent) or "not told to this token")
    nodes: list[Raw] = _readable(http, "/v1/nodes", resources="true") or []
    ready = [node for node in nodes if node["Status"] == "ready" and node["SchedulingEligibility"] == "eligible"]
    read = [_whole(http, node["ID"]) for node in _varied(ready)[:most_read]]
    attributes: dict[str, str] = _attributes(read[0]) if read else {}
    volumes = {volume for node in ready for volume in _host_volumes(node)}
    writable = {name for name, read_only in volumes if not read_only}
    config: Raw = agent.get("config") or {}
    return ClusterFacts(
        address=http.address,
        version=_version(agent) or attributes.get("nomad.version", ""),
        region=config.get("Region") or http.region or "global",
        datacenters=tuple(sorted({node["Datacenter"] for node in ready})),
        ready_nodes=len(ready),
        drivers=tuple(sorted({name for node in ready for name in _healthy_drivers(node)})),
        largest_node_cpu_mhz=max((_room(node, "Cpu", "CpuShares") for node in ready), default=0),
        largest_node_memory_mb=max((_room(node, "Memory", "MemoryMB") for node in ready), default=0),
        consul="consul.version" in attributes,
        vault="vault.version" in attributes,
        host_volumes=tuple(sorted(writable)),
        read_only_volumes=tuple(sorted({name for name, _ in volumes} - writable)),
        csi_volumes=_names(http, "/v1/volumes", "Schedulable"),
        csi_plugins=_names(http, "/v1/plugins", "NodesHealthy"),
        devices=tuple(sorted({name for node in ready for name in _healthy_devices(node)})),
        gpu_marks=gpu_marks((node.get("NodeClass") or "", node.get("Meta") or {}) for node in read),
        architectures=_architectures(read) if len(read) == len(ready) else (),
    )


def _agent(http: NomadHttp) -> Raw:
    answer = http.get("/v1/agent/self")
    return {} if answer.status_code == 403 else object_of(answer, "config")


def _version(agent: Raw) -> str:
    config: Raw = agent.get("config") or {}
    version: Raw = config.get("Version") or {}
    return version.get("Version") or ""


def _readable(http: NomadHttp, path: str, **params: str) -> Any:
    answer = http.get(path, params=params)
    return None if answer.status_code in (403, 404) else json_of(answer)


def _varied(nodes: list[Raw]) -> list[Raw]:
    """The first of each class and datacenter first, else in their order."""
    first = {(node.get("NodeClass"), node["Datacenter"]): node["ID"] for node in reversed(nodes)}
    return sorted(nodes, key=lambda node: node["ID"] not in first.values())


def _whole(http: NomadHttp, node_id: str) -> Raw:
    return _readable(http, f"/v1/node/{node_id}") or {}


def _attributes(node: Raw) -> dict[str, str]:
    return node.get("Attributes") or {}


def _architectures(nodes: list[Raw]) -> tuple[str, ...]:
    """Empty where a node does not tell."""
    found = {_attributes(node).get("cpu.arch", "") for node in nodes}
    return () if "" in found else tuple(sorted(found))


def _healthy_drivers(node: Raw) -> list[str]:
    drivers: dict[str, Raw] = node.get("Drivers") or {}
    return [name for name, driver in drivers.items() if driver.get("Healthy")]


def _host_volumes(node: Raw) -> list[tuple[str, bool]]:
    volumes: dict[str, Raw] = node.get("HostVolumes") or {}
    return [(name, bool(volume.get("ReadOnly"))) for name, volume in volumes.items()]


def _healthy_devices(node: Raw) -> list[str]:
    resources: Raw = node.get("NodeResources") or {}
    groups: list[Raw] = resources.get("Devices") or []
    return [f"{group['Vendor']}/{group['Type']}/{group['Name']}" for group in groups if _some_healthy(group)]


def _some_healthy(group: Raw) -> bool:
    instances: list[Raw] = group.get("Instances") or []
    return any(one.get("Healthy") for one in instances)


def _names(http: NomadHttp, path: str, usable: str) -> tuple[str, ...]:
    found: list[Raw] = _readable(http, path, type="csi") or []
    return tuple(sorted({one["ID"] for one in found if one.get(usable)}))


def _room(node: Raw, kind: str, amount: str) -> int:
    return _amount(node, "NodeResources", kind, amount) - _amount(node, "ReservedResources", kind, amount)


def _amount(node: Raw, of: str, kind: str, amount: str) -> int:
    resources: Raw = node.get(of) or {}
    part: Raw = resources.get(kind) or {}
    return part.get(amount) or 0
