"""One evaluation thought through without touching the store: what to stop, place and why some could not be placed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.metrics import Metric
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.plans import Place, Wanted
from muster.nomad.embedded.scheduler.reconcile import Situation, reconcile
from muster.nomad.embedded.scheduler.rescheduling import rescheduled
from muster.nomad.embedded.scheduler.selection import Chosen, Selector
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation


@dataclass(frozen=True)
class Computed:
    """The plan of one evaluation."""

    wanted: Wanted
    placed: tuple[Allocation, ...]
    stops: tuple[tuple[Allocation, str], ...]
    failed: dict[str, dict[str, Any]]
    queued: dict[str, int]
    class_eligibility: dict[str, bool]


def compute(
    store: Store, nodes: Iterable[Node], job: Job | None, evaluation: Evaluation, now_ns: int, chance: Chance
) -> Computed:
    """Reconcile a job and find nodes for what is missing."""
    key = (evaluation.namespace, evaluation.job_id)

    def new_deployment(job: Job) -> Deployment:
        return Deployment(
            chance.identifier(), job.id, job.namespace, job.version, job.create_index, job.job_modify_index, {}
        )

    existing = tuple(store.job_allocations(key))
    latest = store.latest_deployment(key)
    situation = Situation(job, existing, latest, evaluation.id, now_ns, new_deployment)
    wanted = reconcile(situation)
    return _Placing(store, tuple(nodes), job, evaluation, now_ns, chance).run(wanted)


class _Placing:
    """Places what the reconciler asked for, one after the other."""

    def __init__(
        self, store: Store, nodes: tuple[Node, ...], job: Job | None, evaluation: Evaluation, now: int, chance: Chance
    ) -> None:
        self._nodes = nodes
        self._job = job
        self._evaluation = evaluation
        self._now_ns = now
        self._chance = chance
        self._proposed = {node.id: list(store.node_allocations(node.id)) for node in nodes}
        self._failed: dict[str, Metric] = {}
        self._queued: dict[str, int] = {}

    def run(self, wanted: Wanted) -> Computed:
        stops = {allocation.id: (allocation, reason) for allocation, reason in wanted.stops}
        for allocation, _reason in wanted.stops:
            self._take_away(allocation)
        if self._job is None:
            return Computed(wanted, (), tuple(stops.values()), {}, {}, {})
        self._queued = {group.name: 0 for group in self._job.spec.groups}
        selector = Selector(self._nodes, self._job.id, self._job.spec, self._chance)
        placed: list[Allocation] = []
        for place in sorted(wanted.places, key=lambda p: not p.destructive):
            allocation = self._place(place, selector, wanted)
            if allocation is not None:
                placed.append(allocation)
            elif place.previous is not None:
                self._give_back(stops.pop(place.previous.id)[0])
        rendered = {name: metric.render() for name, metric in self._failed.items()}
        eligible = selector.class_eligibility if self._failed else {}
        return Computed(wanted, tuple(placed), tuple(stops.values()), rendered, self._queued, eligible)

    def _take_away(self, allocation: Allocation) -> None:
        held = self._proposed.get(allocation.node_id, [])
        held[:] = [other for other in held if other.id != allocation.id]

    def _give_back(self, allocation: Allocation) -> None:
        if not allocation.terminal:
            self._proposed[allocation.node_id].append(allocation)

    def _place(self, place: Place, selector: Selector, wanted: Wanted) -> Allocation | None:
        group = place.group
        metric = self._failed.get(group.name)
        if metric is not None:
            metric.coalesced += 1
            metric.note_demand(group)
            self._queued[group.name] += 1
            return None
        failed_before = place.previous is not None and place.previous.client_status == "failed"
        penalized = place.previous.node_id if place.previous and failed_before else ""
        chosen = selector.select(group, self._proposed, penalized)
        if isinstance(chosen, Metric):
            self._failed[group.name] = chosen
            self._queued[group.name] += 1
            return None
        allocation = self._allocation(place, chosen, wanted.deployment)
        self._proposed[chosen.node.id].append(allocation)
        return allocation

    def _allocation(self, place: Place, chosen: Chosen, deployment: Deployment | None) -> Allocation:
        assert self._job is not None
        rolling = deployment is not None and deployment.active and place.group.name in deployment.groups
        fresh = Allocation(
            id=self._chance.identifier(),
            eval_id=self._evaluation.id,
            name=place.name,
            job=self._job,
            group=place.group.name,
            node_id=chosen.node.id,
            node_name=chosen.node.name,
            create_ns=self._now_ns,
            modify_ns=self._now_ns,
            placement=chosen.placement,
            ports=chosen.ports,
            deployment_id=deployment.id if rolling and deployment else "",
            previous_id=place.previous.id if place.previous else "",
        )
        if place.previous is None or not place.rescheduling:
            return fresh
        return replace(fresh, reschedules=rescheduled(place.previous, self._now_ns))
