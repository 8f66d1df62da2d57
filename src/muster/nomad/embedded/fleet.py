"""What can happen to the cluster's machines: they are emptied, take no work, die and come back.

The servers learn of a death when heartbeats stay away, and a node's every change lets its jobs be looked at anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from muster.nomad.embedded.cluster import Accepted, Cluster, Refused
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import Drain, LastDrain, NodeEvent, NodeState
from muster.nomad.embedded.state.values import SECOND

HEARTBEAT_GRACE_NS = 20 * SECOND
"""A heartbeat is due every ten seconds at the latest, and may be ten late (Nomad's defaults for a small cluster)."""

NodeAct = Callable[[Cluster, str], Accepted]


def set_eligibility(cluster: Cluster, node_id: str, *, eligible: bool) -> Accepted:
    """Let a node take new work, or not. Raises Refused for one that is not there, or drains."""
    state = _known(cluster, node_id)
    if eligible and state.drain is not None:
        raise Refused("can't set node to eligible while it is draining")
    index = cluster.store.advance()
    wanted = "eligible" if eligible else "ineligible"
    words = f"Node marked as {wanted} for scheduling"
    changed = state
    if state.eligibility != wanted:
        changed = replace(state, eligibility=wanted).told(_event(cluster, words, "Cluster"))
    cluster.store.put_node(changed)
    made = _reconsider(cluster, changed) if eligible and state.eligibility != wanted else ()
    return Accepted(index, made[0] if made else "", eval_ids=made)


def drain_node(
    cluster: Cluster,
    node_id: str,
    *,
    deadline_ns: int,
    ignore_system_jobs: bool = False,
) -> Accepted:
    """Empty a node: at once for a deadline below 0, without an end for 0. Raises Refused when it is not there."""
    state = _known(cluster, node_id)
    index, now = cluster.store.advance(), cluster.agenda.now_ns
    started = state.drain.started_ns if state.drain else now
    drain = Drain(deadline_ns, ignore_system_jobs, started)
    words = "Node drain strategy updated" if state.drain else "Node drain strategy set"
    last = LastDrain(started, now, "draining")
    changed = replace(state, drain=drain, last_drain=last, eligibility="ineligible")
    cluster.store.put_node(changed.told(_event(cluster, words, "Drain")))
    cluster.drainer.begin(node_id)
    return Accepted(index, "")


def stop_draining(cluster: Cluster, node_id: str, *, mark_eligible: bool) -> Accepted:
    """Call a drain off. Raises Refused when the node is not there."""
    state = _known(cluster, node_id)
    index, now = cluster.store.advance(), cluster.agenda.now_ns
    last = LastDrain(state.drain.started_ns, now, "canceled") if state.drain else state.last_drain
    eligibility = "eligible" if mark_eligible else state.eligibility
    changed = replace(state, drain=None, last_drain=last, eligibility=eligibility)
    if state.drain is not None:
        changed = changed.told(_event(cluster, "Node drain disabled", "Drain"))
    cluster.store.put_node(changed)
    cluster.drainer.forget(node_id)
    made = _reconsider(cluster, changed) if mark_eligible else ()
    return Accepted(index, made[0] if made else "", eval_ids=made)


def kill_node(cluster: Cluster, node_id: str) -> Accepted:
    """Let a node die: its tasks are gone, the servers miss its heartbeats. Raises Refused when it is not there."""
    state = _known(cluster, node_id)
    if cluster.clients.is_away(node_id):
        raise Refused(f"node {state.node.name} is dead already", 400)
    cluster.clients.lose_touch(node_id)
    cluster.agenda.after(HEARTBEAT_GRACE_NS, partial(_miss_heartbeat, cluster, node_id))
    return Accepted(cluster.store.index, "")


def revive_node(cluster: Cluster, node_id: str) -> Accepted:
    """Let a dead node come back, without the tasks that it had. Raises Refused when it is not there, or not dead."""
    state = _known(cluster, node_id)
    if not cluster.clients.is_away(node_id):
        raise Refused(f"node {state.node.name} is alive", 400)
    cluster.clients.find_touch(node_id)
    if not state.down:
        return Accepted(cluster.store.index, "")
    index = cluster.store.advance()
    back = replace(state, status="ready", status_updated_ns=cluster.agenda.now_ns)
    stored = cluster.store.put_node(back.told(_event(cluster, "Node re-registered", "Cluster")))
    made = _reconsider(cluster, stored)
    return Accepted(index, made[0] if made else "", eval_ids=made)


def evaluate_node(cluster: Cluster, node_id: str) -> Accepted:
    """Have the jobs of a node looked at anew. Raises Refused when it is not there."""
    state = _known(cluster, node_id)
    made = _reconsider(cluster, state)
    return Accepted(cluster.store.index, made[0] if made else "", eval_ids=made)


def follow_scripts(cluster: Cluster) -> None:
    """Make the appointments that the nodes' descriptions ask for; they belong to the cluster's start."""
    for node in cluster.nodes:
        script, at = node.script, cluster.agenda.at
        if script.dies_ns is not None:
            at(cluster.start_ns + script.dies_ns, partial(_unless_refused, kill_node, cluster, node.id))
        if script.returns_ns is not None:
            at(cluster.start_ns + script.returns_ns, partial(_unless_refused, revive_node, cluster, node.id))
        if script.drains_ns is not None:
            drain = partial(drain_node, deadline_ns=script.drain_deadline_ns)
            at(cluster.start_ns + script.drains_ns, partial(_unless_refused, drain, cluster, node.id))


def _unless_refused(act: NodeAct, cluster: Cluster, node_id: str) -> None:
    """A script that asks for what an operator did already has nothing left to do."""
    try:
        act(cluster, node_id)
    except Refused:
        return


def _miss_heartbeat(cluster: Cluster, node_id: str) -> None:
    state = cluster.store.nodes[node_id]
    if not cluster.clients.is_away(node_id) or state.down:
        return
    cluster.store.advance()
    down = replace(state, status="down", status_updated_ns=cluster.agenda.now_ns)
    stored = cluster.store.put_node(down.told(_event(cluster, "Node heartbeat missed", "Cluster")))
    _reconsider(cluster, stored)


def _known(cluster: Cluster, node_id: str) -> NodeState:
    state = cluster.store.nodes.get(node_id)
    if state is None:
        raise Refused("node not found")
    return state


def _event(cluster: Cluster, message: str, subsystem: str) -> NodeEvent:
    return NodeEvent(message, subsystem, cluster.agenda.now_ns)


def _reconsider(cluster: Cluster, state: NodeState) -> tuple[str, ...]:
    """Evaluate the jobs that have something on the node, and those that want to be everywhere."""
    jobs = list(_concerned(cluster, state.node.id))
    if jobs:
        cluster.store.advance()
    made: list[str] = []
    for job in jobs:
        drafted = cluster.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, "node-update")
        marked = replace(drafted, node_id=state.node.id, node_modify_index=state.modify_index)
        made.append(cluster.enqueue(marked).id)
    if state.ready:
        cluster.scheduler.unblock(state.node.computed_class)
    return tuple(made)


def _concerned(cluster: Cluster, node_id: str) -> Iterable[Job]:
    found: dict[tuple[str, str], Job] = {}
    for allocation in cluster.store.allocations.values():
        if allocation.node_id == node_id:
            found.setdefault((allocation.job.namespace, allocation.job.id), allocation.job)
    for key, job in cluster.store.jobs.items():
        if job.spec.everywhere and not job.stop and not job.launches_others:
            found.setdefault(key, job)
    return found.values()
