"""Lets the analyst read what the rules left open, and merges again what all sources say."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.ports import Additions
from muster.nomad.state import State, Update, needed


def analyze_sources(state: State, runtime: Runtime[Context]) -> Update:
    """Add evidence of the analyst's, which fills gaps and overrides nothing. A job file that is the base has none."""
    if state.job_file:
        return {}
    context, analysis = runtime.context, needed(state.analysis)
    added = context.analyst.add(state.source, state.evidence, analysis)
    events = [context.say("analyze_sources", "warned", text) for text in added.warnings]
    if added.notes or added.evidence:
        said = context.say("analyze_sources", "found", _summary(added), detail="\n".join(added.notes))
        events.append(said)
    if not added.evidence:
        return {"events": events}
    evidence = [*state.evidence, *added.evidence]
    return {
        "evidence": evidence,
        "analysis": merge_evidence(evidence, state.candidates, state.selected, name=state.name),
        "events": events,
    }


def _summary(added: Additions) -> str:
    facts = ", ".join(f"{one.fact.kind} ({one.where})" for one in added.evidence)
    return f"the model adds {facts}" if facts else "the model adds nothing, and notes something"
