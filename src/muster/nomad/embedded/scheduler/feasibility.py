"""The first reason why a group can never run on a node, whatever runs there now; Nomad's order and words."""

from collections.abc import Iterator

from muster.nomad.embedded.scheduler.constraints import meets
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import Constraint, GroupSpec, JobSpec


def group_constraints(job: JobSpec, group: GroupSpec) -> Iterator[Constraint]:
    """The job's constraints, then the group's, then its tasks'."""
    yield from job.constraints
    yield from group.constraints
    for task in group.tasks:
        yield from task.constraints


def infeasible(job: JobSpec, group: GroupSpec, node: Node) -> str | None:
    """Why the node will not do, None when it would."""
    return (
        _unmet(job.constraints, node)
        or _missing_driver(group, node)
        or _unmet(tuple(c for task in (group, *group.tasks) for c in task.constraints), node)
        or _missing_volume(group, node)
        or _missing_device(group, node)
        or _missing_network(group, node)
    )


def wants_distinct_hosts(job: JobSpec, group: GroupSpec) -> bool:
    """Whether no two of its allocations may share a node."""
    return any(c.operand == "distinct_hosts" and c.rtarget != "false" for c in group_constraints(job, group))


def describe(constraint: Constraint) -> str:
    """The constraint as a metric names it."""
    return f"{constraint.ltarget} {constraint.operand} {constraint.rtarget}"


def _unmet(constraints: tuple[Constraint, ...], node: Node) -> str | None:
    return next((describe(constraint) for constraint in constraints if not meets(node, constraint)), None)


def _missing_driver(group: GroupSpec, node: Node) -> str | None:
    return "missing drivers" if any(task.driver not in node.drivers for task in group.tasks) else None


def _missing_volume(group: GroupSpec, node: Node) -> str | None:
    wanted = [volume for volume in group.volumes if volume.kind == "host"]
    return "missing compatible host volumes" if any(v.source not in node.host_volumes for v in wanted) else None


def _missing_device(group: GroupSpec, node: Node) -> str | None:
    wanted = [device for task in group.tasks for device in task.devices]
    known = [part for device in node.devices for part in _device_names(device)]
    return "missing devices" if any(device not in known for device in wanted) else None


def _device_names(device: str) -> list[str]:
    """`nvidia/gpu/1080ti` answers to `gpu`, `nvidia/gpu` and its whole name."""
    parts = device.split("/")
    return [device, "/".join(parts[:2]), parts[1] if len(parts) > 1 else parts[0]]


def _missing_network(group: GroupSpec, node: Node) -> str | None:
    return "missing network" if group.network_mode == "bridge" and not node.bridge else None
