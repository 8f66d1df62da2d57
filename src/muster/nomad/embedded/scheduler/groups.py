"""Settles one task group of a service or batch job, in the order of Nomad's reconciler: later steps rely on earlier."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from muster.nomad.embedded.differences.destructive import replaces_allocations
from muster.nomad.embedded.scheduler.names import NameIndex
from muster.nomad.embedded.scheduler.plans import (
    LOST,
    MIGRATING,
    NOT_NEEDED,
    RESCHEDULED,
    UPDATING,
    Counts,
    Place,
    Wanted,
)
from muster.nomad.embedded.scheduler.sorting import ByFate, by_fate, by_node, ran_well, replaced_at, running
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation, Deployment, GroupProgress


class GroupReconciler:
    """What one group needs, written into `wanted` and `counts`."""

    def __init__(
        self,
        job: Job,
        group: GroupSpec,
        everything: list[Allocation],
        counts: Counts,
        wanted: Wanted,
        nodes: Mapping[str, NodeState],
        eval_id: str,
        now_ns: int,
    ) -> None:
        self._job = job
        self._group = group
        self._counts = counts
        self._wanted = wanted
        self._nodes = nodes
        self._eval_id = eval_id
        self._now_ns = now_ns
        self._everything = self._without_old_results(everything)
        self._current = wanted.deployment
        self._failed = self._current is not None and self._current.status == "failed"
        self._paused = self._current is not None and self._current.status == "paused"
        self._progress = self._current.groups.get(group.name) if self._current else None
        self._holding = False

    @property
    def _batch(self) -> bool:
        return self._job.spec.kind == "batch"

    def settle(self, new_deployment: Callable[[Job], Deployment]) -> bool:
        """Find out what to do; returns whether nothing is left to do for the current deployment."""
        canaries = self._settle_canaries()
        placed = by_node(self._everything, self._nodes)
        migrating, lost = placed.migrating, placed.lost
        current = self._current if self._current is not None and not self._wanted.created_deployment else None
        found = by_fate(placed.fine, current, self._eval_id, self._now_ns, batch=self._batch)
        self._wanted.later.extend(found.later)
        waiting = self._lose(lost)
        names = NameIndex(self._job.id, self._group, [*found.kept, *found.now, *migrating, *lost])
        kept = self._stop_surplus(found, migrating, canaries, names)
        in_place, destructive = self._updates(kept)
        if self._canarying:
            kept = [a for a in kept if a not in canaries]
        wants_canaries = self._place_canaries(canaries, destructive, names)
        self._holding = self._failed or self._paused or self._canarying or wants_canaries
        places = [] if waiting else self._places(kept, found.now, migrating, lost, names)
        limit = self._limit(kept, destructive, migrating)
        self._place(places, found.now)
        self._replace(destructive, 0 if self._holding else limit - min(len(places), limit))
        self._wanted.in_place.extend(in_place)
        self._migrate(migrating)
        self._open_deployment(len(places) + len(destructive) + len(in_place), new_deployment, destructive, in_place)
        busy = [*destructive, *in_place, *places, *migrating, *found.now, *found.later]
        return not (busy or wants_canaries) and self._progressed()

    def _progressed(self) -> bool:
        progress = self._progress
        if progress is None:
            return True
        return progress.healthy >= max(progress.desired_total, progress.desired_canaries) and (
            not progress.awaits_promotion
        )

    @property
    def _canarying(self) -> bool:
        return self._progress is not None and self._progress.awaits_promotion

    def _without_old_results(self, everything: list[Allocation]) -> list[Allocation]:
        """Of a batch job what an older version came to does not count any more."""
        if not self._batch:
            return everything
        mark = (self._job.create_index, self._job.version)
        old = [a for a in everything if a.terminal and (a.job.create_index, a.job.version) < mark]
        self._counts.ignore += len(old)
        return [a for a in everything if a not in old]

    def _settle_canaries(self) -> list[Allocation]:
        """The current deployment's canaries; those that lost their node are stopped without a successor."""
        groups = self._current.groups.values() if self._current else ()
        known = {canary for progress in groups for canary in progress.placed_canaries}
        canaries = by_node([a for a in self._everything if a.id in known], self._nodes)
        for allocation in canaries.migrating:
            self._wanted.stop(allocation, MIGRATING)
        for allocation in canaries.lost:
            self._wanted.stop(allocation, LOST, lost=True)
        gone = [*canaries.migrating, *canaries.lost]
        self._everything = [a for a in self._everything if a not in gone]
        return canaries.fine

    def _lose(self, lost: list[Allocation]) -> bool:
        """Stop what went down with its node; returns whether its replacement has to wait."""
        later = [(a, at_ns) for a in lost if (at_ns := replaced_at(a, self._group, self._now_ns)) is not None]
        self._wanted.later.extend(later)
        for allocation in lost:
            self._wanted.stop(allocation, LOST, lost=True)
        self._counts.stop += len(lost)
        return bool(later)

    def _stop_surplus(
        self, found: ByFate, migrating: list[Allocation], canaries: list[Allocation], names: NameIndex
    ) -> list[Allocation]:
        """Stop what is too much: namesakes of promoted canaries first, then what migrates, then the highest names."""
        spared = canaries if self._canarying else []
        pool = [a for a in found.kept if a not in spared]
        surplus = len(pool) + len(migrating) - self._group.count
        if surplus <= 0:
            return found.kept
        promoted = {canary.name for canary in canaries} if not self._canarying else set[str]()
        namesakes = [a for a in running(pool) if a.name in promoted and a not in canaries]
        leaving = namesakes[:surplus]
        leaving += names.highest(migrating, surplus - len(leaving))
        leaving += names.highest([a for a in running(pool) if a not in leaving], surplus - len(leaving))
        for allocation in leaving:
            self._wanted.stop(allocation, NOT_NEEDED)
        self._counts.stop += len(leaving)
        migrating[:] = [a for a in migrating if a not in leaving]
        return [a for a in found.kept if a not in leaving]

    def _updates(self, kept: list[Allocation]) -> tuple[list[Allocation], list[Allocation]]:
        in_place: list[Allocation] = []
        destructive: list[Allocation] = []
        for allocation in kept:
            if allocation.job.job_modify_index == self._job.job_modify_index or (self._batch and ran_well(allocation)):
                self._counts.ignore += 1
            elif replaces_allocations(allocation.job.definition, self._job.definition, self._group.name):
                destructive.append(allocation)
            else:
                in_place.append(allocation)
        self._counts.in_place += len(in_place)
        return in_place, destructive

    def _place_canaries(self, canaries: list[Allocation], destructive: list[Allocation], names: NameIndex) -> bool:
        """Ask for the canaries that a change needs; returns whether some are missing."""
        update = self._group.update
        missing = update.canary - len(canaries) if update else 0
        promoted = self._progress is not None and self._progress.promoted
        if not destructive or missing <= 0 or promoted:
            return False
        if not (self._paused or self._failed):
            self._counts.canary += missing
            chosen = names.canaries(missing, canaries, destructive)
            self._wanted.places.extend(Place(self._group, name, canary=True) for name in chosen)
        return True

    def _places(
        self,
        kept: list[Allocation],
        now: list[Allocation],
        migrating: list[Allocation],
        lost: list[Allocation],
        names: NameIndex,
    ) -> list[Place]:
        """What is missing: successors of what failed and of what was lost, and new names for the rest."""
        existing = len(kept) + len(migrating) + len(now)
        replaced = lost[: max(0, self._group.count - existing)]
        missing = self._group.count - existing - len(replaced)
        return [
            *(self._successor(a, rescheduling=True) for a in now),
            *(self._successor(a, lost=True) for a in replaced),
            *(Place(self._group, name, downgrading=self._canarying) for name in names.free(missing)),
        ]

    def _successor(self, allocation: Allocation, *, rescheduling: bool = False, lost: bool = False) -> Place:
        return Place(
            self._group,
            allocation.name,
            previous=allocation,
            rescheduling=rescheduling,
            canary=allocation.canary,
            downgrading=self._canarying and not allocation.canary,
            lost=lost,
        )

    def _limit(self, kept: list[Allocation], destructive: list[Allocation], migrating: list[Allocation]) -> int:
        update = self._group.update
        if update is None or not (destructive or migrating):
            return self._group.count
        if self._holding:
            return 0
        rolling = [a for a in kept if self._current and a.deployment_id == self._current.id]
        if any(a.health and not a.health.healthy for a in rolling):
            return 0
        return max(0, update.max_parallel - sum(a.health is None for a in rolling))

    def _place(self, places: list[Place], now: list[Allocation]) -> None:
        """Ask for what is missing; a rollout that is held up still replaces what was lost or may be rescheduled."""
        if self._holding:
            places = [p for p in places if p.lost or (p.rescheduling and not self._failed_with(p))]
            now = [p.previous for p in places if p.previous and p.rescheduling]
        self._wanted.places.extend(places)
        self._counts.place += len(places)
        for allocation in now:
            self._wanted.stop(allocation, RESCHEDULED)
        self._counts.stop += len(now)

    def _failed_with(self, place: Place) -> bool:
        current, previous = self._current, place.previous
        return self._failed and bool(current and previous and previous.deployment_id == current.id)

    def _replace(self, destructive: list[Allocation], limit: int) -> None:
        chosen = sorted(destructive, key=lambda a: a.name)[: max(0, limit)]
        for allocation in chosen:
            place = Place(self._group, allocation.name, previous=allocation, destructive=True)
            self._wanted.places.append(place)
            self._wanted.stop(allocation, UPDATING)
        self._counts.destructive += len(chosen)
        self._counts.ignore += len(destructive) - len(chosen)

    def _migrate(self, migrating: list[Allocation]) -> None:
        self._counts.migrate += len(migrating)
        for allocation in sorted(migrating, key=lambda a: a.name):
            self._wanted.stop(allocation, MIGRATING)
            self._wanted.places.append(self._successor(allocation))

    def _open_deployment(
        self,
        total: int,
        new_deployment: Callable[[Job], Deployment],
        destructive: list[Allocation],
        in_place: list[Allocation],
    ) -> None:
        job, update = self._job, self._group.update
        mark = (job.version, job.create_index)
        ran = any((a.job.version, a.job.create_index) == mark for a in self._everything)
        updating = bool(destructive or in_place)
        if self._progress is not None or update is None or not total or (ran and not updating):
            return
        progress = GroupProgress(total, update.auto_revert, update.progress_deadline_ns, update.auto_promote)
        if destructive:
            progress = replace(progress, desired_canaries=update.canary)
        self._wanted.join_deployment(self._group.name, progress, new_deployment(job))
