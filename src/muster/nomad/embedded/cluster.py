"""The cluster in one object: the store, the scheduler, the clients and the deployment watcher on one virtual clock.

Pure: it reads no clock, file or socket, and the same calls at the same virtual times give the same cluster.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.client.alloc_runner import ClientReport
from muster.nomad.embedded.client.behaviours import Behaviours
from muster.nomad.embedded.client.clients import Clients
from muster.nomad.embedded.conditions import conflict, may_try_again
from muster.nomad.embedded.consul.state import ConsulState
from muster.nomad.embedded.deployments import DeploymentWatcher
from muster.nomad.embedded.differences.destructive import spec_changed
from muster.nomad.embedded.drainer import Drainer
from muster.nomad.embedded.estate_sources import EstateSources
from muster.nomad.embedded.launches import Launches
from muster.nomad.embedded.scheduler.computing import Computed, compute
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.processor import Scheduler, blocked_evaluation
from muster.nomad.embedded.scheduler.progress import count_allocation
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import first_state
from muster.nomad.embedded.state.registered import registered
from muster.nomad.embedded.state.status import refresh_status
from muster.nomad.embedded.state.store import JobKey, Store, Table
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation
from muster.nomad.embedded.vault.state import VaultState

Json = dict[str, Any]


class Refused(Exception):
    """The cluster says no; the text and the status are the server's."""

    def __init__(self, text: str, status: int = 500) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Accepted:
    """A write went through: its raft index, the evaluation it made, the job's modify index, the version restored."""

    index: int
    eval_id: str
    job_modify_index: int = 0
    eval_ids: tuple[str, ...] = ()
    child_id: str = ""
    reverted_to: int | None = None


@dataclass(frozen=True)
class Planned:
    """A dry run: when, the job that is, the one that would be, the scheduler's thoughts, what would stay blocked."""

    now_ns: int
    existing: Job | None
    proposed: Job
    computed: Computed
    blocked: Evaluation | None


