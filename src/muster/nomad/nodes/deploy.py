"""Registers the planned job."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.outcomes import Planned, Refused, Registered, Stale
from muster.nomad.state import State, Update, needed


def deploy_job(state: State, runtime: Runtime[Context]) -> Update:
    """Register the planned job with the index of its plan; safe to run again."""
    plan, spec = needed(state.plan, Planned), needed(state.spec)
    registration = needed(runtime.context.cluster).register(spec, base_index=plan.base_index)
    match registration:
        case Registered():
            again = " (an earlier attempt of this run had registered it)" if registration.already_there else ""
            said = runtime.context.say(
                "deploy_job", "acted", f"registered {spec.name} as version {registration.version}{again}"
            )
        case Stale():
            said = runtime.context.say(
                "deploy_job",
                "warned",
                f"the job is no longer the planned one (index {registration.actual_index}, "
                f"not {registration.expected_index}): planning again",
            )
        case Refused():
            said = runtime.context.say(
                "deploy_job", "failed", f"the cluster refused the job: {registration.cause.summary}"
            )
    return {"registration": registration, "events": [said]}
