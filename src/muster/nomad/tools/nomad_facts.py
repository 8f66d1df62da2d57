"""What a cluster is, read from its agent and its nodes."""

from typing import Any

from muster.nomad.ports import ClusterFacts
from muster.nomad.tools.nomad_http import NomadHttp

Raw = dict[str, Any]


def read_facts(http: NomadHttp) -> ClusterFacts:
    """Version, datacenters, drivers and the size of the biggest ready node; what the token may not see stays empty."""
    agent = _readable(http, "/v1/agent/self") or {}
    nodes: list[Raw] = _readable(http, "/v1/nodes", resources="true") or []
    ready = [node for node in nodes if node["Status"] == "ready" and node["SchedulingEligibility"] == "eligible"]
    attributes = _attributes(http, ready)
    config: Raw = agent.get("config") or {}
    return ClusterFacts(
        address=http.address,
        version=(config.get("Version") or {}).get("Version") or attributes.get("nomad.version", ""),
        region=config.get("Region") or http.region or "global",
        datacenters=tuple(sorted({node["Datacenter"] for node in ready})),
        ready_nodes=len(ready),
        drivers=tuple(sorted({name for node in ready for name in _healthy_drivers(node)})),
        largest_node_cpu_mhz=max((_room(node, "Cpu", "CpuShares") for node in ready), default=0),
        largest_node_memory_mb=max((_room(node, "Memory", "MemoryMB") for node in ready), default=0),
        consul="consul.version" in attributes,
        vault="vault.version" in attributes,
    )


def _readable(http: NomadHttp, path: str, **params: str) -> Any:
    answer = http.get(path, params=params)
    return None if answer.is_error else answer.json()


def _attributes(http: NomadHttp, nodes: list[Raw]) -> dict[str, str]:
    return (_readable(http, f"/v1/node/{nodes[0]['ID']}") or {}).get("Attributes") or {} if nodes else {}


def _healthy_drivers(node: Raw) -> list[str]:
    return [name for name, driver in (node.get("Drivers") or {}).items() if driver.get("Healthy")]


def _room(node: Raw, kind: str, amount: str) -> int:
    everything = ((node.get("NodeResources") or {}).get(kind) or {}).get(amount) or 0
    reserved = ((node.get("ReservedResources") or {}).get(kind) or {}).get(amount) or 0
    return everything - reserved
