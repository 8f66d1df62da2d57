"""The cluster's memory: tables of frozen values, each write under a raft index.

A table's index is that of its last write; what is written carries its own create and modify indexes.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from muster.nomad.embedded.state.changes import KEPT_CHANGES, Change, Kind
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.nodes import NodeState
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation

Table = Literal[
    "nodes",
    "jobs",
    "evals",
    "allocs",
    "deployment",
    "job_summary",
    "job_version",
    "namespaces",
    "acl_policy",
    "acl_token",
    "variables",
    "csi_volumes",
    "scheduler_config",
    "scaling_event",
]
FIRST_INDEX = 10
KEPT_VERSIONS = 6

JobKey = tuple[str, str]
Json = dict[str, Any]
DEFAULT_NAMESPACE: Json = {
    "CreateIndex": 1,
    "Description": "Default shared namespace",
    "Hash": "C7UbjDwBK0dK8wQq7Izg7SJIzaV+lIo2X7wRtzY3pSw=",
    "ModifyIndex": 1,
    "Name": "default",
    "Quota": "",
}


class Store:
    """Tables by id. `index` is the last raft index; `advance` opens the next one."""

    def __init__(self) -> None:
        self.index = FIRST_INDEX
        self.nodes: dict[str, NodeState] = {}
        self.jobs: dict[JobKey, Job] = {}
        self.versions: dict[JobKey, tuple[Job, ...]] = {}
        self.evaluations: dict[str, Evaluation] = {}
        self.allocations: dict[str, Allocation] = {}
        self.deployments: dict[str, Deployment] = {}
        self.summary_index: dict[JobKey, int] = {}
        self.changes: deque[Change] = deque(maxlen=KEPT_CHANGES)
        self.objects: dict[Table, dict[str, Json]] = {"namespaces": {"default": dict(DEFAULT_NAMESPACE)}}
        """What requests alone write: namespaces, ACL, variables, volumes, settings; in the API's shape, by name."""
        self._tables: dict[Table, int] = {"nodes": 9, "namespaces": 1, "scheduler_config": 5}

    def advance(self) -> int:
        """Open the next raft index."""
        self.index += 1
        return self.index

    def table_index(self, table: Table) -> int:
        """The index of the table's last write, 1 when there was none."""
        return self._tables.get(table, 1)

    def _touch(self, *tables: Table) -> None:
        for table in tables:
            self._tables[table] = self.index

    def _note(
        self, kind: Kind, value: object, *, fresh: bool = False, removed: bool = False, by_client: bool = False
    ) -> None:
        self.changes.append(Change(self.index, kind, value, fresh, removed, by_client))

    def put_object(self, table: Table, name: str, content: Json) -> Json:
        """Store what a request alone writes under the current index; returns it with its indexes."""
        rows = self.objects.setdefault(table, {})
        created = rows.get(name, {}).get("CreateIndex", self.index)
        rows[name] = {**content, "CreateIndex": created, "ModifyIndex": self.index}
        self._touch(table)
        if table in ("acl_token", "acl_policy"):
            self._note(table, rows[name])
        return rows[name]

    def remove_object(self, table: Table, name: str) -> None:
        """Forget what a request wrote."""
        gone = self.objects.get(table, {}).pop(name, None)
        self._touch(table)
        if gone is not None and table in ("acl_token", "acl_policy"):
            self._note(table, gone, removed=True)

    def put_node(self, state: NodeState) -> NodeState:
        """Store a change of a node under the current index; its newest event gets the index too."""
        events = tuple(replace(e, create_index=e.create_index or self.index) for e in state.events)
        stored = replace(state, modify_index=self.index, events=events)
        self._note("node", stored, fresh=stored.node.id not in self.nodes)
        self.nodes[stored.node.id] = stored
        self._touch("nodes")
        return stored

    def put_version(self, job: Job) -> None:
        """Store a new version (or the same version's new submission) as the current job."""
        key = (job.namespace, job.id)
        older = tuple(version for version in self.versions.get(key, ()) if version.version != job.version)
        self.versions[key] = (job, *older)[:KEPT_VERSIONS]
        self.jobs[key] = job
        self.summary_index.setdefault(key, self.index)
        self._touch("jobs", "job_version", "job_summary")
        self._note("job", job, fresh=True)

    def put_job(self, job: Job) -> None:
        """Store a change to a version that exists already, current or not."""
        key = (job.namespace, job.id)
        self.versions[key] = tuple(job if v.version == job.version else v for v in self.versions.get(key, ()))
        current = self.jobs.get(key)
        if current is not None and current.version == job.version:
            self.jobs[key] = job
        self._touch("jobs", "job_version")
        self._note("job", job)

    def put_status(self, job: Job) -> None:
        """Store a job's new status; the list of its versions does not hear of it."""
        self.jobs[(job.namespace, job.id)] = job
        self._touch("jobs")
        self._note("job", job)

    def remove_job(self, key: JobKey) -> None:
        """Forget a job and its versions; its evaluations, allocations and deployments stay."""
        self.jobs.pop(key, None)
        self.versions.pop(key, None)
        self.summary_index.pop(key, None)
        self._touch("jobs", "job_version", "job_summary")

    def forget_job(self, key: JobKey) -> None:
        """Forget a job with all that hung on it."""
        for allocation in self.job_allocations(key):
            del self.allocations[allocation.id]
        for evaluation in self.job_evaluations(key):
            del self.evaluations[evaluation.id]
        for deployment in self.job_deployments(key):
            del self.deployments[deployment.id]
        self.remove_job(key)

    def put_evaluation(self, evaluation: Evaluation) -> Evaluation:
        """Store an evaluation under the current index."""
        created = evaluation.create_index or self.index
        stored = replace(evaluation, create_index=created, modify_index=self.index)
        self._note("evaluation", stored, fresh=stored.id not in self.evaluations)
        self.evaluations[stored.id] = stored
        self._touch("evals")
        return stored

    def put_deployment(self, deployment: Deployment) -> Deployment:
        """Store a deployment under the current index."""
        created = deployment.create_index or self.index
        stored = replace(deployment, create_index=created, modify_index=self.index)
        self._note("deployment", stored, fresh=stored.id not in self.deployments)
        self.deployments[stored.id] = stored
        self._touch("deployment")
        return stored

    def put_allocation(self, allocation: Allocation, *, by_client: bool = False) -> Allocation:
        """Store an allocation; a client's report leaves the server's own modify index."""
        stored = replace(
            allocation,
            create_index=allocation.create_index or self.index,
            modify_index=self.index,
            alloc_modify_index=allocation.alloc_modify_index if by_client else self.index,
        )
        before = self.allocations.get(stored.id)
        self._note("allocation", stored, fresh=before is None, by_client=by_client)
        self.allocations[stored.id] = stored
        self._touch("allocs")
        if before is None or before.client_status != stored.client_status:
            self._touch_summary((stored.job.namespace, stored.job.id))
        return stored

    def touch_summary(self, key: JobKey) -> None:
        """Note that a job's summary changed."""
        self._touch_summary(key)

    def _touch_summary(self, key: JobKey) -> None:
        if key in self.summary_index:
            self.summary_index[key] = self.index
            self._touch("job_summary")

    def job_allocations(self, key: JobKey) -> list[Allocation]:
        """All allocations of a job, oldest first."""
        return [a for a in self.allocations.values() if (a.job.namespace, a.job.id) == key]

    def job_evaluations(self, key: JobKey) -> list[Evaluation]:
        """All evaluations of a job, oldest first."""
        return [e for e in self.evaluations.values() if (e.namespace, e.job_id) == key]

    def job_deployments(self, key: JobKey) -> list[Deployment]:
        """All deployments of a job, oldest first."""
        return [d for d in self.deployments.values() if (d.namespace, d.job_id) == key]

    def latest_deployment(self, key: JobKey) -> Deployment | None:
        """The deployment that was created last."""
        return max(self.job_deployments(key), key=lambda d: d.create_index, default=None)

    def node_allocations(self, node_id: str) -> Iterable[Allocation]:
        """The allocations that hold resources of a node in the scheduler's eyes."""
        return [a for a in self.allocations.values() if a.node_id == node_id and not a.terminal]
