"""Nodes as the API shows them: as a list entry and whole."""

from typing import Any

from muster.nomad.embedded.scheduler.machines import DeviceGroup
from muster.nomad.embedded.scheduler.nodes import DRIVER_ATTRIBUTES, NOMAD_VERSION, Node
from muster.nomad.embedded.state.nodes import Drain, LastDrain, NodeEvent, NodeState
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
BUILT_IN_DRIVERS = ("docker", "exec", "java", "qemu", "raw_exec")
NOT_DETECTED = {"docker": "Failed to connect to docker daemon"}
LOOPBACK = "127.0.0.1"


def render_node_stub(state: NodeState, start_ns: int, *, with_resources: bool = False) -> Json:
    """A node in a list."""
    stub: Json = {
        **_common(state, start_ns),
        "Address": state.node.address,
        "Version": NOMAD_VERSION,
    }
    return stub | _resources(state.node) if with_resources else stub


def render_node(state: NodeState, start_ns: int, http_address: str) -> Json:
    """The whole node."""
    node = state.node
    return {
        **_common(state, start_ns),
        **_resources(node),
        "Attributes": dict(node.attributes),
        "CSIControllerPlugins": None,
        "CSINodePlugins": {name: _plugin(name, start_ns) for name in node.csi_plugins} or None,
        "ComputedClass": node.computed_class,
        "DrainStrategy": _strategy(state.drain) if state.drain else None,
        "Events": [_event(event) for event in state.events],
        "HTTPAddr": http_address,
        "Links": {},
        "Meta": dict(node.meta),
        "Reserved": _legacy(0, 0, 0, None),
        "Resources": _legacy(node.cpu_mhz, node.memory_mb, node.disk_mb, _networks(node)),
        "SecretID": "",
        "StatusUpdatedAt": state.status_updated_ns // SECOND,
        "TLSEnabled": False,
    }


def _event(event: NodeEvent) -> Json:
    return {
        "CreateIndex": event.create_index,
        "Details": dict(event.details) or None,
        "Message": event.message,
        "Subsystem": event.subsystem,
        "Timestamp": timestamp(event.time_ns - event.time_ns % SECOND),
    }


def _strategy(drain: Drain) -> Json:
    return {
        "Deadline": drain.deadline_ns,
        "ForceDeadline": timestamp(drain.force_at_ns),
        "IgnoreSystemJobs": drain.ignore_system_jobs,
        "StartedAt": timestamp(drain.started_ns),
    }


def _last_drain(drain: LastDrain) -> Json:
    return {
        "AccessorID": "",
        "Meta": None,
        "StartedAt": timestamp(drain.started_ns - drain.started_ns % SECOND),
        "Status": drain.status,
        "UpdatedAt": timestamp(drain.updated_ns - drain.updated_ns % SECOND),
    }


def _plugin(name: str, start_ns: int) -> Json:
    return {
        "AllocID": "",
        "Healthy": True,
        "HealthDescription": "healthy",
        "NodeInfo": {"ID": name, "MaxVolumes": 0, "RequiresNodeStageVolume": False},
        "PluginID": name,
        "RequiresControllerPlugin": False,
        "RequiresTopologies": False,
        "UpdateTime": timestamp(start_ns),
    }


def _common(state: NodeState, start_ns: int) -> Json:
    node = state.node
    volumes = {
        name: {"Name": name, "Path": volume.path, "ReadOnly": volume.read_only}
        for name, volume in node.host_volumes.items()
    }
    return {
        "CreateIndex": state.create_index,
        "Datacenter": node.datacenter,
        "Drain": state.drain is not None,
        "Drivers": {driver: _driver(driver, node, start_ns) for driver in sorted({*BUILT_IN_DRIVERS, *node.drivers})},
        "HostVolumes": volumes or None,
        "ID": node.id,
        "LastDrain": _last_drain(state.last_drain) if state.last_drain else None,
        "ModifyIndex": state.modify_index,
        "Name": node.name,
        "NodeClass": node.node_class,
        "SchedulingEligibility": state.eligibility,
        "Status": state.status,
        "StatusDescription": "",
    }


def _driver(driver: str, node: Node, start_ns: int) -> Json:
    there = driver in node.drivers
    return {
        "Attributes": DRIVER_ATTRIBUTES.get(driver, {f"driver.{driver}": "true"}) if there else None,
        "Detected": there,
        "HealthDescription": "Healthy" if there else NOT_DETECTED.get(driver, ""),
        "Healthy": there,
        "UpdateTime": timestamp(start_ns),
    }


def _resources(node: Node) -> Json:
    addresses = [_address(node.address, "ipv4"), *([_address("::1", "ipv6")] if node.address == LOOPBACK else [])]
    node_network = {
        "Addresses": addresses,
        "Device": _interface(node),
        "MacAddress": "",
        "Mode": "host",
        "Speed": 1000,
    }
    return {
        "NodeResources": {
            "Cpu": {
                "CpuShares": node.cpu_mhz,
                "ReservableCpuCores": list(range(node.cores)),
                "TotalCpuCores": node.cores,
            },
            "Devices": [_device(group) for group in node.devices] or None,
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


def _device(group: DeviceGroup) -> Json:
    return {
        "Attributes": {name: {"String": str(value)} for name, value in group.attributes.items()} or None,
        "Instances": [
            {"HealthDescription": "", "Healthy": True, "ID": identifier, "Locality": None} for identifier in group.ids
        ],
        "Name": group.name,
        "Type": group.kind,
        "Vendor": group.vendor,
    }


def _interface(node: Node) -> str:
    """A development agent knows only the loopback interface, which has an address of each family."""
    return "lo" if node.address == LOOPBACK else "eth0"


def _address(address: str, family: str) -> Json:
    return {"Address": address, "Alias": "default", "Family": family, "Gateway": "", "ReservedPorts": ""}


def _networks(node: Node) -> list[Json]:
    ranges = [(node.address, 32), *([("::1", 128)] if node.address == LOOPBACK else [])]
    return [
        {
            "CIDR": f"{address}/{bits}",
            "DNS": None,
            "Device": _interface(node),
            "DynamicPorts": None,
            "IP": address,
            "MBits": 1000,
            "Mode": "host",
            "ReservedPorts": None,
        }
        for address, bits in ranges
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
