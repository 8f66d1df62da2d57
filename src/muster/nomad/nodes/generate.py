"""Builds the spec from all that is known, with every repair so far."""

from functools import reduce

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.decisions.apply import apply_answers
from muster.nomad.domain.gaps import own_answers
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.patches.spec_patch import apply_patch
from muster.nomad.domain.spec import JobSpec
from muster.nomad.state import State, Update, needed


def generate_spec(state: State, runtime: Runtime[Context]) -> Update:
    """The spec follows from analysis, wishes and answers; repairs are applied in order. Same state, same spec."""
    answers = own_answers(state.form.questions if state.form else (), state.answers)
    decisions = apply_answers(needed(state.analysis), state.wishes, answers)
    built = build_spec(decisions, state.cluster, runtime.context.policy.defaults)
    spec = reduce(apply_patch, (repair.patch for repair in state.repairs), built)
    events = [runtime.context.say("generate_spec", "decided", _summary(spec))]
    if not state.repairs:  # the notes are about the sources: once is enough
        notes = build_notes(decisions, state.cluster, runtime.context.policy.defaults)
        events += [runtime.context.say("generate_spec", "warned", note) for note in notes]
    return {"spec": spec, "hcl": render_hcl(spec, explain=True), "events": events}


def _summary(spec: JobSpec) -> str:
    groups = ", ".join(f"{group.count} x {group.name}" for group in spec.groups)
    missing = ", ".join(variable.name for variable in spec.missing_variables())
    return f"{spec.type} job {spec.name}: {groups}" + (f"; nobody could say: {missing}" if missing else "")
