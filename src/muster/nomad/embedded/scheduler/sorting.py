"""A group's allocations, sorted by where they run and by what may become of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muster.nomad.embedded.scheduler.rescheduling import may_reschedule_later, may_reschedule_now
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import SECOND, Allocation, Deployment

DEFAULT_KILL_NS = 5 * SECOND


@dataclass(frozen=True)
class ByNode:
    """What stays where it is, what has to leave a node, and what went down with one."""

    fine: list[Allocation]
    migrating: list[Allocation]
    lost: list[Allocation]


@dataclass(frozen=True)
class ByFate:
    """What counts as there, what is placed anew now, and what later (with the time)."""

    kept: list[Allocation]
    now: list[Allocation]
    later: list[tuple[Allocation, int]]


def running(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Those that are neither finished nor told to stop."""
    return [a for a in allocations if not a.terminal]


def by_node(allocations: Iterable[Allocation], nodes: Mapping[str, NodeState]) -> ByNode:
    """Sort by the state of the node; what is finished is nowhere."""
    sorted_ = ByNode([], [], [])
    for allocation in sorted(allocations, key=lambda a: a.create_index):
        state = nodes.get(allocation.node_id)
        if allocation.terminal:
            sorted_.fine.append(allocation)
        elif allocation.migrate_requested:
            sorted_.migrating.append(allocation)
        elif state is None or state.down:
            sorted_.lost.append(allocation)
        else:
            sorted_.fine.append(allocation)
    return sorted_


def by_fate(
    allocations: Iterable[Allocation], current: Deployment | None, eval_id: str, now_ns: int, *, batch: bool
) -> ByFate:
    """Sort by the reschedule policy; what neither runs nor holds a place is left out."""
    found = ByFate([], [], [])
    for allocation in allocations:
        if _counts_no_more(allocation, batch):
            continue
        if may_reschedule_now(allocation, now_ns, eval_id, current):
            found.now.append(allocation)
            continue
        found.kept.append(allocation)
        at_ns = may_reschedule_later(allocation, current)
        if at_ns is not None:
            found.later.append((allocation, at_ns))
    return found


def _counts_no_more(allocation: Allocation, batch: bool) -> bool:
    """Whether an allocation neither runs nor holds its place for the job."""
    if allocation.next_id and allocation.terminal:
        return True
    stopped = allocation.desired_status in ("stop", "evict")
    if batch:
        return (stopped and not ran_well(allocation)) or allocation.client_status == "lost"
    return stopped or allocation.client_status in ("complete", "lost")


def ran_well(allocation: Allocation) -> bool:
    """Whether all its tasks ended without failing."""
    return allocation.client_status == "complete" and not any(task.failed for task in allocation.tasks.values())


def replaced_at(allocation: Allocation, group: GroupSpec, now_ns: int) -> int | None:
    """When an allocation lost now may be replaced by the group's `stop_after_client_disconnect`; None is at once."""
    if not group.stop_after_ns:
        return None
    kill_ns = max((task.kill_timeout_ns for task in group.tasks), default=0)
    return now_ns + group.stop_after_ns + max(DEFAULT_KILL_NS, kill_ns)
