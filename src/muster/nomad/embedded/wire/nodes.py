"""Nodes as the API shows them: as a list entry and whole."""

from typing import Any

from muster.nomad.embedded.scheduler.nodes import DRIVER_ATTRIBUTES, NOMAD_VERSION, Node
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
BUILT_IN_DRIVERS = ("docker", "exec", "java", "qemu", "raw_exec")
CREATE_INDEX, MODIFY_INDEX = 7, 9


def render_node_stub(node: Node, start_ns: int, *, with_resources: bool = False) -> Json:
    """A node in a list."""
    stub: Json = {
        **_common(node, start_ns),
        "Address": node.address,
        "LastDrain": None,
        "Version": NOMAD_VERSION,
    }
    return stub | _resources(node) if with_resources else stub


def render_node(node: Node, start_ns: int, http_address: str) -> Json:
    """The whole node."""
    registered = {
        "CreateIndex": 0,
        "Details": None,
        "Message": "Node registered",
        "Subsystem": "Cluster",
        "Timestamp": timestamp(start_ns - start_ns % SECOND),
    }
    return {
        **_common(node, start_ns),
        **_resources(node),
        "Attributes": dict(node.attributes),
        "CSIControllerPlugins": None,
        "CSINodePlugins": None,
        "ComputedClass": node.computed_class,
        "DrainStrategy": None,
        "Events": [registered],
        "HTTPAddr": http_address,
        "LastDrain": None,
        "Links": {},
        "Meta": dict(node.meta),
        "Reserved": _legacy(0, 0, 0, None),
        "Resources": _legacy(node.cpu_mhz, node.memory_mb, node.disk_mb, _networks(node)),
        "SecretID": "",
        "StatusUpdatedAt": start_ns // SECOND,
        "TLSEnabled": False,
    }


def _common(node: Node, start_ns: int) -> Json:
    volumes = {
        name: {"Name": name, "Path": volume.path, "ReadOnly": volume.read_only}
        for name, volume in node.host_volumes.items()
    }
    return {
        "CreateIndex": CREATE_INDEX,
        "Datacenter": node.datacenter,
        "Drain": False,
        "Drivers": {driver: _driver(driver, node, start_ns) for driver in sorted({*BUILT_IN_DRIVERS, *node.drivers})},
        "HostVolumes": volumes or None,
        "ID": node.id,
        "ModifyIndex": MODIFY_INDEX,
        "Name": node.name,
        "NodeClass": node.node_class,
        "SchedulingEligibility": "eligible",
        "Status": "ready",
        "StatusDescription": "",
    }


def _driver(driver: str, node: Node, start_ns: int) -> Json:
    there = driver in node.drivers
    return {
        "Attributes": DRIVER_ATTRIBUTES.get(driver, {f"driver.{driver}": "true"}) if there else None,
        "Detected": there,
        "HealthDescription": "Healthy" if there else "",
        "Healthy": there,
        "UpdateTime": timestamp(start_ns),
    }


def _resources(node: Node) -> Json:
    address = {
        "Address": node.address,
        "Alias": "default",
        "Family": "ipv4",
        "Gateway": "",
        "ReservedPorts": "",
    }
    node_network = {"Addresses": [address], "Device": "eth0", "MacAddress": "", "Mode": "host", "Speed": 1000}
    return {
        "NodeResources": {
            "Cpu": {"CpuShares": node.cpu_mhz, "ReservableCpuCores": None, "TotalCpuCores": 4},
            "Devices": None,
            "Disk": {"DiskMB": node.disk_mb},
            "Memory": {"MemoryMB": node.memory_mb},
            "Networks": _networks(node),
            "NodeNetworks": [node_network],
        },
        "ReservedResources": {
            "Cpu": {"CpuShares": 0, "ReservedCpuCores": None},
            "Disk": {"DiskMB": 0},
            "Memory": {"MemoryMB": 0},
            "Networks": {"ReservedHostPorts": ",".join(map(str, node.reserved_ports))},
        },
    }


def _networks(node: Node) -> list[Json]:
    return [
        {
            "CIDR": f"{node.address}/32",
            "DNS": None,
            "Device": "eth0",
            "DynamicPorts": None,
            "IP": node.address,
            "MBits": 1000,
            "Mode": "host",
            "ReservedPorts": None,
        }
    ]


def _legacy(cpu: int, memory_mb: int, disk_mb: int, networks: list[Json] | None) -> Json:
    return {
        "CPU": cpu,
        "Cores": 0,
        "Devices": None,
        "DiskMB": disk_mb,
        "IOPS": 0,
        "MemoryMB": memory_mb,
        "MemoryMaxMB": 0,
        "Networks": networks,
    }
