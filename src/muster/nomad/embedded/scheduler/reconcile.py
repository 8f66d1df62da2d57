"""Compares what a job wants with what there is: Nomad's reconciler for service and batch jobs, without canaries."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from muster.nomad.embedded.differences.destructive import replaces_allocations
from muster.nomad.embedded.scheduler.names import NameIndex
from muster.nomad.embedded.scheduler.plans import NOT_NEEDED, RESCHEDULED, UPDATING, Counts, Place, Wanted
from muster.nomad.embedded.scheduler.rescheduling import may_reschedule_later, may_reschedule_now
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation, Deployment, GroupProgress


@dataclass(frozen=True)
class Situation:
    """What the reconciler looks at; `job` None is a purged one."""

    job: Job | None
    allocations: tuple[Allocation, ...]
    deployment: Deployment | None
    eval_id: str
    now_ns: int
    new_deployment: Callable[[Job], Deployment]


@dataclass(frozen=True)
class Sorted:
    """A group's allocations, sorted by what may become of them."""

    kept: list[Allocation]
    now: list[Allocation]
    later: list[tuple[Allocation, int]]


def reconcile(situation: Situation) -> Wanted:
    """What has to change so that the job gets what it wants."""
    wanted = Wanted()
    _settle_deployment(situation, wanted)
    job = situation.job
    if job is None or job.stop:
        _stop_all(situation, wanted)
        return wanted
    groups = {a.group for a in situation.allocations} | {g.name for g in job.spec.groups}
    complete = [_reconcile_group(situation, job, name, wanted) for name in sorted(groups)]
    deployment = wanted.deployment
    if deployment is not None and deployment.active and not wanted.created_deployment and all(complete):
        done = replace(deployment, status="successful", status_description="Deployment completed successfully")
        wanted.deployment_changes.append(done)
    return wanted


def _settle_deployment(situation: Situation, wanted: Wanted) -> None:
    """Keep the job's deployment as current, or cancel one that the job has left behind."""
    job, deployment = situation.job, situation.deployment
    if deployment is None:
        return
    reason = ""
    if job is None or job.stop:
        reason = "Cancelled because job is stopped"
    elif (deployment.job_create_index, deployment.job_version) != (job.create_index, job.version):
        reason = "Cancelled due to newer version of job"
    if reason and deployment.active:
        wanted.deployment_changes.append(replace(deployment, status="cancelled", status_description=reason))
    if not reason and deployment.status != "successful":
        wanted.deployment = deployment


def _stop_all(situation: Situation, wanted: Wanted) -> None:
    for allocation in situation.allocations:
        counts = wanted.counts.setdefault(allocation.group, Counts())
        if not allocation.terminal:
            wanted.stop(allocation, NOT_NEEDED)
            counts.stop += 1


def _reconcile_group(situation: Situation, job: Job, name: str, wanted: Wanted) -> bool:
    """Settle one group; returns whether nothing is left to do for the current deployment."""
    counts = wanted.counts.setdefault(name, Counts())
    everything = [a for a in situation.allocations if a.group == name]
    group = job.spec.group(name)
    if group is None:
        return _drop_group(everything, counts, wanted)
    return _GroupReconciler(situation, job, group, everything, counts, wanted).settle()


def _drop_group(everything: list[Allocation], counts: Counts, wanted: Wanted) -> bool:
    for allocation in everything:
        if not allocation.terminal:
            wanted.stop(allocation, NOT_NEEDED)
            counts.stop += 1
    return True


