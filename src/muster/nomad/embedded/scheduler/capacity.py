"""What is left on a node: cpu, memory, disk and ports, and how a group's ports are assigned."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import GroupSpec, PortSpec
from muster.nomad.embedded.state.values import AllocatedPort, Allocation

FIRST_DYNAMIC, LAST_DYNAMIC = 20_000, 32_000


@dataclass(frozen=True)
class Fit:
    """A group fits: its ports and the node's use with it."""

    ports: tuple[AllocatedPort, ...]
    cpu: int
    memory_mb: int


@dataclass(frozen=True)
class Exhausted:
    """It does not fit; `dimension` as a metric names it."""

    dimension: str


def fit(group: GroupSpec, node: Node, others: Iterable[Allocation], chance: Chance) -> Fit | Exhausted:
    """Try a group on a node beside other allocations: ports first, then cpu, memory and disk."""
    others = list(others)
    ports = assign_ports(group.ports, node, others, chance)
    if isinstance(ports, Exhausted):
        return ports
    groups = [found for other in others if (found := other.job.spec.group(other.group))]
    cpu = sum(other.cpu for other in groups) + group.cpu
    memory = sum(other.memory_mb for other in groups) + group.memory_mb
    disk = sum(other.disk_mb for other in groups) + group.disk_mb
    for dimension, used, there in (
        ("cpu", cpu, node.cpu_mhz),
        ("memory", memory, node.memory_mb),
        ("disk", disk, node.disk_mb),
    ):
        if used > there:
            return Exhausted(dimension)
    return Fit(ports, cpu, memory)


def assign_ports(
    wanted: tuple[PortSpec, ...], node: Node, others: Iterable[Allocation], chance: Chance
) -> tuple[AllocatedPort, ...] | Exhausted:
    """Ports of the host for each label; static ones must be free."""
    used = set(node.reserved_ports) | {port.value for other in others for port in other.ports}
    assigned: list[AllocatedPort] = []
    for port in sorted(wanted, key=lambda p: p.static == 0):
        value = port.static or _dynamic(used, chance)
        if value is None or value in used:
            taken = f"reserved port collision {port.label}={value}" if port.static else "dynamic port selection failed"
            return Exhausted(f"network: {taken}")
        used.add(value)
        assigned.append(AllocatedPort(port.label, value, port.to, node.address, bool(port.static)))
    return tuple(assigned)


def _dynamic(used: set[int], chance: Chance) -> int | None:
    if all(value in used for value in range(FIRST_DYNAMIC, LAST_DYNAMIC)):
        return None
    while (value := FIRST_DYNAMIC + chance.below(LAST_DYNAMIC - FIRST_DYNAMIC)) in used:
        pass
    return value
