"""Joins what all sources say into one analysis."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.state import State, Update


def merge_sources(state: State, runtime: Runtime[Context]) -> Update:
    """The surest source wins; conflicts and problems are told."""
    analysis = merge_evidence(state.evidence, state.candidates, state.selected, name=state.name)
    events = [runtime.context.say("merge_sources", "decided", _summary(analysis))]
    for conflict in analysis.conflicts:
        others = "; ".join(f"not {one.value} ({one.where})" for one in conflict.losers)
        text = f"{conflict.service}.{conflict.field} is {conflict.winner.value} ({conflict.winner.where}), {others}"
        events.append(runtime.context.say("merge_sources", "warned", text))
    for problem in analysis.problems:
        events.append(runtime.context.say("merge_sources", "warned", f"{problem.where}: {problem.value}"))
    return {"analysis": analysis, "events": events}


def _summary(analysis: Analysis) -> str:
    parts = [f"{one.name} ({_kind(one)})" for one in analysis.services]
    return f"{analysis.name.value} is {', '.join(parts)}"


def _kind(service: ServiceProfile) -> str:
    language = f", {service.language.value.language}" if service.language else ""
    return f"{service.job.value}{language}"