class _GroupReconciler:
    """Settles one task group; the steps are in Nomad's order, later ones rely on what earlier ones took away."""

    def __init__(
        self,
        situation: Situation,
        job: Job,
        group: GroupSpec,
        everything: list[Allocation],
        counts: Counts,
        wanted: Wanted,
    ) -> None:
        self._situation = situation
        self._job = job
        self._group = group
        self._everything = everything
        self._counts = counts
        self._wanted = wanted
        current = wanted.deployment
        self._progress = current.groups.get(group.name) if current and not wanted.created_deployment else None
        self._failed = bool(current and not wanted.created_deployment and current.status == "failed")

    def settle(self) -> bool:
        """Returns whether the group has nothing left to do."""
        found = self._sort()
        self._wanted.later.extend(found.later)
        names = NameIndex(self._job.id, self._group, [*found.kept, *found.now])
        kept = self._stop_surplus(found, names)
        in_place, destructive = self._updates(kept)
        places = self._places(kept, found.now, names)
        limit = self._limit(kept, destructive)
        self._place(places, found.now)
        self._replace(destructive, limit - (0 if self._failed else min(len(places), limit)))
        self._wanted.in_place.extend(in_place)
        total = len(places) + len(destructive) + len(in_place)
        self._open_deployment(total, updating=bool(destructive or in_place))
        busy = total + len(found.now) + len(found.later)
        return not busy and (self._progress is None or self._progress.healthy >= self._progress.desired_total)

    def _sort(self) -> Sorted:
        found = Sorted([], [], [])
        for allocation in self._everything:
            if _counts_no_more(allocation, self._job.spec.kind == "batch"):
                continue
            current = self._wanted.deployment if not self._wanted.created_deployment else None
            if may_reschedule_now(allocation, self._situation.now_ns, self._situation.eval_id, current):
                found.now.append(allocation)
                continue
            found.kept.append(allocation)
            at_ns = may_reschedule_later(allocation, current)
            if at_ns is not None:
                found.later.append((allocation, at_ns))
        return found

    def _stop_surplus(self, found: Sorted, names: NameIndex) -> list[Allocation]:
        surplus = len(found.kept) + len(found.now) - self._group.count
        leaving = names.highest(found.kept, surplus)
        for allocation in leaving:
            self._wanted.stop(allocation, NOT_NEEDED)
        self._counts.stop += len(leaving)
        return [a for a in found.kept if a not in leaving]

    def _updates(self, kept: list[Allocation]) -> tuple[list[Allocation], list[Allocation]]:
        in_place: list[Allocation] = []
        destructive: list[Allocation] = []
        for allocation in kept:
            if allocation.job.job_modify_index == self._job.job_modify_index or _finished_batch(allocation):
                self._counts.ignore += 1
            elif replaces_allocations(allocation.job.definition, self._job.definition, self._group.name):
                destructive.append(allocation)
            else:
                in_place.append(allocation)
        self._counts.in_place += len(in_place)
        return in_place, destructive

    def _places(self, kept: list[Allocation], now: list[Allocation], names: NameIndex) -> list[Place]:
        places = [Place(self._group, a.name, previous=a, rescheduling=True) for a in now]
        missing = self._group.count - len(kept) - len(now)
        return places + [Place(self._group, name) for name in names.free(missing)]

    def _limit(self, kept: list[Allocation], destructive: list[Allocation]) -> int:
        update = self._group.update
        if update is None or not destructive:
            return self._group.count
        if self._failed:
            return 0
        current = self._wanted.deployment
        rolling = [a for a in kept if current and a.deployment_id == current.id]
        if any(a.health and not a.health.healthy for a in rolling):
            return 0
        return max(0, update.max_parallel - sum(a.health is None for a in rolling))

    def _place(self, places: list[Place], now: list[Allocation]) -> None:
        if self._failed:
            current = self._wanted.deployment
            places = [p for p in places if p.previous and current and p.previous.deployment_id != current.id]
            now = [p.previous for p in places if p.previous]
        self._wanted.places.extend(places)
        self._counts.place += len(places)
        for allocation in now:
            self._wanted.stop(allocation, RESCHEDULED)
        self._counts.stop += len(now)

    def _replace(self, destructive: list[Allocation], limit: int) -> None:
        limit = 0 if self._failed else max(0, limit)
        chosen = sorted(destructive, key=lambda a: a.name)[:limit]
        for allocation in chosen:
            place = Place(self._group, allocation.name, previous=allocation, destructive=True)
            self._wanted.places.append(place)
            self._wanted.stop(allocation, UPDATING)
        self._counts.destructive += len(chosen)
        self._counts.ignore += len(destructive) - len(chosen)

    def _open_deployment(self, total: int, *, updating: bool) -> None:
        job, update = self._job, self._group.update
        ran = any((a.job.version, a.job.create_index) == (job.version, job.create_index) for a in self._everything)
        if self._progress is not None or update is None or not total or (ran and not updating):
            return
        progress = GroupProgress(total, update.auto_revert, update.progress_deadline_ns)
        self._wanted.join_deployment(self._group.name, progress, self._situation.new_deployment(job))


def _counts_no_more(allocation: Allocation, batch: bool) -> bool:
    """Whether an allocation neither runs nor holds its place for the job."""
    if batch:
        stopped = allocation.desired_status in ("stop", "evict")
        return (stopped and allocation.client_status != "complete") or allocation.client_status == "lost"
    return allocation.desired_status in ("stop", "evict") or allocation.client_status in ("complete", "lost")


def _finished_batch(allocation: Allocation) -> bool:
    return allocation.job.spec.kind == "batch" and allocation.client_status == "complete"
