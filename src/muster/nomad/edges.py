"""Where a run goes next. Pure: state in, node name out."""

from typing import Literal

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.advice import advice_question
from muster.nomad.domain.outcomes import Failed, Healthy, Planned, Refused, Registered, Stale, Unpromoted
from muster.nomad.domain.repairs.situation import lies_in_spec
from muster.nomad.state import State

MOST_STALE = 3
"""Somebody else may change the job between plan and register; three times in a row is a fight that a human ends."""


def after_validate_spec(state: State) -> Literal["accept_findings", "diagnose_failure"]:
    """An invalid job is never planned."""
    return "diagnose_failure" if isinstance(state.outcome, Failed) else "accept_findings"


def after_accept_findings(state: State) -> Literal["plan_job", "clean_up"]:
    """No means no."""
    return "clean_up" if state.approved is False else "plan_job"


def after_plan_job(state: State) -> Literal["approve_plan", "deploy_job", "diagnose_failure", "learn_outcome"]:
    """A refused or unplaceable plan is a failure; an approved run does not ask again for its own repairs."""
    match state.plan:
        case Planned() if isinstance(state.outcome, Failed):
            return "learn_outcome" if state.goal == "plan" else "diagnose_failure"
        case Planned() if state.goal == "plan":
            return "learn_outcome"
        case Planned():
            return "deploy_job" if state.approved else "approve_plan"
        case _:
            return "diagnose_failure"


def after_approve_plan(state: State) -> Literal["deploy_job", "clean_up"]:
    """No means no."""
    return "deploy_job" if state.approved else "clean_up"


def after_deploy_job(state: State) -> Literal["verify_job", "plan_job", "diagnose_failure"]:
    """A stale plan is made again, a refusal is a failure."""
    match state.registration:
        case Registered():
            return "verify_job"
        case Stale() if state.stale < MOST_STALE:
            return "plan_job"
        case Stale() | Refused() | None:
            return "diagnose_failure"


def after_verify_job(state: State) -> Literal["diagnose_failure", "clean_up"]:
    """Anything but healthy is looked into; what waits for a person is left to wait."""
    return "clean_up" if isinstance(state.outcome, Healthy | Unpromoted) else "diagnose_failure"


def after_diagnose_failure(state: State, runtime: Runtime[Context]) -> Literal["fix_spec", "ask_advice", "clean_up"]:
    """A rule may repair while attempts are left; a human is asked where only a human can know."""
    if state.cause is None or len(state.repairs) >= runtime.context.limits.max_attempts:
        return "clean_up"
    if state.proposals:
        return "fix_spec"
    can_help = state.goal == "healthy" and state.spec is not None and lies_in_spec(state.cause, state.spec)
    return "ask_advice" if can_help and advice_question(state.cause) else "clean_up"


def after_ask_advice(state: State) -> Literal["fix_spec", "clean_up"]:
    """Advice is a repair of the user's own, or the end."""
    return "fix_spec" if state.proposals else "clean_up"
