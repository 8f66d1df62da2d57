"""Evaluations as the API shows them; what is empty is left out."""

from typing import Any

from muster.nomad.embedded.state.values import Evaluation
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]


def render_evaluation(evaluation: Evaluation) -> Json:
    """One evaluation, whole; lists hold the same."""
    optional: Json = {
        "BlockedEval": evaluation.blocked_eval,
        "ClassEligibility": evaluation.class_eligibility,
        "CreateIndex": evaluation.create_index,
        "DeploymentID": evaluation.deployment_id,
        "EscapedComputedClass": evaluation.escaped_class,
        "FailedTGAllocs": evaluation.failed_groups,
        "JobModifyIndex": evaluation.job_modify_index,
        "ModifyIndex": evaluation.modify_index,
        "NodeID": evaluation.node_id,
        "NodeModifyIndex": evaluation.node_modify_index,
        "PreviousEval": evaluation.previous_eval,
        "QueuedAllocations": evaluation.queued,
        "SnapshotIndex": evaluation.snapshot_index,
        "StatusDescription": evaluation.status_description,
        "WaitUntil": timestamp(evaluation.wait_until_ns),
    }
    return {key: value for key, value in optional.items() if value} | {
        "CreateTime": evaluation.create_ns,
        "ID": evaluation.id,
        "JobID": evaluation.job_id,
        "ModifyTime": evaluation.modify_ns,
        "Namespace": evaluation.namespace,
        "Priority": evaluation.priority,
        "Status": evaluation.status,
        "TriggeredBy": evaluation.triggered_by,
        "Type": evaluation.kind,
    }
