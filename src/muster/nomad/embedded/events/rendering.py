"""Changes as events: topic, key, what else they are found by, and the object as it was then."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, cast

from muster.nomad.embedded.events.naming import event_type
from muster.nomad.embedded.state.changes import Change
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.values import Allocation, Deployment, Evaluation
from muster.nomad.embedded.wire.allocations import render_allocation
from muster.nomad.embedded.wire.deployments import render_deployment
from muster.nomad.embedded.wire.evaluations import render_evaluation
from muster.nomad.embedded.wire.jobs import render_job

Json = dict[str, Any]
RenderNode = Callable[[Any], Json]


def render_events(changes: list[Change], render_node: RenderNode) -> Iterator[Json]:
    """One object for each index, with its events."""
    for index, group in groupby(changes, key=lambda change: change.index):
        found = list(group)
        kind = event_type(found)
        last = {(change.kind, _key(change, render_node)): change for change in found}
        yield {"Events": [_event(change, kind, render_node) for change in last.values()], "Index": index}


def _event(change: Change, kind: str, render_node: RenderNode) -> Json:
    topic, keys, namespace, payload = _parts(change, render_node)
    return {
        "FilterKeys": keys,
        "Index": change.index,
        "Key": _key(change, render_node),
        "Namespace": namespace,
        "Payload": {topic: payload},
        "Topic": topic,
        "Type": kind,
    }


def _key(change: Change, render_node: RenderNode) -> str:
    match change.value:
        case Job() | Evaluation() | Allocation() | Deployment():
            return change.value.id
        case dict():
            row = cast("Json", change.value)
            return str(row.get("AccessorID") or row.get("Name"))
        case node:
            return str(render_node(node)["ID"])


def _parts(change: Change, render_node: RenderNode) -> tuple[str, list[str], str, Json]:
    match change.value:
        case Job() as job:
            return "Job", [], job.namespace, render_job(job)
        case Evaluation() as evaluation:
            keys = [evaluation.job_id, evaluation.deployment_id]
            return "Evaluation", keys, evaluation.namespace, render_evaluation(evaluation)
        case Allocation() as allocation:
            return (
                "Allocation",
                [allocation.job.id, allocation.deployment_id],
                allocation.job.namespace,
                _bare(allocation),
            )
        case Deployment() as deployment:
            return "Deployment", [deployment.job_id], deployment.namespace, render_deployment(deployment)
        case dict():
            shown = {key: value for key, value in cast("Json", change.value).items() if key != "SecretID"}
            return ("ACLToken" if change.kind == "acl_token" else "ACLPolicy"), [], "", shown
        case node:
            return "Node", [], "", render_node(node)


def _bare(allocation: Allocation) -> Json:
    """An allocation without its job, which only its id stands for."""
    whole = render_allocation(allocation)
    return {key: value for key, value in whole.items() if key != "Job"} | {"JobID": allocation.job.id}
