"""Deployments as the API shows them."""

from typing import Any

from muster.nomad.embedded.state.values import Deployment, GroupProgress
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]


def render_deployment(deployment: Deployment) -> Json:
    """One deployment."""
    return {
        "CreateIndex": deployment.create_index,
        "ID": deployment.id,
        "IsMultiregion": False,
        "JobCreateIndex": deployment.job_create_index,
        "JobID": deployment.job_id,
        "JobModifyIndex": deployment.job_modify_index,
        "JobSpecModifyIndex": deployment.job_modify_index,
        "JobVersion": deployment.job_version,
        "ModifyIndex": deployment.modify_index,
        "Namespace": deployment.namespace,
        "Status": deployment.status,
        "StatusDescription": deployment.status_description,
        "TaskGroups": {name: _progress(progress) for name, progress in deployment.groups.items()},
    }


def _progress(progress: GroupProgress) -> Json:
    return {
        "AutoPromote": progress.auto_promote,
        "AutoRevert": progress.auto_revert,
        "DesiredCanaries": progress.desired_canaries,
        "DesiredTotal": progress.desired_total,
        "HealthyAllocs": progress.healthy,
        "PlacedAllocs": progress.placed,
        "PlacedCanaries": list(progress.placed_canaries) or None,
        "ProgressDeadline": progress.progress_deadline_ns,
        "Promoted": progress.promoted,
        "RequireProgressBy": timestamp(progress.require_progress_by_ns),
        "UnhealthyAllocs": progress.unhealthy,
    }
