"""Watches deployments: asks for evaluations when allocations change, fails them at their deadline, rolls back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from muster.nomad.embedded.agenda import Agenda, Appointment
from muster.nomad.embedded.scheduler.progress import count_allocation
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import SECOND, Allocation, Deployment, Evaluation, GroupProgress, Health

BATCH_NS = 1 * SECOND
UNHEALTHY = "Failed due to unhealthy allocations"
DEADLINE = "Failed due to progress deadline"
BY_USER = "Deployment marked as failed"
RUNNING = "Deployment is running"
PAUSED = "Deployment is paused"

EvaluationMaker = Callable[[Deployment], Evaluation]
Reverter = Callable[[Job, Job], Job]


class UnhealthyCanaries(Exception):
    """Some canaries are not (yet) healthy; the text is the server's."""


class DeploymentWatcher:
    """Moves deployments on; `evaluate` stores and queues an evaluation, `revert` stores an old version as a new one."""

    def __init__(self, store: Store, agenda: Agenda, evaluate: EvaluationMaker, revert: Reverter) -> None:
        self._store = store
        self._agenda = agenda
        self._evaluate = evaluate
        self._revert = revert
        self._deadlines: dict[str, Appointment] = {}
        self._batches: dict[str, Appointment] = {}

    def watch(self, allocations: list[Allocation]) -> None:
        """Look after the deployments of allocations that were just written."""
        for deployment_id in dict.fromkeys(a.deployment_id for a in allocations):
            deployment = self._store.deployments.get(deployment_id)
            if deployment is None:
                continue
            self._set_deadline(deployment)
            if deployment.active:
                self._consider(deployment, [a for a in allocations if a.deployment_id == deployment_id])

    def fail(self, deployment: Deployment, words: str = BY_USER) -> Evaluation:
        """End a deployment as failed, with a rollback where a failed group asks for one; returns the evaluation."""
        self._store.advance()
        job = self._store.jobs.get((deployment.namespace, deployment.job_id))
        wanted = job is not None and self._wants_rollback(deployment)
        target = self._stable(deployment) if wanted else None
        if job and target is not None and target.definition != job.definition:
            words = f"{words} - rolling back to job version {target.version}"
            self._revert(job, target)
        elif target is not None:
            same = "as current job has same specification"
            words = f"{words} - not rolling back to stable job version {target.version} {same}"
        elif wanted:
            words = f"{words} - no stable job version to auto revert to"
        self._store.put_deployment(replace(deployment, status="failed", status_description=words))
        self._forget(deployment.id)
        return self._evaluate(deployment)

    def promote(self, deployment: Deployment, groups: Collection[str] = ()) -> Evaluation:
        """Let canaries of groups (none: all) count as what was wanted. Raises UnhealthyCanaries when some are not."""
        promoted = [name for name in deployment.groups if not groups or name in groups]
        canaries = {name: self._healthy_canaries(deployment, name) for name in promoted}
        _check_canaries(deployment, canaries)
        self._store.advance()
        for allocation in (allocation for found in canaries.values() for allocation in found):
            self._store.put_allocation(_accepted(allocation, self._store.index))
        changed = replace(
            deployment,
            groups={n: self._promoted(g) if n in promoted else g for n, g in deployment.groups.items()},
        )
        if not changed.requires_promotion and changed.status == "running":
            changed = replace(changed, status_description=RUNNING)
        self._set_deadline(self._store.put_deployment(changed))
        return self._evaluate(changed)

    def _promoted(self, progress: GroupProgress) -> GroupProgress:
        """Promotion is progress: the deadline begins anew."""
        if not progress.progress_deadline_ns or progress.require_progress_by_ns is None:
            return replace(progress, promoted=True)
        deadline = self._agenda.now_ns + progress.progress_deadline_ns
        return replace(progress, promoted=True, require_progress_by_ns=deadline)

    def pause(self, deployment: Deployment, *, paused: bool) -> Evaluation | None:
        """Hold a deployment, or let it go on, which asks for an evaluation."""
        self._store.advance()
        status, words = ("paused", PAUSED) if paused else ("running", RUNNING)
        changed = self._store.put_deployment(replace(deployment, status=status, status_description=words))
        return None if paused else self._evaluate(changed)

    def judge(self, deployment: Deployment, healthy: Collection[str], unhealthy: Collection[str]) -> Evaluation:
        """Take an operator's word for the health of allocations; an unhealthy one fails the deployment."""
        self._store.advance()
        for allocation in self._allocations(deployment):
            if allocation.id in healthy or allocation.id in unhealthy:
                verdict = Health(allocation.id in healthy, self._agenda.now_ns, self._store.index)
                stored = self._store.put_allocation(replace(allocation, health=verdict))
                count_allocation(self._store, allocation, stored)
        current = self._store.deployments[deployment.id]
        self._set_deadline(current)
        return self.fail(current, UNHEALTHY) if unhealthy else self._evaluate(current)

    def _allocations(self, deployment: Deployment) -> list[Allocation]:
        return [a for a in self._store.allocations.values() if a.deployment_id == deployment.id]

    def _healthy_canaries(self, deployment: Deployment, group: str) -> list[Allocation]:
        placed = deployment.groups[group].placed_canaries
        found = [self._store.allocations[id_] for id_ in placed if id_ in self._store.allocations]
        return [a for a in found if not a.terminal and a.health is not None and a.health.healthy]

    def _promote_itself(self, deployment: Deployment) -> bool:
        """Promote canaries that are all placed and healthy, where every group says that this is enough."""
        placed = all(g.desired_canaries == len(g.placed_canaries) for g in deployment.groups.values())
        healthy = all(
            len(self._healthy_canaries(deployment, name)) == len(progress.placed_canaries)
            for name, progress in deployment.groups.items()
        )
        if not (deployment.requires_promotion and deployment.promotes_itself and placed and healthy):
            return False
        self.promote(deployment)
        return True

    def _consider(self, deployment: Deployment, allocations: list[Allocation]) -> None:
        judged = [a for a in allocations if a.health is not None and a.health.modify_index == self._store.index]
        for allocation in judged:
            healthy = allocation.health is not None and allocation.health.healthy
            if not healthy and not deployment.groups[allocation.group].progress_deadline_ns:
                self.fail(deployment, UNHEALTHY)
                return
        if judged and deployment.status == "running" and self._promote_itself(deployment):
            return
        if judged and deployment.id not in self._batches:
            action = partial(self._batch, deployment.id)
            self._batches[deployment.id] = self._agenda.after(BATCH_NS, action)

    def _batch(self, deployment_id: str) -> None:
        """One evaluation for all that happened within the batch; unhealthy allocations may now be rescheduled."""
        self._batches.pop(deployment_id, None)
        deployment = self._store.deployments[deployment_id]
        if not deployment.active:
            return
        self._store.advance()
        for allocation in list(self._store.allocations.values()):
            unhealthy = allocation.health is not None and not allocation.health.healthy
            if allocation.deployment_id == deployment_id and unhealthy and not allocation.reschedule_requested:
                self._store.put_allocation(replace(allocation, reschedule_requested=True))
        self._evaluate(deployment)

    def _set_deadline(self, deployment: Deployment) -> None:
        times = [g.require_progress_by_ns for g in deployment.groups.values() if g.require_progress_by_ns]
        before = self._deadlines.pop(deployment.id, None)
        if before is not None:
            before.cancel()
        if times and deployment.active:
            action = partial(self._deadline, deployment.id)
            self._deadlines[deployment.id] = self._agenda.at(min(times), action)

    def _deadline(self, deployment_id: str) -> None:
        deployment = self._store.deployments[deployment_id]
        if deployment.active and not all(group.progressed for group in deployment.groups.values()):
            self.fail(deployment, DEADLINE)

    def _wants_rollback(self, deployment: Deployment) -> bool:
        return any(g.auto_revert and not g.progressed for g in deployment.groups.values())

    def _stable(self, deployment: Deployment) -> Job | None:
        versions = self._store.versions.get((deployment.namespace, deployment.job_id), ())
        older = [job for job in versions if job.stable and job.version < deployment.job_version]
        return max(older, key=lambda job: job.version, default=None)

    def _forget(self, deployment_id: str) -> None:
        for kept in (self._deadlines, self._batches):
            appointment = kept.pop(deployment_id, None)
            if appointment is not None:
                appointment.cancel()


def _check_canaries(deployment: Deployment, canaries: Mapping[str, list[Allocation]]) -> None:
    wanted = {name: deployment.groups[name].desired_canaries for name in canaries}
    lacking = [
        f'Task group "{name}" has {len(canaries[name])}/{count} healthy allocations'
        for name, count in wanted.items()
        if len(canaries[name]) < count
    ]
    if lacking:
        lines = "".join(f"\t* {line}\n" for line in lacking)
        raise UnhealthyCanaries(f"{len(lacking)} error{'s' if len(lacking) > 1 else ''} occurred:\n{lines}\n")


def _accepted(allocation: Allocation, index: int) -> Allocation:
    """A canary no longer."""
    assert allocation.health is not None
    return replace(allocation, canary=False, health=replace(allocation.health, modify_index=index))
