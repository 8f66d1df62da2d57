"""What a write or a report depends on: an index that is enforced, a policy that allows another attempt."""

from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.values import Allocation


def may_try_again(allocation: Allocation) -> bool:
    """Whether a failed allocation's policy allows another attempt, and none is planned yet."""
    group = allocation.job.spec.group(allocation.group)
    policy = group.reschedule if group else None
    failed = allocation.client_status == "failed" and allocation.desired_status == "run"
    if policy is None or not failed or allocation.followup_eval_id:
        return False
    return policy.unlimited or len(allocation.reschedules) < policy.attempts


def conflict(existing: Job | None, index: int | None) -> str:
    """Why a job can't be registered under an enforced index, or an empty text."""
    if index is None:
        return ""
    if index == 0 and existing is not None:
        return "Enforcing job modify index 0: job already exists"
    if index and existing is None:
        return f"Enforcing job modify index {index}: job does not exist"
    if index and existing is not None and existing.job_modify_index != index:
        there = f"job exists with conflicting job modify index: {existing.job_modify_index}"
        return f"Enforcing job modify index {index}: {there}"
    return ""