class Cluster:
    """Nomad's servers and clients, simulated; with the memories of the Consul and the Vault beside them."""

    def __init__(self, nodes: Iterable[Node], behaviours: Behaviours, start_ns: int, seed: str) -> None:
        self.nodes = tuple(nodes)
        self.store = Store()
        self.consul = ConsulState()
        self.vault = VaultState()
        self.agenda = Agenda(start_ns)
        self.start_ns = start_ns
        self.store.nodes = {node.id: first_state(node, start_ns) for node in self.nodes}
        self._chance = Chance(seed)
        self.scheduler = Scheduler(self.store, self.agenda, self._chance, self._on_plan)
        self.clients = Clients(
            self.nodes, self.agenda, Chance(seed + "/clients"), behaviours, self._on_reports, EstateSources(self)
        )
        self.launches = Launches(self.store, self.agenda, self._chance, self._draft_for, self.enqueue, self._forget_job)
        self.drainer = Drainer(self.store, self.agenda, self._drain_evaluation)
        self.watcher = DeploymentWatcher(self.store, self.agenda, self._watcher_evaluation, self._revert_to)

    def register(self, submitted: Json, enforce_index: int | None = None) -> Accepted:
        """Store a job and have it scheduled. Raises Refused when the enforced index does not match."""
        definition, spec = registered(submitted)
        key = (definition["Namespace"], definition["ID"])
        existing = self.store.jobs.get(key)
        enforced = conflict(existing, enforce_index)
        if enforced:
            raise Refused(enforced)
        index = self.store.advance()
        job = Job(definition["ID"], definition["Namespace"], definition, spec, self.agenda.now_ns)
        return self.store_version(self.number_version(job, existing, index), "job-register")

    def number_version(self, job: Job, existing: Job | None, index: int) -> Job:
        """The job with its version and indexes: an unchanged definition stays the version that it was."""
        if existing is None:
            return replace(job, create_index=index, modify_index=index, job_modify_index=index)
        if not spec_changed(existing.definition, job.definition) and not existing.stop:
            return existing
        return replace(
            job,
            version=existing.version + 1,
            status=existing.status,
            create_index=existing.create_index,
            modify_index=index,
            job_modify_index=index,
        )

    def store_version(self, job: Job, trigger: str) -> Accepted:
        """Make a job the current version and have it scheduled."""
        self.store.put_version(job)
        self.launches.track((job.namespace, job.id))
        if job.launches_others:
            refresh_status(self.store, (job.namespace, job.id))
            return Accepted(self.store.index, "", job.job_modify_index)
        evaluation = self.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, trigger)
        stored = self.enqueue(replace(evaluation, job_modify_index=job.job_modify_index))
        return Accepted(self.store.index, stored.id, job.job_modify_index)

    def deregister(self, key: JobKey, *, purge: bool) -> Accepted:
        """Stop a job, and forget it when purged; a job that never was is stopped all the same."""
        job = self.store.jobs.get(key)
        index = self.store.advance()
        if job is not None and purge:
            self.store.remove_job(key)
        elif job is not None:
            version = job.version + 1
            stopped = replace(job, stop=True, stable=False, version=version, modify_index=index, job_modify_index=index)
            self.store.put_version(stopped)
        if job is not None and job.launches_others:
            self.launches.track(key)
            refresh_status(self.store, key)
            return Accepted(index, "", index)
        kind, priority = (job.spec.kind, job.spec.priority) if job else ("service", 50)
        evaluation = self.draft_evaluation(key[1], key[0], kind, priority, "job-deregister")
        stored = self.enqueue(replace(evaluation, job_modify_index=index))
        return Accepted(index, stored.id, index)

    def revert(self, key: JobKey, version: int, enforce_prior: int | None) -> Accepted:
        """Register an older version as a new one. Raises Refused in the server's words."""
        current = self.store.jobs.get(key)
        if current is None:
            raise Refused(f'job "{key[1]}" not found')
        if version == current.version:
            raise Refused("can't revert to current version")
        target = next((job for job in self.store.versions[key] if job.version == version), None)
        if target is None:
            raise Refused(f'job "{key[1]}" in namespace "{key[0]}" at version {version} not found')
        if enforce_prior is not None and enforce_prior != current.version:
            raise Refused(f"Current job has version {current.version}; enforcing version {enforce_prior}")
        self.store.advance()
        return self.store_version(self._reverted(current, target), "job-register")

    def fail_deployment(self, deployment_id: str) -> Accepted:
        """Fail a running deployment. Raises Refused when there is none or it is over."""
        deployment = self.store.deployments.get(deployment_id)
        if deployment is None:
            raise Refused("deployment not found")
        if not deployment.active:
            raise Refused("can't fail terminal deployment")
        evaluation = self.watcher.fail(deployment)
        return Accepted(self.store.index, evaluation.id)

    def put_object(self, table: Table, name: str, content: Json) -> Accepted:
        """Store what a request alone writes: a namespace, a policy, a variable."""
        index = self.store.advance()
        self.store.put_object(table, name, content)
        if table == "variables":
            self.clients.look_again()
        return Accepted(index, "")

    def remove_object(self, table: Table, name: str) -> Accepted:
        """Forget what a request wrote."""
        index = self.store.advance()
        self.store.remove_object(table, name)
        return Accepted(index, "")

    def plan(self, submitted: Json) -> Planned:
        """What registering a job would do; nothing is stored."""
        definition, spec = registered(submitted)
        key = (definition["Namespace"], definition["ID"])
        existing, now, chance = self.store.jobs.get(key), self.agenda.now_ns, Chance("plan")
        job = Job(definition["ID"], definition["Namespace"], definition, spec, now)
        proposed = self.number_version(job, existing, self.store.index + 1)
        evaluation = self.draft_evaluation(job.id, job.namespace, spec.kind, spec.priority, "job-register", chance)
        computed = compute(self.store, proposed, evaluation, now, chance)
        blocked = blocked_evaluation(evaluation, computed, chance.identifier(), now) if computed.failed else None
        return Planned(now, existing, proposed, computed, blocked)

    def draft_evaluation(
        self, job_id: str, namespace: str, kind: str, priority: int, trigger: str, chance: Chance | None = None
    ) -> Evaluation:
        """A new evaluation of a job, not yet stored."""
        now = self.agenda.now_ns
        return Evaluation(
            (chance or self._chance).identifier(),
            job_id,
            namespace,
            kind,
            priority,
            trigger,
            create_ns=now,
            modify_ns=now,
        )

    def enqueue(self, evaluation: Evaluation, *, refreshing: bool = True) -> Evaluation:
        """Store and queue an evaluation; one of a deployment's leaves the job's status as it is."""
        stored = self.store.put_evaluation(evaluation)
        if refreshing:
            refresh_status(self.store, (stored.namespace, stored.job_id))
        self.scheduler.enqueue(stored)
        return stored

    def _watcher_evaluation(self, deployment: Deployment) -> Evaluation:
        job = self.store.jobs.get((deployment.namespace, deployment.job_id))
        kind, priority = (job.spec.kind, job.spec.priority) if job else ("service", 50)
        trigger = "deployment-watcher"
        evaluation = self.draft_evaluation(deployment.job_id, deployment.namespace, kind, priority, trigger)
        return self.enqueue(replace(evaluation, deployment_id=deployment.id), refreshing=False)

    def _forget_job(self, key: JobKey) -> None:
        self.clients.forget(a.id for a in self.store.job_allocations(key))
        self.store.forget_job(key)

    def _draft_for(self, job: Job, trigger: str) -> Evaluation:
        return self.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, trigger)

    def _drain_evaluation(self, allocation: Allocation) -> Evaluation:
        return self.enqueue(self._draft_for(allocation.job, "node-drain"), refreshing=False)

    def _revert_to(self, current: Job, target: Job) -> Job:
        job = self._reverted(current, target)
        self.store.put_version(job)
        return job

    def _reverted(self, current: Job, target: Job) -> Job:
        index = self.store.index
        return replace(
            target,
            version=current.version + 1,
            status=current.status,
            stop=False,
            submit_ns=self.agenda.now_ns,
            modify_index=index,
            job_modify_index=index,
        )

    def _on_plan(self, allocations: list[Allocation]) -> None:
        self.clients.hear(allocations)
        self.watcher.watch(allocations)
        self.drainer.watch(allocations)

    def _on_reports(self, reports: list[ClientReport]) -> None:
        self.store.advance()
        stored = [allocation for report in reports if (allocation := self._take(report)) is not None]
        for key in dict.fromkeys((a.job.namespace, a.job.id) for a in stored):
            self._reschedule(key, [a for a in stored if (a.job.namespace, a.job.id) == key])
            refresh_status(self.store, key)
        self.watcher.watch(stored)
        self.drainer.watch(stored)
        if any(allocation.client_terminal for allocation in stored):
            self.scheduler.unblock()

    def _take(self, report: ClientReport) -> Allocation | None:
        before = self.store.allocations.get(report.allocation_id)
        if before is None:
            return None
        health = report.health
        if health is not None and (before.health is None or before.health.healthy != health.healthy):
            health = replace(health, modify_index=self.store.index)
        elif before.health is not None:
            health = before.health
        after = replace(
            before,
            client_status=report.client_status,
            client_description=report.client_description,
            tasks=report.tasks,
            health=health,
            modify_ns=self.agenda.now_ns,
        )
        stored = self.store.put_allocation(after, by_client=True)
        count_allocation(self.store, before, stored)
        return stored

    def _reschedule(self, key: JobKey, allocations: list[Allocation]) -> None:
        """A failed allocation whose policy allows another attempt asks for an evaluation."""
        job = self.store.jobs.get(key)
        if job is None or job.stop or not any(may_try_again(allocation) for allocation in allocations):
            return
        evaluation = self.draft_evaluation(job.id, job.namespace, job.spec.kind, job.spec.priority, "alloc-failure")
        self.enqueue(evaluation)
