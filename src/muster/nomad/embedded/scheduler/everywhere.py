"""System and sysbatch jobs: one allocation of each group on every node that will do (Nomad's system scheduler)."""

from collections.abc import Iterable, Mapping

from muster.nomad.embedded.differences.destructive import replaces_allocations
from muster.nomad.embedded.scheduler.plans import LOST, NODE_TAINTED, NOT_NEEDED, UPDATING, Counts, Place, Wanted
from muster.nomad.embedded.scheduler.selection import in_datacenters
from muster.nomad.embedded.scheduler.sorting import running
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation

Names = dict[str, GroupSpec]


def reconcile_everywhere(job: Job | None, allocations: Iterable[Allocation], nodes: Mapping[str, NodeState]) -> Wanted:
    """What has to change so that every eligible node has what it should."""
    wanted, known = Wanted(), tuple(allocations)
    names: Names = {} if job is None or job.stop else _names(job)
    for group in names.values():
        wanted.counts.setdefault(group.name, Counts())
    outdated = [a for a in running(known) if _settled(a, job, names, nodes, wanted)]
    if job is not None:
        _update(job, outdated, names, wanted)
        _place(job, known, names, nodes, wanted)
    return wanted


def _names(job: Job) -> Names:
    return {f"{job.id}.{group.name}[{i}]": group for group in job.spec.groups for i in range(min(group.count, 1))}


def _settled(
    allocation: Allocation, job: Job | None, names: Names, nodes: Mapping[str, NodeState], wanted: Wanted
) -> bool:
    """Stop what may not go on; returns whether the allocation goes on with an outdated definition."""
    counts = wanted.counts.setdefault(allocation.group, Counts())
    state = nodes.get(allocation.node_id)
    if allocation.name not in names:
        wanted.stop(allocation, NOT_NEEDED)
        counts.stop += 1
    elif allocation.migrate_requested:
        wanted.stop(allocation, NODE_TAINTED)
        counts.migrate += 1
    elif state is None or state.down:
        wanted.stop(allocation, LOST, lost=True)
        counts.stop += 1
    elif job is not None and state.ready and allocation.job.job_modify_index != job.job_modify_index:
        return True
    else:
        counts.ignore += 1
    return False


def _update(job: Job, outdated: list[Allocation], names: Names, wanted: Wanted) -> None:
    """Update in place where that will do; replace others, so many at a time as the job's update block says."""
    destructive: list[Allocation] = []
    for allocation in outdated:
        counts = wanted.counts[allocation.group]
        if replaces_allocations(allocation.job.definition, job.definition, allocation.group):
            destructive.append(allocation)
            counts.destructive += 1
        else:
            wanted.in_place.append(allocation)
            counts.in_place += 1
    rolling = job.spec.stagger_ns > 0 and job.spec.max_parallel > 0
    limit = job.spec.max_parallel if rolling else len(destructive)
    wanted.rolling_on = len(destructive) > limit
    for allocation in destructive[:limit]:
        wanted.stop(allocation, UPDATING)
        group, node_id = names[allocation.name], allocation.node_id
        wanted.places.append(Place(group, allocation.name, previous=allocation, destructive=True, node_id=node_id))


def _place(
    job: Job, allocations: tuple[Allocation, ...], names: Names, nodes: Mapping[str, NodeState], wanted: Wanted
) -> None:
    held = {(a.node_id, a.name) for a in running(allocations)}
    latest = {a.name: a for a in sorted(allocations, key=lambda a: a.create_index) if a.terminal}
    done = _done(job, allocations) if job.spec.kind == "sysbatch" else set[tuple[str, str]]()
    for state in nodes.values():
        if not state.ready or not in_datacenters(state.node, job.spec):
            continue
        for name, group in names.items():
            if (state.node.id, name) in held | done:
                continue
            before = latest.get(name)
            previous = before if before is not None and before.node_id == state.node.id else None
            wanted.places.append(Place(group, name, previous=previous, node_id=state.node.id))
            wanted.counts[group.name].place += 1


def _done(job: Job, allocations: tuple[Allocation, ...]) -> set[tuple[str, str]]:
    """Where a sysbatch job of this version has ended by itself already."""
    mine = [a for a in allocations if a.job.job_modify_index == job.job_modify_index]
    return {(a.node_id, a.name) for a in mine if a.client_status in ("complete", "failed")}
