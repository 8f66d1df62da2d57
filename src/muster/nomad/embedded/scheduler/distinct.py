"""Constraints about siblings: `distinct_hosts` and `distinct_property`."""

from collections import Counter
from collections.abc import Iterator

from muster.nomad.embedded.scheduler.constraints import node_value
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.world import World
from muster.nomad.embedded.state.specs import Constraint, GroupSpec, JobSpec


def unlike_siblings(world: World, job_id: str, job: JobSpec, group: GroupSpec, node: Node) -> str | None:
    """Why a node will not do beside the job's other allocations, in a metric's words."""
    return _same_host(world, job_id, job, group, node) or _same_property(world, job_id, job, group, node)


def _same_host(world: World, job_id: str, job: JobSpec, group: GroupSpec, node: Node) -> str | None:
    by_job, by_group = _wants_hosts(job.constraints), _wants_hosts(group.constraints)
    if not (by_job or by_group):
        return None
    siblings = [other for other in world.proposed.get(node.id, ()) if other.job.id == job_id]
    taken = siblings if by_job else [other for other in siblings if other.group == group.name]
    return "distinct_hosts" if taken else None


def _wants_hosts(constraints: tuple[Constraint, ...]) -> bool:
    return any(c.operand == "distinct_hosts" and c.rtarget != "false" for c in constraints)


def _same_property(world: World, job_id: str, job: JobSpec, group: GroupSpec, node: Node) -> str | None:
    for constraint, group_name in _properties(job, group):
        value = node_value(node, constraint.ltarget)
        if value is None:
            return f'missing property "{constraint.ltarget}"'
        used = uses(world, job_id, group_name, constraint.ltarget)[value]
        allowed = int(constraint.rtarget) if constraint.rtarget.isdigit() else 1
        if used >= allowed:
            return f"distinct_property: {constraint.ltarget}={value} used by {used} allocs"
    return None


def _properties(job: JobSpec, group: GroupSpec) -> Iterator[tuple[Constraint, str]]:
    """The constraints, each with the group whose allocations count; "" is the whole job."""
    yield from ((c, "") for c in job.constraints if c.operand == "distinct_property")
    yield from ((c, group.name) for c in group.constraints if c.operand == "distinct_property")


def uses(world: World, job_id: str, group_name: str, attribute: str) -> Counter[str]:
    """How many allocations of a job (of one group) each value of an attribute has."""
    counted: Counter[str] = Counter()
    for allocation in world.placed():
        if allocation.job.id != job_id or (group_name and allocation.group != group_name):
            continue
        node = world.node(allocation.node_id)
        value = node_value(node, attribute) if node else None
        if value is not None:
            counted[value] += 1
    return counted
