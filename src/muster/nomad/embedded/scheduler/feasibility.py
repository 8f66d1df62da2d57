"""The first reason why a group can never run on a node, whatever runs there now; Nomad's order and words."""

from collections.abc import Iterator

from muster.nomad.embedded.scheduler.constraints import meets
from muster.nomad.embedded.scheduler.devices import matches
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import Constraint, GroupSpec, JobSpec, VolumeSpec


def group_constraints(job: JobSpec, group: GroupSpec) -> Iterator[Constraint]:
    """The job's constraints, then the group's, then its tasks'."""
    yield from job.constraints
    yield from group.constraints
    for task in group.tasks:
        yield from task.constraints


def names_single_nodes(job: JobSpec, group: GroupSpec) -> bool:
    """Whether a constraint tells nodes of one class apart, so that a class says nothing."""
    targets = (target for c in group_constraints(job, group) for target in (c.ltarget, c.rtarget))
    return any("${node.unique." in target or "unique." in target.partition("${")[2] for target in targets)


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


def describe(constraint: Constraint) -> str:
    """The constraint as a metric names it."""
    return f"{constraint.ltarget} {constraint.operand} {constraint.rtarget}"


def _unmet(constraints: tuple[Constraint, ...], node: Node) -> str | None:
    return next((describe(constraint) for constraint in constraints if not meets(node, constraint)), None)


def _missing_driver(group: GroupSpec, node: Node) -> str | None:
    return "missing drivers" if any(task.driver not in node.drivers for task in group.tasks) else None


def _missing_volume(group: GroupSpec, node: Node) -> str | None:
    wanted = [volume for volume in group.volumes if volume.kind == "host"]
    return None if all(_offers(node, volume) for volume in wanted) else "missing compatible host volumes"


def _offers(node: Node, wanted: VolumeSpec) -> bool:
    """A volume that the node gives out for reading alone is not for those who want to write."""
    there = node.host_volumes.get(wanted.source)
    return there is not None and (wanted.read_only or not there.read_only)


def _missing_device(group: GroupSpec, node: Node) -> str | None:
    """Whether the node could ever serve all requests: each takes from the devices that are there in all."""
    left = {number: len(device.ids) for number, device in enumerate(node.devices)}
    for request in (request for task in group.tasks for request in task.devices):
        able = (n for n, device in enumerate(node.devices) if matches(device, request) and left[n] >= request.count)
        chosen = next(able, None)
        if chosen is None:
            return "missing devices"
        left[chosen] -= request.count
    return None


def _missing_network(group: GroupSpec, node: Node) -> str | None:
    return "missing network" if group.network_mode == "bridge" and not node.bridge else None
