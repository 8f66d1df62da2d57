"""The machines of the cluster: what they have, and how a YAML file describes them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.described import read_records
from muster.nomad.embedded.scheduler.machines import DeviceGroup, NodeScript, read_device, read_script

DEFAULT_NODES = Path(__file__).parents[1] / "nodes.yaml"
ADVICE = "It is YAML: `nodes:` and a list of machines, each with a name; see nodes.yaml in the package."
NOMAD_VERSION = "1.1.2"
CONSUL_VERSION = "1.10.0"
VAULT_VERSION = "1.4.3"
DRIVER_ATTRIBUTES: dict[str, dict[str, str]] = {
    "docker": {
        "driver.docker": "true",
        "driver.docker.os_type": "linux",
        "driver.docker.runtimes": "io.containerd.runc.v2,io.containerd.runtime.v1.linux,runc",
        "driver.docker.version": "20.10.24+dfsg1",
        "driver.docker.volumes.enabled": "true",
    },
    "exec": {"driver.exec": "true"},
    "java": {
        "driver.java": "true",
        "driver.java.runtime": "OpenJDK Runtime Environment (build 17.0.15+6-Debian-1deb12u1)",
        "driver.java.version": "17.0.15",
        "driver.java.vm": "OpenJDK 64-Bit Server VM (build 17.0.15+6-Debian-1deb12u1, mixed mode, sharing)",
    },
    "mock_driver": {"driver.mock": "true"},
    "qemu": {"driver.qemu": "true"},
    "raw_exec": {"driver.raw_exec": "true"},
}


@dataclass(frozen=True)
class HostVolume:
    """A folder of a machine that jobs may mount by name."""

    path: str
    read_only: bool = False


@dataclass(frozen=True)
class Node:
    """One client. MHz, MiB; `host_volumes` are by name, `script` is what happens to it, and when."""

    id: str
    name: str
    datacenter: str
    node_class: str
    address: str
    cpu_mhz: int
    memory_mb: int
    disk_mb: int
    drivers: tuple[str, ...]
    attributes: Mapping[str, str]
    meta: Mapping[str, str]
    host_volumes: Mapping[str, HostVolume]
    reserved_ports: tuple[int, ...]
    devices: tuple[DeviceGroup, ...]
    bridge: bool
    cores: int = 4
    csi_plugins: tuple[str, ...] = ()
    script: NodeScript = field(default_factory=NodeScript)

    @property
    def computed_class(self) -> str:
        """Nodes of one class are alike to the scheduler: all but their unique attributes are the same."""
        alike = {k: v for k, v in self.attributes.items() if not k.startswith("unique.")}
        devices = [device.identity for device in self.devices]
        facts = [self.datacenter, self.node_class, alike, dict(self.meta), self.drivers, devices]
        text = json.dumps(facts, sort_keys=True)
        return "v1:" + str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def load_nodes(path: Path | None = None) -> tuple[Node, ...]:
    """The nodes of a YAML file, or the packaged ones. Raises UsageError when the file makes no sense."""
    return read_nodes(node_records(path))


def node_records(path: Path | None = None) -> list[dict[str, Any]]:
    """The raw records of a nodes file. Raises UsageError when there are none."""
    return read_records(path or DEFAULT_NODES, "nodes", _some_nodes, ADVICE)


def _some_nodes(records: list[dict[str, Any]]) -> None:
    if not read_nodes(records):
        raise ValueError("it names no machine")


def read_nodes(records: list[dict[str, Any]]) -> tuple[Node, ...]:
    """Nodes out of raw records; all but the name has a default."""
    return tuple(_node(record, number) for number, record in enumerate(records, start=1))


def _node(record: dict[str, Any], number: int) -> Node:
    drivers = tuple(sorted(record.get("drivers", ("docker", "exec"))))
    address = record.get("address", f"10.0.0.{10 + number}")
    node_id = record.get("id") or stable_identifier("node", record["name"])
    cpu = int(record.get("cpu_mhz", 8000))
    memory = int(record.get("memory_mb", 16384))
    return Node(
        id=node_id,
        name=record["name"],
        datacenter=record.get("datacenter", "dc1"),
        node_class=record.get("class", ""),
        address=address,
        cpu_mhz=cpu,
        memory_mb=memory,
        disk_mb=int(record.get("disk_mb", 65536)),
        drivers=drivers,
        attributes=_attributes(record, drivers, address, cpu, memory),
        meta={key: str(value) for key, value in record.get("meta", {}).items()},
        host_volumes={name: _host_volume(volume) for name, volume in record.get("host_volumes", {}).items()},
        reserved_ports=tuple(record.get("reserved_ports", ())),
        devices=tuple(read_device(device, node_id) for device in record.get("devices", ())),
        bridge=record.get("bridge", True),
        cores=int(record.get("cores", 4)),
        csi_plugins=tuple(record.get("csi_plugins", ())),
        script=read_script(record),
    )


def _host_volume(volume: str | dict[str, Any]) -> HostVolume:
    if isinstance(volume, str):
        return HostVolume(volume)
    return HostVolume(volume["path"], bool(volume.get("read_only", False)))


def _attributes(
    record: dict[str, Any], drivers: tuple[str, ...], address: str, cpu: int, memory: int
) -> dict[str, str]:
    found = {
        "cpu.arch": "amd64",
        "cpu.numcores": str(record.get("cores", 4)),
        "cpu.totalcompute": str(cpu),
        "kernel.name": "linux",
        "memory.totalbytes": str(memory * 1024 * 1024),
        "nomad.version": NOMAD_VERSION,
        "os.name": "debian",
        "os.version": "12.11",
        "unique.hostname": record["name"],
        "unique.network.ip-address": address,
    }
    found |= {"consul.version": CONSUL_VERSION} if record.get("consul", True) else {}
    found |= {"vault.version": VAULT_VERSION} if record.get("vault", True) else {}
    for driver in drivers:
        found |= {f"driver.{driver}": "1"}
        found |= {key: value for key, value in DRIVER_ATTRIBUTES.get(driver, {}).items() if key != f"driver.{driver}"}
    return found | {key: str(value) for key, value in record.get("attributes", {}).items()}
