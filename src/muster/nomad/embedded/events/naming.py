"""What kind of write a group of changes was: the `Type` that all events of one index share.

Nomad names an event after the raft message that caused it; here it follows from what the message changed.
Checked against the recorded stream of Nomad 1.1.2.
"""

from collections.abc import Iterable

from muster.nomad.embedded.state.changes import Change
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation

_BY_TRIGGER = {
    "job-register": "JobRegistered",
    "job-deregister": "JobDeregistered",
    "periodic-job": "EvaluationUpdated",
    "job-scaling": "EvaluationUpdated",
    "alloc-failure": "AllocationUpdated",
    "alloc-stop": "AllocationUpdateDesiredStatus",
    "deployment-watcher": "AllocationUpdateDesiredStatus",
    "node-update": "EvaluationUpdated",
    "node-drain": "AllocationUpdateDesiredStatus",
}
_ACCESS = {"acl_token": "ACLToken", "acl_policy": "ACLPolicy"}


def event_type(changes: Iterable[Change]) -> str:
    """The type of the events of one index."""
    found = list(changes)
    for name in (_access(found), _of_job(found), _of_node(found), _of_clients(found), _of_evaluation(found)):
        if name:
            return name
    if any(isinstance(change.value, Allocation) for change in found):
        return "PlanResult" if _planned(found) else "AllocationUpdateDesiredStatus"
    return _of_rest(found)


def _access(changes: list[Change]) -> str:
    change = next((change for change in changes if change.kind in _ACCESS), None)
    return "" if change is None else _ACCESS[change.kind] + ("Deleted" if change.removed else "Upserted")


def _of_job(changes: list[Change]) -> str:
    versions = [change.value for change in changes if change.kind == "job" and change.fresh]
    stopped = any(isinstance(job, Job) and job.stop for job in versions)
    return "" if not versions else "JobDeregistered" if stopped else "JobRegistered"


def _of_node(changes: list[Change]) -> str:
    nodes = [change for change in changes if change.kind == "node"]
    return "" if not nodes else "NodeRegistration" if nodes[0].fresh else "NodeDrain"


def _of_clients(changes: list[Change]) -> str:
    return "AllocationUpdated" if any(change.by_client for change in changes) else ""


def _of_evaluation(changes: list[Change]) -> str:
    """A deployment that ends with an evaluation is a change of its status; others are named by their trigger."""
    fresh = [c.value for c in changes if c.fresh and isinstance(c.value, Evaluation)]
    evaluation = next((value for value in fresh if value.status == "pending"), None)
    if evaluation is None or any(change.fresh and change.kind == "allocation" for change in changes):
        return ""
    if any(isinstance(change.value, Deployment) for change in changes):
        return "DeploymentStatusUpdate"
    return _BY_TRIGGER.get(evaluation.triggered_by, "EvaluationUpdated")


def _planned(changes: list[Change]) -> bool:
    return any(
        change.fresh or change.value.desired_status != "run" or change.value.next_id
        for change in changes
        if isinstance(change.value, Allocation)
    )


def _of_rest(changes: list[Change]) -> str:
    if any(change.kind == "deployment" for change in changes):
        return "PlanResult"
    return "EvaluationUpdated" if any(change.kind == "evaluation" for change in changes) else "JobRegistered"
