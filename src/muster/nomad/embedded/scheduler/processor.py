"""Carries evaluations out: each is computed, its plan applied to the store, and the evaluation completed or blocked.

The raft indexes follow Nomad's: blocked and follow-up evaluations first, then the plan, then the evaluation itself.
"""

from collections.abc import Callable
from dataclasses import replace

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.scheduler.computing import Computed, compute
from muster.nomad.embedded.scheduler.plans import Stop
from muster.nomad.embedded.scheduler.progress import count_allocation
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.status import refresh_status
from muster.nomad.embedded.state.store import JobKey, Store
from muster.nomad.embedded.state.values import MILLISECOND, SECOND, Allocation, Evaluation

THINKING_NS = 1 * MILLISECOND
FOLLOWUP_BATCH_NS = 5 * SECOND


class Scheduler:
    """Processes evaluations; `on_plan` hears of every allocation that a plan wrote."""

    def __init__(
        self,
        store: Store,
        agenda: Agenda,
        chance: Chance,
        on_plan: Callable[[list[Allocation]], None],
    ) -> None:
        self._store = store
        self._agenda = agenda
        self._chance = chance
        self._on_plan = on_plan
        self._queued: set[str] = set()

    def enqueue(self, evaluation: Evaluation) -> None:
        """Process a stored evaluation soon, or at its time."""
        if evaluation.id in self._queued:
            return
        self._queued.add(evaluation.id)
        at_ns = max(self._agenda.now_ns + THINKING_NS, evaluation.wait_until_ns or 0)
        self._agenda.at(at_ns, lambda: self._process(evaluation.id))

    def unblock(self, computed_class: str | None = None) -> None:
        """Capacity came free (on a node of a class): try again what was blocked for want of it."""
        for evaluation in list(self._store.evaluations.values()):
            if evaluation.status == "blocked" and _may_help(evaluation, computed_class):
                self.enqueue(evaluation)

    def _process(self, eval_id: str) -> None:
        self._queued.discard(eval_id)
        evaluation = self._store.evaluations[eval_id]
        if evaluation.terminal:
            return
        key = (evaluation.namespace, evaluation.job_id)
        evaluation = replace(evaluation, snapshot_index=self._store.index)
        job = self._store.jobs.get(key)
        computed = compute(self._store, job, evaluation, self._agenda.now_ns, self._chance)
        reblocked = evaluation.status == "blocked" and bool(computed.failed)
        evaluation = self._block(evaluation, computed) if computed.failed and not reblocked else evaluation
        followups = self._follow_up(evaluation, computed)
        self._apply(evaluation, computed, followups)
        if computed.wanted.rolling_on and job is not None:
            self._roll_on(evaluation, job)
        self._finish(evaluation, computed, key, reblocked=reblocked)

    def _roll_on(self, evaluation: Evaluation, job: Job) -> None:
        """A system job's update goes on after its stagger."""
        later = replace(
            self._next_evaluation(evaluation, job),
            triggered_by="rolling-update",
            wait_until_ns=self._agenda.now_ns + job.spec.stagger_ns,
        )
        self.enqueue(self._store.put_evaluation(later))

    def _block(self, evaluation: Evaluation, computed: Computed) -> Evaluation:
        self._store.advance()
        blocked = blocked_evaluation(evaluation, computed, self._chance.identifier(), self._agenda.now_ns)
        self._cancel_blocked(evaluation, keep=evaluation.id, reason=self._duplicate(evaluation))
        self._store.put_evaluation(blocked)
        return replace(evaluation, blocked_eval=blocked.id)

    def _duplicate(self, evaluation: Evaluation) -> str:
        return f'existing blocked evaluation exists for job "{evaluation.job_id}"'

    def _follow_up(self, evaluation: Evaluation, computed: Computed) -> dict[str, str]:
        """Make evaluations for later reschedules, one for each five seconds; maps an allocation to its evaluation."""
        if not computed.wanted.later:
            return {}
        self._store.advance()
        made: dict[str, str] = {}
        batch: tuple[int, str] | None = None
        for allocation, at_ns in sorted(computed.wanted.later, key=lambda entry: entry[1]):
            if batch is None or at_ns > batch[0] + FOLLOWUP_BATCH_NS:
                batch = (at_ns, self._later_evaluation(evaluation, at_ns).id)
            made[allocation.id] = batch[1]
        return made

    def _later_evaluation(self, evaluation: Evaluation, at_ns: int) -> Evaluation:
        job = self._store.jobs[(evaluation.namespace, evaluation.job_id)]
        words = "created for delayed rescheduling"
        later = replace(self._next_evaluation(evaluation, job), status_description=words, wait_until_ns=at_ns)
        stored = self._store.put_evaluation(later)
        refresh_status(self._store, (evaluation.namespace, evaluation.job_id))
        self.enqueue(stored)
        return stored

    def _next_evaluation(self, evaluation: Evaluation, job: Job) -> Evaluation:
        return Evaluation(
            id=self._chance.identifier(),
            job_id=evaluation.job_id,
            namespace=evaluation.namespace,
            kind=evaluation.kind,
            priority=job.spec.priority,
            triggered_by="alloc-failure",
            create_ns=self._agenda.now_ns,
            modify_ns=self._agenda.now_ns,
            job_modify_index=job.modify_index,
            previous_eval=evaluation.id,
            snapshot_index=evaluation.snapshot_index,
        )

    def _apply(self, evaluation: Evaluation, computed: Computed, followups: dict[str, str]) -> None:
        changed = self._changes(computed, followups)
        wanted = computed.wanted
        if not (changed or wanted.created_deployment or wanted.deployment_changes):
            return
        self._store.advance()
        for deployment in wanted.deployment_changes:
            self._store.put_deployment(deployment)
            if deployment.status == "successful":
                self._mark_stable(deployment.job_version, (deployment.namespace, deployment.job_id))
        if wanted.created_deployment and wanted.deployment:
            self._store.put_deployment(wanted.deployment)
        index = self._store.index
        fresh = {allocation.id for allocation in computed.placed if allocation.canary}
        changed = [replace(a, canary_index=index) if a.id in fresh else a for a in changed]
        stored = [self._store.put_allocation(allocation) for allocation in changed]
        for allocation in stored:
            count_allocation(self._store, None, allocation)
        refresh_status(self._store, (evaluation.namespace, evaluation.job_id))
        self._on_plan(stored)

    def _changes(self, computed: Computed, followups: dict[str, str]) -> list[Allocation]:
        now = self._agenda.now_ns
        current = self._store.allocations
        changed = {stop.allocation.id: _stopped(current[stop.allocation.id], stop, now) for stop in computed.stops}
        for allocation_id, eval_id in followups.items():
            before = changed.get(allocation_id, current[allocation_id])
            changed[allocation_id] = replace(before, followup_eval_id=eval_id)
        for allocation in computed.wanted.in_place:
            changed[allocation.id] = self._in_place(current[allocation.id], computed)
        for allocation in computed.placed:
            changed[allocation.id] = allocation
            if allocation.previous_id:
                before = changed.get(allocation.previous_id, current[allocation.previous_id])
                changed[allocation.previous_id] = replace(before, next_id=allocation.id)
        return list(changed.values())

    def _in_place(self, allocation: Allocation, computed: Computed) -> Allocation:
        job = self._store.jobs[(allocation.job.namespace, allocation.job.id)]
        deployment = computed.wanted.deployment
        updated = replace(allocation, job=job, modify_ns=self._agenda.now_ns)
        if deployment is None or deployment.id == allocation.deployment_id:
            return updated
        return replace(updated, deployment_id=deployment.id, health=None, reschedule_requested=False)

    def _mark_stable(self, version: int, key: JobKey) -> None:
        known = [*filter(None, [self._store.jobs.get(key)]), *self._store.versions.get(key, ())]
        job = next((job for job in known if job.version == version), None)
        if job is not None and not job.stable:
            self._store.put_job(replace(job, stable=True, modify_index=self._store.index))

    def _finish(self, evaluation: Evaluation, computed: Computed, key: JobKey, *, reblocked: bool) -> None:
        self._store.advance()
        latest = self._store.latest_deployment(key)
        done = replace(
            evaluation,
            status="blocked" if reblocked else "complete",
            deployment_id=latest.id if latest else "",
            queued=computed.queued,
            failed_groups=computed.failed or None,
            modify_ns=self._agenda.now_ns,
        )
        if not computed.failed:
            done = replace(done, status_description="")
            self._cancel_blocked(evaluation, keep=evaluation.id, reason=None)
        self._store.put_evaluation(done)
        self._store.touch_summary(key)
        refresh_status(self._store, key)

    def _cancel_blocked(self, evaluation: Evaluation, *, keep: str, reason: str | None) -> None:
        """Cancel the job's other blocked evaluations; without a reason the wording is that of a success."""
        for blocked in self._store.job_evaluations((evaluation.namespace, evaluation.job_id)):
            if blocked.status != "blocked" or blocked.id == keep:
                continue
            words = f'evaluation "{blocked.id}" successful' if reason is None else reason
            cancelled = replace(blocked, status="canceled", status_description=words, modify_ns=self._agenda.now_ns)
            self._store.put_evaluation(cancelled)


