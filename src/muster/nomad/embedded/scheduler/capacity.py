"""What is left on a node: cpu, memory, disk, cores, devices and ports, and how a group's ports are assigned."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.devices import grant
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import GroupSpec, PortSpec, TaskSpec
from muster.nomad.embedded.state.values import AllocatedPort, Allocation, Granted

FIRST_DYNAMIC, LAST_DYNAMIC = 20_000, 32_000


@dataclass(frozen=True)
class Fit:
    """A group fits: its ports, what single tasks are given, and the node's use with it."""

    ports: tuple[AllocatedPort, ...]
    granted: Granted
    device_score: float | None
    cpu: int
    memory_mb: int


@dataclass(frozen=True)
class Exhausted:
    """It does not fit; `dimension` as a metric names it."""

    dimension: str


def fit(
    group: GroupSpec, node: Node, others: Iterable[Allocation], chance: Chance, *, oversubscribed: bool = False
) -> Fit | Exhausted:
    """Try a group on a node beside other allocations: ports first, then devices and cores, then cpu, memory, disk."""
    others = list(others)
    ports = assign_ports(group.ports, node, others, chance)
    if isinstance(ports, Exhausted):
        return ports
    devices = grant(group, node, others)
    if isinstance(devices, str):
        return Exhausted(devices)
    cores = _cores(group, node, others)
    if cores is None:
        return Exhausted("cores")
    core_mhz = node.cpu_mhz // max(1, node.cores)
    granted = Granted(devices[0], cores, core_mhz if cores else 0, oversubscribed)
    held = [(found, other.granted) for other in others if (found := other.job.spec.group(other.group))]
    held.append((group, granted))
    cpu = sum(flattened(one, lambda task, own=own: _mhz(task, own)) for one, own in held)
    memory = sum(flattened(one, lambda task: task.memory_mb) for one, _ in held)
    disk = sum(one.disk_mb for one, _ in held)
    for dimension, used, there in (
        ("cpu", cpu, node.cpu_mhz),
        ("memory", memory, node.memory_mb),
        ("disk", disk, node.disk_mb),
    ):
        if used > there:
            return Exhausted(dimension)
    return Fit(ports, granted, devices[1], cpu, memory)


def flattened(group: GroupSpec, amount: Callable[[TaskSpec], int]) -> int:
    """What a group uses at most at one time: what prepares or cleans up does not run beside the main tasks."""
    phases = {"before": 0, "main": 0, "after": 0}
    throughout = 0
    for task in group.tasks:
        if task.hook == "prestart" and task.sidecar:
            throughout += amount(task)
        else:
            phases[{"prestart": "before", "poststop": "after"}.get(task.hook, "main")] += amount(task)
    return throughout + max(phases.values())


def _mhz(task: TaskSpec, granted: Granted) -> int:
    cores = granted.cores.get(task.name)
    return len(cores) * granted.core_mhz if cores else task.cpu


def _cores(group: GroupSpec, node: Node, others: list[Allocation]) -> dict[str, tuple[int, ...]] | None:
    """Whole cores for the tasks that ask for them; None when too few are left."""
    taken = {core for other in others for cores in other.granted.cores.values() for core in cores}
    free = [core for core in range(node.cores) if core not in taken]
    found: dict[str, tuple[int, ...]] = {}
    for task in group.tasks:
        if task.cores > len(free):
            return None
        if task.cores > 0:
            found[task.name], free = tuple(free[: task.cores]), free[task.cores :]
    return found


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
