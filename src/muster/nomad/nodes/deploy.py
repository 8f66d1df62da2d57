"""Registers the planned job."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.outcomes import Planned, Refused, Registered, Stale
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import submission_of


def deploy_job(state: State, runtime: Runtime[Context]) -> Update:
    """Register the planned job with the index of its plan; safe to run again."""
    plan, job = needed(state.plan, Planned), submission_of(state, runtime.context)
    registration = needed(runtime.context.cluster).register(job, base_index=plan.base_index)
    say = runtime.context.say
    match registration:
        case Registered():
            said = say("deploy_job", "acted", _sentence(plan, registration))
            return {"registration": registration, "standing": registration, "stale": 0, "events": [said]}
        case Stale():
            text = f"index {registration.actual_index}, not {registration.expected_index}: planning again"
            said = say("deploy_job", "warned", f"the job is no longer the planned one ({text})")
            # what was approved was the diff against the job as it was
            return {"registration": registration, "stale": state.stale + 1, "approved": None, "events": [said]}
        case Refused():
            said = say("deploy_job", "failed", f"the cluster refused the job: {registration.cause.summary}")
            return {"registration": registration, "events": [said]}


def _sentence(plan: Planned, registration: Registered) -> str:
    if registration.already_there:
        return f"{registration.job} is version {registration.version}: an earlier attempt of this run registered it"
    if not plan.changed:
        return f"{registration.job} stays at version {registration.version}: nothing changes"
    return f"registered {registration.job} as version {registration.version}"
