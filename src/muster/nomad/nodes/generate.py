"""Builds the spec from all that is known, or changes the one of a job file, with every repair so far."""

from functools import reduce

from langgraph.runtime import Runtime

from muster.core.errors import SourceError
from muster.core.gates.questions import AnswerValue
from muster.core.observability.tracing import span
from muster.core.redaction import MASK, redact
from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.build.vault_policies import policy_notes
from muster.nomad.domain.decisions.apply import Decisions, apply_answers
from muster.nomad.domain.existing.job_file import JobFile, edited_text
from muster.nomad.domain.existing.kept import kept_notes
from muster.nomad.domain.existing.laying import lay_over, unsaid_of
from muster.nomad.domain.existing.matching import as_running, dropped_groups, matched_notes, without_groups
from muster.nomad.domain.existing.notes import job_notes
from muster.nomad.domain.existing.overlay import lay_over_job
from muster.nomad.domain.existing.projection import json_of, project_job, secret_values
from muster.nomad.domain.existing.questions import given_places
from muster.nomad.domain.existing.wishing import ungranted, with_places, with_wishes
from muster.nomad.domain.gaps import own_answers
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.patches.spec_patch import apply_patch
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.workload import size_workload
from muster.nomad.recalling import with_experience
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import read_chosen_file, running_job


def generate_spec(state: State, runtime: Runtime[Context]) -> Update:
    """The spec follows from the job file or the analysis, wishes and answers; repairs are applied in order."""
    return _of_file(state, runtime.context) if state.job_file else _of_analysis(state, runtime.context)


def _of_analysis(state: State, context: Context) -> Update:
    answers = _own_answers(state)
    decisions = apply_answers(needed(state.analysis), state.wishes, answers, state.estate)
    defaults = _defaults(state, context)
    _suggest_resources(decisions, defaults)
    built = build_spec(decisions, state.cluster, defaults)
    notes = (*build_notes(decisions, state.cluster, defaults), *policy_notes(built))
    laid, kept = _over_running(built, decisions, state, context)
    experienced, learnt = with_experience(laid, tuple(answers), state, context)
    spec = _repaired(experienced, state)
    events = _told(spec, (*notes, *kept, *learnt), state, context)
    return {"spec": spec, "hcl": render_hcl(spec, explain=True), "events": events}


def _own_answers(state: State) -> dict[str, AnswerValue]:
    """What a person said, also where it is said again by taking a remembered answer, which the form has as default."""
    asked = state.form.questions if state.form else ()
    fresh = [question for question in asked if question.id not in state.remembered.answers]
    return own_answers(fresh, state.answers)


def _defaults(state: State, context: Context) -> SpecDefaults:
    """What the settings say, and where Vault's engines are."""
    mounts = state.estate.mounts if state.estate else ()
    return context.policy.defaults.model_copy(update={"mounts": mounts})


def _suggest_resources(decisions: Decisions, defaults: SpecDefaults) -> None:
    """Tell the trace what every task is going to get, and why."""
    with span("suggest_resources", kind="tool", input=[one.name for one in decisions.analysis.services]) as current:
        current.output(
            {
                one.name: size_workload(one, cpu_mhz=defaults.cpu_mhz, memory_mb=defaults.memory_mb)
                for one in decisions.analysis.services
            }
        )


def _over_running(
    built: JobSpec, decisions: Decisions, state: State, context: Context
) -> tuple[JobSpec, tuple[str, ...]]:
    """The spec over the job that runs under its name, and what is kept of that one."""
    running = running_job(built, state, context)
    if running is None:
        return built, ()
    before = project_job(running)
    base = without_groups(before, dropped_groups(state.answers))
    laid = lay_over(base, built, unsaid_of(decisions, state.cluster, context.policy.defaults))
    kept = kept_notes(lay_over_job(running, json_of(before), json_of(laid)), as_running(built, base))
    return laid, (*matched_notes(built, base), *kept)


def _of_file(state: State, context: Context) -> Update:
    file = read_chosen_file(state, context.codebase)
    places, defaults = given_places(state.answers), _defaults(state, context)
    wished = with_places(with_wishes(file.spec, state.wishes), places, state.cluster, defaults)
    spec = _repaired(wished if state.goal == "spec" else _placed(wished, context), state)
    notes = (
        *ungranted(file.spec, state.wishes),
        *job_notes(file.spec, needed(state.analysis)),
        *policy_notes(wished, before=file.spec),
    )
    return {"spec": spec, "hcl": _shown(file, spec, state), "events": _told(spec, notes, state, context)}


def _placed(spec: JobSpec, context: Context) -> JobSpec:
    """The job where the settings want it, unless it says so itself."""
    defaults = context.policy.defaults
    update = {"namespace": spec.namespace or defaults.namespace, "region": spec.region or defaults.region}
    return spec.model_copy(update=update)


def _shown(file: JobFile, spec: JobSpec, state: State) -> str:
    """The file as it would be, for the report. A repair need not fit into it: only its job is registered."""
    try:
        text = edited_text(file, spec)
    except SourceError:
        if state.goal == "spec":
            raise
        return render_hcl(spec)
    for secret in secret_values(file.job):
        text = text.replace(secret, MASK)
    return redact(text)


def _repaired(spec: JobSpec, state: State) -> JobSpec:
    return reduce(apply_patch, (repair.patch for repair in state.repairs), spec)


def _told(spec: JobSpec, notes: tuple[str, ...], state: State, context: Context) -> list[RunEvent]:
    """What was made, and once the notes: they are about the sources."""
    said = [context.say("generate_spec", "decided", _summary(spec))]
    return said if state.repairs else [*said, *(context.say("generate_spec", "warned", note) for note in notes)]


def _summary(spec: JobSpec) -> str:
    groups = ", ".join(f"{group.count} x {group.name}" for group in spec.groups)
    missing = ", ".join(variable.name for variable in spec.missing_variables())
    return f"{spec.type} job {spec.name}: {groups}" + (f"; nobody could say: {missing}" if missing else "")
