"""Leaves the cluster as a human would: a failed new job is stopped, a failed update is undone."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.outcomes import Healthy, Registered, Undone, Unpromoted
from muster.nomad.state import State, Update, needed


def clean_up(state: State, runtime: Runtime[Context]) -> Update:
    """Undo what this run registered and what failed for good, unless it should be kept. Safe to run again."""
    if state.standing is None or isinstance(state.outcome, Healthy | Unpromoted):
        return {"cleaned": "nothing to clean up"}
    text = _undo(state.standing, state, runtime)
    return {"cleaned": text, "events": [runtime.context.say("clean_up", "acted", text)]}


def _undo(standing: Registered, state: State, runtime: Runtime[Context]) -> str:
    cluster = needed(runtime.context.cluster)
    if runtime.context.policy.keep_failed:
        return f"left {standing.job} on the cluster as asked; stop it with `nomad job stop {standing.job}`"
    undone = cluster.stop(standing) if state.new_job else cluster.revert(standing)
    return _sentence(standing, undone)


def _sentence(standing: Registered, undone: Undone) -> str:
    job = standing.job
    match undone.action:
        case "stopped":
            end = "nothing of it runs any more" if undone.settled else "its tasks are still ending"
            return f"stopped {job}: it was new and never became healthy; {end}"
        case "reverted":
            end = "healthy again" if undone.settled else "not yet healthy again: look at `nomad job status`"
            return f"reverted {job} to version {undone.version}, the last good one: {end}"
        case "changed":
            return f"left {job} alone: version {undone.version} stands there now, not the failed {standing.version}"
        case "no_good_version":
            return f"left {job} as it is: it has no earlier version known to be good"
