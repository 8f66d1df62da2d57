"""Whether and when a failed allocation is placed anew (Nomad's reschedule policy)."""

from muster.nomad.embedded.state.specs import RescheduleSpec
from muster.nomad.embedded.state.values import SECOND, Allocation, Deployment, RescheduleEvent

WINDOW_NS = 1 * SECOND


def reschedule_at(allocation: Allocation) -> int | None:
    """When it may be placed anew, None when its policy does not allow it (any more)."""
    group = allocation.job.spec.group(allocation.group)
    policy = group.reschedule if group else None
    if policy is None or allocation.desired_status == "stop" or allocation.client_status != "failed":
        return None
    failed_ns = _failed_ns(allocation)
    if not policy.unlimited and not _attempts_left(policy, allocation, failed_ns):
        return None
    return failed_ns + next_delay(policy, allocation)


def may_reschedule_now(allocation: Allocation, now_ns: int, eval_id: str, deployment: Deployment | None) -> bool:
    """Whether this evaluation is the one that places it anew."""
    if allocation.force_reschedule and allocation.client_status == "failed" and not allocation.next_id:
        return True
    at_ns = _due(allocation, deployment)
    return at_ns is not None and (allocation.followup_eval_id == eval_id or at_ns - now_ns <= WINDOW_NS)


def may_reschedule_later(allocation: Allocation, deployment: Deployment | None) -> int | None:
    """When a later evaluation should place it anew; None when not, or when that evaluation exists already."""
    return None if allocation.followup_eval_id else _due(allocation, deployment)


def _due(allocation: Allocation, deployment: Deployment | None) -> int | None:
    rolling = deployment is not None and deployment.active and allocation.deployment_id == deployment.id
    if rolling and not allocation.reschedule_requested:
        return None
    return reschedule_at(allocation)


def _failed_ns(allocation: Allocation) -> int:
    finished = [task.finished_ns for task in allocation.tasks.values() if task.finished_ns is not None]
    return max(finished, default=allocation.modify_ns)


def _attempts_left(policy: RescheduleSpec, allocation: Allocation, failed_ns: int) -> bool:
    recent = [event for event in allocation.reschedules if failed_ns - event.time_ns < policy.interval_ns]
    return len(recent) < policy.attempts


def next_delay(policy: RescheduleSpec, allocation: Allocation) -> int:
    """Nanoseconds to wait before the next attempt: constant, exponential or fibonacci, up to the policy's maximum."""
    earlier = allocation.reschedules
    if policy.delay_function == "constant" or not earlier:
        return policy.delay_ns
    delay = 2 * earlier[-1].delay_ns if policy.delay_function == "exponential" else _fibonacci(policy, earlier)
    return min(delay, policy.max_delay_ns) if policy.max_delay_ns else delay


def _fibonacci(policy: RescheduleSpec, earlier: tuple[RescheduleEvent, ...]) -> int:
    if len(earlier) < 2:
        return policy.delay_ns
    return earlier[-1].delay_ns + earlier[-2].delay_ns


def rescheduled(allocation: Allocation, now_ns: int) -> tuple[RescheduleEvent, ...]:
    """The history that its successor carries."""
    group = allocation.job.spec.group(allocation.group)
    delay = next_delay(group.reschedule, allocation) if group and group.reschedule else 0
    return (*allocation.reschedules, RescheduleEvent(now_ns, allocation.id, allocation.node_id, delay))[-5:]
