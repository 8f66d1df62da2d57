"""Empties nodes that drain: a few allocations of each service at a time, all that is left at the deadline.

Batch allocations may run to their end until then; system jobs go last, unless the drain leaves them alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from muster.nomad.embedded.agenda import Agenda, Appointment
from muster.nomad.embedded.state.nodes import LastDrain, NodeEvent, NodeState
from muster.nomad.embedded.state.store import JobKey, Store
from muster.nomad.embedded.state.values import SECOND, Allocation, Evaluation

BATCH_NS = 1 * SECOND
SYSTEM = "system"

EvaluationMaker = Callable[[Allocation], Evaluation]


class Drainer:
    """Watches draining nodes; `evaluate` stores and queues an evaluation of an allocation's job."""

    def __init__(self, store: Store, agenda: Agenda, evaluate: EvaluationMaker) -> None:
        self._store = store
        self._agenda = agenda
        self._evaluate = evaluate
        self._deadlines: dict[str, Appointment] = {}
        self._round: Appointment | None = None

    def begin(self, node_id: str) -> None:
        """A node begins to drain, or drains otherwise than before."""
        self.forget(node_id)
        drain = self._store.nodes[node_id].drain
        if drain is not None and drain.force_at_ns is not None:
            self._deadlines[node_id] = self._agenda.at(drain.force_at_ns, partial(self._force, node_id))
        self._plan_round()

    def forget(self, node_id: str) -> None:
        """The node drains no more."""
        deadline = self._deadlines.pop(node_id, None)
        if deadline is not None:
            deadline.cancel()

    def watch(self, allocations: Iterable[Allocation]) -> None:
        """Something changed: a drain may go on, where there is one."""
        if self._draining() and any(True for _ in allocations):
            self._plan_round()

    def _draining(self) -> list[NodeState]:
        return [state for state in self._store.nodes.values() if state.drain is not None]

    def _plan_round(self) -> None:
        if self._round is None:
            self._round = self._agenda.after(BATCH_NS, self._look)

    def _look(self) -> None:
        """One round: move on what may be moved, and end the drains that have nothing left to do."""
        self._round = None
        draining = {state.node.id for state in self._draining()}
        self._migrate(self._movable(draining))
        for node_id in draining:
            left = [a for a in self._left(node_id) if a.job.spec.kind != SYSTEM]
            if not left:
                self._finish(node_id)

    def _movable(self, draining: set[str]) -> list[Allocation]:
        groups: dict[tuple[JobKey, str], list[Allocation]] = defaultdict(list)
        for allocation in self._store.allocations.values():
            if not allocation.terminal and allocation.job.spec.kind == "service":
                groups[((allocation.job.namespace, allocation.job.id), allocation.group)].append(allocation)
        return [a for (key, name), found in groups.items() for a in self._next(key, name, found, draining)]

    def _next(self, key: JobKey, name: str, found: list[Allocation], draining: set[str]) -> list[Allocation]:
        """So many that the group keeps its count but for the migrate block's `max_parallel`."""
        job = self._store.jobs.get(key)
        group = job.spec.group(name) if job else None
        waiting = [a for a in found if a.node_id in draining and not a.migrate_requested]
        if group is None or not waiting:
            return []
        healthy = sum(a.health is not None for a in found)
        return waiting[: max(0, healthy - (group.count - group.migrate_parallel))]

    def _left(self, node_id: str) -> list[Allocation]:
        drain = self._store.nodes[node_id].drain
        spared = drain is not None and drain.ignore_system_jobs
        held = [a for a in self._store.allocations.values() if a.node_id == node_id and not a.terminal]
        return [a for a in held if not (spared and a.job.spec.kind == SYSTEM)]

    def _migrate(self, allocations: list[Allocation]) -> None:
        if not allocations:
            return
        self._store.advance()
        jobs: dict[JobKey, Allocation] = {}
        for allocation in allocations:
            stored = self._store.put_allocation(replace(allocation, migrate_requested=True))
            jobs[(stored.job.namespace, stored.job.id)] = stored
        for allocation in jobs.values():
            self._evaluate(allocation)

    def _force(self, node_id: str) -> None:
        self._migrate([a for a in self._left(node_id) if not a.migrate_requested])
        self._finish(node_id, deadlined=True)

    def _finish(self, node_id: str, *, deadlined: bool = False) -> None:
        """Stop the system jobs that are left and call the drain complete; the node stays ineligible."""
        self._migrate([a for a in self._left(node_id) if not a.migrate_requested])
        self.forget(node_id)
        self._store.advance()
        state, now = self._store.nodes[node_id], self._agenda.now_ns
        started = state.drain.started_ns if state.drain else now
        details = {"deadline_reached": "true"} if deadlined else {}
        event = NodeEvent("Node drain complete", "Drain", now, details=details)
        self._store.put_node(replace(state, drain=None, last_drain=LastDrain(started, now, "complete")).told(event))
