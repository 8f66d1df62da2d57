"""One evaluation thought through without touching the store: what to stop, place and why some could not be placed."""

from dataclasses import dataclass, replace
from typing import Any

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.downgrading import Version, version_for
from muster.nomad.embedded.scheduler.everywhere import reconcile_everywhere
from muster.nomad.embedded.scheduler.metrics import Metric
from muster.nomad.embedded.scheduler.plans import LOST, Place, Stop, Wanted
from muster.nomad.embedded.scheduler.reconcile import Situation, reconcile
from muster.nomad.embedded.scheduler.rescheduling import rescheduled
from muster.nomad.embedded.scheduler.selection import Chosen, Selector, Wish
from muster.nomad.embedded.scheduler.world import World, world_of
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation


@dataclass(frozen=True)
class Computed:
    """The plan of one evaluation; `escaped` is that classes of nodes say nothing about where it could run."""

    wanted: Wanted
    placed: tuple[Allocation, ...]
    stops: tuple[Stop, ...]
    failed: dict[str, dict[str, Any]]
    queued: dict[str, int]
    class_eligibility: dict[str, bool]
    escaped: bool = False


def compute(store: Store, job: Job | None, evaluation: Evaluation, now_ns: int, chance: Chance) -> Computed:
    """Reconcile a job and find nodes for what is missing."""
    key = (evaluation.namespace, evaluation.job_id)

    def new_deployment(job: Job) -> Deployment:
        return Deployment(
            chance.identifier(), job.id, job.namespace, job.version, job.create_index, job.job_modify_index, {}
        )

    existing = tuple(store.job_allocations(key))
    world = world_of(store)
    if evaluation.kind in ("system", "sysbatch"):
        wanted = reconcile_everywhere(job, existing, world.states)
    else:
        latest = store.latest_deployment(key)
        situation = Situation(job, existing, latest, evaluation.id, now_ns, new_deployment, world.states)
        wanted = reconcile(situation)
    _lose_stopped(world, existing, wanted)
    return _Placing(store, world, job, evaluation, now_ns, chance).run(wanted)


def _lose_stopped(world: World, existing: tuple[Allocation, ...], wanted: Wanted) -> None:
    """What was told to stop on a node that is down will never say that it did."""
    for allocation in existing:
        state = world.states.get(allocation.node_id)
        gone = state is None or state.down
        if gone and allocation.desired_status != "run" and not allocation.client_terminal:
            wanted.stop(allocation, LOST, lost=True)


class _Placing:
    """Places what the reconciler asked for, one after the other."""

    def __init__(
        self, store: Store, world: World, job: Job | None, evaluation: Evaluation, now: int, chance: Chance
    ) -> None:
        self._store = store
        self._world = world
        self._job = job
        self._evaluation = evaluation
        self._now_ns = now
        self._chance = chance
        self._failed: dict[str, Metric] = {}
        self._queued: dict[str, int] = {}

    def run(self, wanted: Wanted) -> Computed:
        stops = {stop.allocation.id: stop for stop in wanted.stops}
        for stop in wanted.stops:
            self._take_away(stop.allocation)
        if self._job is None:
            return Computed(wanted, (), tuple(stops.values()), {}, {}, {})
        self._queued = {group.name: 0 for group in self._job.spec.groups}
        selector = Selector(self._world, self._job, self._chance)
        placed: list[Allocation] = []
        for place in sorted(wanted.places, key=lambda p: not p.destructive):
            allocation = self._place(place, selector, wanted)
            if allocation is not None:
                placed.append(allocation)
            elif place.previous is not None and place.destructive:
                self._give_back(stops.pop(place.previous.id).allocation)
        rendered = {name: metric.render() for name, metric in self._failed.items()}
        eligible = selector.class_eligibility if self._failed else {}
        stopped, escaped = tuple(stops.values()), bool(self._failed) and selector.escaped
        return Computed(wanted, tuple(placed), stopped, rendered, self._queued, eligible, escaped)

    def _take_away(self, allocation: Allocation) -> None:
        held = self._world.proposed.get(allocation.node_id, [])
        held[:] = [other for other in held if other.id != allocation.id]

    def _give_back(self, allocation: Allocation) -> None:
        if not allocation.terminal:
            self._world.proposed[allocation.node_id].append(allocation)

    def _place(self, place: Place, selector: Selector, wanted: Wanted) -> Allocation | None:
        assert self._job is not None
        version = version_for(self._store, self._job, place, wanted.deployment)
        group = version.group
        metric = self._failed.get(group.name)
        if metric is not None and not place.node_id:
            metric.coalesced += 1
            metric.note_demand(group)
            self._queued[group.name] += 1
            return None
        chosen = selector.select(group, self._wish(place))
        if isinstance(chosen, Metric):
            self._note_failure(place, chosen, wanted)
            return None
        allocation = self._allocation(place, chosen, version)
        self._world.proposed[chosen.node.id].append(allocation)
        return allocation

    def _note_failure(self, place: Place, metric: Metric, wanted: Wanted) -> None:
        """A system job's node that is out of the question is no failure: it is left out."""
        name = place.group.name
        if place.node_id and metric.filtered:
            wanted.counts[name].place -= 0 if place.destructive else 1
            return
        known = self._failed.get(name)
        if known is None:
            self._failed[name] = metric
        else:
            known.coalesced += 1
            known.note_demand(place.group)
        self._queued[name] = self._queued.get(name, 0) + 1

    def _wish(self, place: Place) -> Wish:
        previous = place.previous
        if previous is None:
            return Wish(place.name, only=place.node_id)
        failed_on = {previous.node_id} if previous.client_status == "failed" else set[str]()
        failed_on |= {event.previous_node_id for event in previous.reschedules}
        preferred = previous.node_id if place.group.sticky else ""
        return Wish(place.name, frozenset(failed_on), preferred, place.node_id)

    def _allocation(self, place: Place, chosen: Chosen, version: Version) -> Allocation:
        fresh = Allocation(
            id=self._chance.identifier(),
            eval_id=self._evaluation.id,
            name=place.name,
            job=version.job,
            group=place.group.name,
            node_id=chosen.node.id,
            node_name=chosen.node.name,
            create_ns=self._now_ns,
            modify_ns=self._now_ns,
            placement=chosen.placement,
            ports=chosen.ports,
            granted=chosen.granted,
            deployment_id=version.deployment_id,
            previous_id=place.previous.id if place.previous else "",
            canary=place.canary and bool(version.deployment_id),
        )
        if place.previous is None or not place.rescheduling:
            return fresh
        return replace(fresh, reschedules=rescheduled(place.previous, self._now_ns))
