"""Launches what was prepared, and follows it to its end under its meter."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.attempts import attempt_of
from muster.aegis.domain.shown import attempt_line
from muster.aegis.state import State, Update, needed
from muster.aegis.watching import Shown, follow_metered, launch_once


def launch_training(state: State, runtime: Runtime[Context]) -> Update:
    """Launch once: a job that an earlier process launched is found. Safe to run again."""
    context, launch = runtime.context, needed(state.launch)
    job = launch_once(context, needed(state.spec), launch)
    return {"job": job, "events": [context.say("launch_training", "acted", f"launched {job.name} ({job.executor})")]}


def follow_training(state: State, runtime: Runtime[Context]) -> Update:
    """To its end, however it ends; what it left is brought home."""
    return _followed(state, runtime, "follow_training")


def run_evals(state: State, runtime: Runtime[Context]) -> Update:
    """Launch the evaluation once, and follow it to its end: it changes nothing, and may be launched anew."""
    job = launch_once(runtime.context, needed(state.spec), needed(state.launch))
    return _followed(state.model_copy(update={"job": job}), runtime, "run_evals")


def _followed(state: State, runtime: Runtime[Context], node: str) -> Update:
    context, spec, launch, job = runtime.context, needed(state.spec), needed(state.launch), needed(state.job)

    def show(shown: Shown) -> None:
        runtime.stream_writer({"lines": [shown.line], "share": shown.share, "passing": shown.passing})

    ended, seconds = follow_metered(context, spec, launch, job, show)
    collected = context.executor(spec.target.executor).collect(job, context.workspace.outputs(job.name))
    attempt = attempt_of(launch, ended, seconds)
    said = context.say(node, "observed", attempt_line(attempt))
    return {
        "job": job,
        "ended": ended,
        "collected": list(collected),
        "attempts": [*state.attempts, attempt],
        "spent_usd": state.spent_usd + attempt.usd,
        "events": [said],
    }