def blocked_evaluation(evaluation: Evaluation, computed: Computed, identifier: str, now_ns: int) -> Evaluation:
    """The evaluation that waits for capacity after one that could not place everything."""
    return Evaluation(
        id=identifier,
        job_id=evaluation.job_id,
        namespace=evaluation.namespace,
        kind=evaluation.kind,
        priority=evaluation.priority,
        triggered_by="queued-allocs",
        create_ns=now_ns,
        modify_ns=now_ns,
        job_modify_index=evaluation.job_modify_index,
        status="blocked",
        status_description="created to place remaining allocations",
        previous_eval=evaluation.id,
        failed_groups=computed.failed,
        class_eligibility=computed.class_eligibility or None,
        escaped_class=computed.escaped,
        snapshot_index=evaluation.snapshot_index,
    )


def _stopped(allocation: Allocation, stop: Stop, now_ns: int) -> Allocation:
    client_status = "lost" if stop.lost else allocation.client_status
    return replace(
        allocation,
        desired_status="stop",
        desired_description=stop.reason,
        client_status=client_status,
        modify_ns=now_ns,
    )


def _may_help(evaluation: Evaluation, computed_class: str | None) -> bool:
    """Whether room on nodes of a class, known or not when the evaluation was blocked, may be what it waits for."""
    known = evaluation.class_eligibility
    if not known:
        return True
    return any(known.values()) if computed_class is None else known.get(computed_class, True)
