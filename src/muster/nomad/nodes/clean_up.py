"""Leaves the cluster as a human would: a failed new job is stopped, a failed update is undone."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.outcomes import Healthy, Registered
from muster.nomad.ports import Cluster
from muster.nomad.state import State, Update, needed


def clean_up(state: State, runtime: Runtime[Context]) -> Update:
    """Undo what failed for good, unless it should be kept. Safe to run again."""
    match state.registration:
        case Registered() if not isinstance(state.outcome, Healthy):
            text = _undo(state, runtime)
        case _:
            return {"cleaned": "nothing to clean up"}
    return {"cleaned": text, "events": [runtime.context.say("clean_up", "acted", text)]}


def _undo(state: State, runtime: Runtime[Context]) -> str:
    cluster, registration = needed(runtime.context.cluster), needed(state.registration, Registered)
    if runtime.context.policy.keep_failed:
        return f"left {registration.job} on the cluster as asked; stop it with `nomad job stop {registration.job}`"
    if not state.new_job:
        return _revert(cluster, registration)
    cluster.stop(registration)
    return f"stopped {registration.job}: it was new and never became healthy"


def _revert(cluster: Cluster, registration: Registered) -> str:
    version = cluster.revert(registration)
    if version is None:
        return f"left {registration.job} as it is: it has no earlier version known to be good"
    return f"reverted {registration.job} to version {version}, the last good one"
