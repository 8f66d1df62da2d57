"""Joins what all sources say into one analysis."""

from langgraph.runtime import Runtime

from muster.core.observability.tracing import span
from muster.nomad.context import Context
from muster.nomad.domain.existing.chosen_file import ChosenFile, choose_file
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.state import State, Update


def merge_sources(state: State, runtime: Runtime[Context]) -> Update:
    """The surest source wins; conflicts and problems are told."""
    job_file = _chosen_file(state, runtime.context)
    with span("detect_env_vars", kind="tool", input=state.selected) as current:
        analysis = merge_evidence(state.evidence, state.candidates, state.selected, name=state.name)
        current.output({service.name: _variables(service) for service in analysis.services})
    events = [runtime.context.say("merge_sources", "decided", _summary(analysis))]
    for conflict in analysis.conflicts:
        others = "; ".join(f"not {one.value} ({one.where})" for one in conflict.losers)
        text = f"{conflict.service}.{conflict.field} is {conflict.winner.value} ({conflict.winner.where}), {others}"
        events.append(runtime.context.say("merge_sources", "warned", text))
    for problem in analysis.problems:
        events.append(runtime.context.say("merge_sources", "warned", f"{problem.where}: {problem.value}"))
    return {"analysis": analysis, "job_file": job_file, "events": events}


def _chosen_file(state: State, context: Context) -> ChosenFile | None:
    paths = [one.where for one in state.candidates if one.id in state.selected and one.kind == "job"]
    return choose_file(paths[0], context.codebase.text(state.source, paths[0])) if paths else None


def _variables(service: ServiceProfile) -> dict[str, int]:
    secret = [one for one in service.env if one.secret]
    return {
        "variables": len(service.env),
        "secret": len(secret),
        "unset": sum(one.value is None for one in service.env),
    }


def _summary(analysis: Analysis) -> str:
    parts = [f"{one.name} ({_kind(one)})" for one in analysis.services]
    return f"{analysis.name.value} is {', '.join(parts)}"


def _kind(service: ServiceProfile) -> str:
    language = f", {service.language.value.language}" if service.language else ""
    return f"{service.job.value}{language}"
