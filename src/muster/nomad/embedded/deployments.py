"""Watches deployments: asks for evaluations when allocations change, fails them at their deadline, rolls back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from muster.nomad.embedded.agenda import Agenda, Appointment
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import SECOND, Allocation, Deployment, Evaluation

BATCH_NS = 1 * SECOND
UNHEALTHY = "Failed due to unhealthy allocations"
DEADLINE = "Failed due to progress deadline"
BY_USER = "Deployment marked as failed"

EvaluationMaker = Callable[[Deployment], Evaluation]
Reverter = Callable[[Job, Job], Job]


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

    def _consider(self, deployment: Deployment, allocations: list[Allocation]) -> None:
        judged = [a for a in allocations if a.health is not None and a.health.modify_index == self._store.index]
        for allocation in judged:
            healthy = allocation.health is not None and allocation.health.healthy
            if not healthy and not deployment.groups[allocation.group].progress_deadline_ns:
                self.fail(deployment, UNHEALTHY)
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
        if deployment.active and any(g.healthy < g.desired_total for g in deployment.groups.values()):
            self.fail(deployment, DEADLINE)

    def _wants_rollback(self, deployment: Deployment) -> bool:
        return any(g.auto_revert and g.healthy < g.desired_total for g in deployment.groups.values())

    def _stable(self, deployment: Deployment) -> Job | None:
        versions = self._store.versions.get((deployment.namespace, deployment.job_id), ())
        older = [job for job in versions if job.stable and job.version < deployment.job_version]
        return max(older, key=lambda job: job.version, default=None)

    def _forget(self, deployment_id: str) -> None:
        for kept in (self._deadlines, self._batches):
            appointment = kept.pop(deployment_id, None)
            if appointment is not None:
                appointment.cancel()
