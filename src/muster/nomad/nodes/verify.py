"""Watches the registered job until the cluster has decided."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.board import board_lines
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.outcomes import Failed, Healthy, Observation, Outcome, Registered, TimedOut, Unpromoted
from muster.nomad.domain.repairs.situation import may_have_consul
from muster.nomad.domain.spec import JobSpec
from muster.nomad.ports import Watched
from muster.nomad.state import State, Update, needed

BEYOND_PROGRESS_S = 30.0
"""Our deadline lies this far beyond the job's own, so that the cluster's verdict comes first."""


def verify_job(state: State, runtime: Runtime[Context]) -> Update:
    """Follow evaluation, deployment and allocations; the outcome carries the evidence."""
    registration, spec = needed(state.registration, Registered), needed(state.spec)
    timeout_s = runtime.context.policy.verification_timeout_s
    deadline_s = verify_deadline_s(spec, timeout_s)

    def see(observation: Observation) -> None:
        runtime.stream_writer({"lines": list(board_lines(observation))})

    watched = needed(runtime.context.cluster).watch(registration, timeout_s=deadline_s, see=see)
    outcome = _outcome(watched, spec, registration.namespace, consul=may_have_consul(state.cluster))
    events = [runtime.context.say("verify_job", "decided", text) for text in _longer(deadline_s, timeout_s)]
    kind = "observed" if isinstance(outcome, Healthy | Unpromoted) else "failed"
    events.append(runtime.context.say("verify_job", kind, _sentence(outcome)))
    return {"outcome": outcome, "events": events}


def verify_deadline_s(spec: JobSpec, timeout_s: float) -> float:
    """VERIFICATION_TIMEOUT, or beyond the job's own progress deadline where that is longer."""
    updates = [spec.update, *(group.update for group in spec.groups)]
    own = [update.progress_deadline_s for update in updates if update is not None]
    return max(timeout_s, *(deadline + BEYOND_PROGRESS_S for deadline in own), 0.0)


def _longer(deadline_s: float, timeout_s: float) -> list[str]:
    if deadline_s <= timeout_s:
        return []
    own = deadline_s - BEYOND_PROGRESS_S
    return [f"watched for up to {deadline_s:.0f} s: the job's own progress deadline is {own:.0f} s"]


def _outcome(watched: Watched, spec: JobSpec, namespace: str, *, consul: bool) -> Outcome:
    if watched.healthy:
        return Healthy(observation=watched.observation, summary=watched.reason)
    if watched.promotes:
        return Unpromoted(deployment=watched.promotes, namespace=namespace, observation=watched.observation)
    if watched.decided:
        cause = classify_failure(watched.observation, spec, consul=consul)
        return Failed(cause=cause, observation=watched.observation)
    return TimedOut(deadline_s=watched.deadline_s, observation=watched.observation)


def _sentence(outcome: Outcome) -> str:
    match outcome:
        case Healthy():
            return f"healthy after {outcome.observation.watched_s:.0f} s: {outcome.summary}"
        case Unpromoted():
            watched_s = outcome.observation.watched_s
            return f"its canaries are healthy after {watched_s:.0f} s and wait for promotion: {outcome.command}"
        case Failed():
            return f"failed after {outcome.observation.watched_s:.0f} s: {outcome.cause.summary}"
        case TimedOut():
            return f"not decided after {outcome.deadline_s:.0f} s (VERIFICATION_TIMEOUT or the job's progress deadline)"
