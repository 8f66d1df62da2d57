"""The dry run, and the gate before anything is touched."""

from langgraph.runtime import Runtime

from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.runs.asking import ask
from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.outcomes import Failed, Observation, Planned, PlanOutcome, Refused
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import submission_of


def plan_job(state: State, runtime: Runtime[Context]) -> Update:
    """Ask the cluster what registering would change, and whether every group finds a node."""
    spec = needed(state.spec)
    plan = needed(runtime.context.cluster).plan(submission_of(state, runtime.context))
    update: Update = {"plan": plan, "registration": None, "outcome": None}
    match plan:
        case Refused():
            said = runtime.context.say("plan_job", "failed", f"the cluster refused the plan: {plan.cause.summary}")
        case Planned(placements=()):
            said = runtime.context.say("plan_job", "observed", _summary(plan), detail=plan.diff)
        case Planned():
            observation = Observation(placements=plan.placements)
            cause = classify_failure(observation, spec)
            update["outcome"] = Failed(cause=cause, observation=observation)
            said = runtime.context.say(
                "plan_job", "failed", f"the plan finds no place: {cause.summary}", detail=plan.diff
            )
    if isinstance(plan, Planned):
        update |= _what_it_changes(plan, state)
    return update | {"events": [said, *_warnings(plan, runtime)]}


def _what_it_changes(plan: Planned, state: State) -> Update:
    """Whether there is something to revert to, and whether the approval still holds."""
    if state.standing is None:
        return {"new_job": plan.replaces != "running"}
    if plan.base_index != state.standing.modify_index:
        return {"approved": None}  # somebody else changed the job meanwhile
    return {}


def _warnings(plan: PlanOutcome, runtime: Runtime[Context]) -> list[RunEvent]:
    warnings = plan.warnings if isinstance(plan, Planned) else ()
    return [runtime.context.say("plan_job", "warned", line.strip()) for line in warnings if line.strip()]


def approve_plan(state: State, runtime: Runtime[Context]) -> Update:
    """Ask before the first change; a run's own repairs are part of what was approved."""
    plan = needed(state.plan, Planned)
    title = f"Deploy {needed(state.spec).name}?"
    most = runtime.context.limits.max_attempts
    question = ConfirmQuestion(
        id="approve",
        text=title,
        reason=f"{_summary(plan)}{_found(state)}; on failure up to {most} repairs are tried, then it is undone",
        default=True,
    )
    answers = ask(Form(title="Plan", questions=[question], preview=plan.diff))
    approved = answers["approve"] is True
    said = runtime.context.say(
        "approve_plan", "answered", "approved" if approved else "not approved: nothing was changed"
    )
    return {"approved": approved, "events": [said]}


def _found(state: State) -> str:
    """What was found and let pass, before anybody agrees to it."""
    return "".join(f"; {one.text}" for one in state.findings)


def _summary(plan: Planned) -> str:
    if not plan.changed:
        return "nothing would change"
    match plan.replaces:
        case "nothing":
            return "a new job"
        case "stopped":
            return f"starts a job of that name that was stopped (index {plan.base_index})"
        case "running":
            return f"changes the running job (index {plan.base_index})"
