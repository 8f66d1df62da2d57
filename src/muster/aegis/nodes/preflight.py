"""Looks at model, rows and target before anything is spent."""

from collections.abc import Iterator, Sequence

from langgraph.runtime import Runtime

from muster.aegis.checking import check_inputs
from muster.aegis.context import Context
from muster.aegis.domain.intent.fitting import fit_defaults
from muster.aegis.domain.intent.pinning import pin_revision
from muster.aegis.domain.intent.settling import Settled
from muster.aegis.domain.preflight.input_facts import InputFacts
from muster.aegis.domain.shown import data_lines, default_lines, problem_lines, value_at
from muster.aegis.state import State, Update, needed
from muster.core.runs.events import RunEvent


def preflight_inputs(state: State, runtime: Runtime[Context]) -> Update:
    """Every problem at once; an error ends the run. Raises UsageError for an executor that is not configured."""
    context, spec = runtime.context, needed(state.spec)
    context.executor(spec.target.executor)
    model = context.inputs.model(spec)
    fitted = pin_revision(fit_defaults(Settled(spec=spec, origins=state.origins), model), model)
    target, trains = context.look_at_target(fitted.spec), not state.only_eval
    facts = check_inputs(context.inputs, fitted.spec, target, context.executor, trains=trains)
    if state.only_eval:
        facts = facts.model_copy(update={"problems": (*facts.problems, *context.inputs.artefact(state.artefact))})
    stored = facts.model_copy(update={"data": facts.data.model_copy(update={"samples": ()})})  # rows stay out of state
    update: Update = {"spec": fitted.spec, "first_spec": fitted.spec, "origins": fitted.origins, "inputs": stored}
    if facts.errors:
        update["halted"] = f"refused before anything was spent: {facts.errors[0].text}"
    changed = [path for path, origin in fitted.origins.items() if origin != state.origins.get(path)]
    return {**update, "events": [*_chosen(fitted, changed, context), *_events(facts, context)]}


def _chosen(fitted: Settled, changed: Sequence[str], context: Context) -> Iterator[RunEvent]:
    """What follows from the model, and then every default, as it will be trained."""
    for path in changed:
        value = value_at(fitted.spec, path)
        yield context.say("preflight_inputs", "decided", f"{path} is {value}: {fitted.origins[path].reason}")
    told = list(default_lines(fitted.spec, fitted.origins))
    if told:
        yield context.say("preflight_inputs", "decided", "the rest is by default", detail="\n".join(told))


def _events(facts: InputFacts, context: Context) -> list[RunEvent]:
    first, *rest = data_lines(facts.data)
    events = [context.say("preflight_inputs", "found", first, detail="\n".join(rest))]
    for problem, line in zip(facts.all_problems, problem_lines(facts.all_problems), strict=True):
        kind = "failed" if problem.severity == "error" else "warned"
        events.append(context.say("preflight_inputs", kind, line))
    return events
