"""Finds the cause of a failure and what may cure it, and asks a human where only a human can know."""

from collections.abc import Sequence

from langgraph.runtime import Runtime

from muster.core.gates.questions import Form
from muster.core.repairs import Repair
from muster.core.runs.asking import ask
from muster.nomad.context import Context
from muster.nomad.domain.advice import advice_question, advised_repair
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.modelled.fixing import MODEL_SAYS
from muster.nomad.domain.outcomes import Cause, Failed, Observation, Planned, Refused, Stale, TimedOut
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.remembering.ranking import REMEMBERED
from muster.nomad.domain.repairs.propose import with_diff
from muster.nomad.domain.repairs.situation import may_have_consul
from muster.nomad.recalling import advised
from muster.nomad.state import State, Update, needed


def diagnose_failure(state: State, runtime: Runtime[Context]) -> Update:
    """Name the cause and propose repairs that were not tried, the best first."""
    spec = needed(state.spec)
    cause, observation = _cause(state), _observation(state)
    most = runtime.context.limits.max_attempts
    failure = Failure(
        cause=cause,
        observation=observation,
        spec=spec,
        cluster=state.cluster,
        source=state.source,
        tried=tuple(state.repairs),
        attempt_left=len(state.repairs) < most,
        known_env=_known_env(state.analysis, cause),
        plan=state.plan.diff if isinstance(state.plan, Planned) else "",
    )
    advice, notes = advised(failure, state, runtime.context)
    said = runtime.context.say(
        "diagnose_failure",
        "decided",
        f"cause: {cause.kind} - {_next(cause, advice.proposals, len(state.repairs), most)}",
        detail="\n".join(filter(None, (_details(cause), advice.human))),
    )
    warned = [runtime.context.say("diagnose_failure", "warned", text) for text in advice.warnings]
    warned += [runtime.context.say("diagnose_failure", "decided", text) for text in notes]
    repairs = [with_diff(repair, spec, render_hcl) for repair in advice.proposals]
    return {"cause": cause, "proposals": repairs, "events": [*warned, said]}


def ask_advice(state: State, runtime: Runtime[Context]) -> Update:
    """Ask the one question whose answer could cure the failure."""
    cause = needed(state.cause)
    question = needed(advice_question(cause))
    answers = ask(Form(title="Advice", questions=[question], preview=_details(cause)))
    repair = advised_repair(cause, answers[question.id])
    said = runtime.context.say("ask_advice", "answered", "advice given" if repair else "no advice: giving up")
    advised = [with_diff(repair, needed(state.spec), render_hcl)] if repair else []
    return {"proposals": advised, "events": [said]}


def _details(cause: Cause) -> str:
    return "\n".join(filter(None, (*cause.quotes, cause.advice)))


def _cause(state: State) -> Cause:
    match state.outcome, state.registration, state.plan:
        case Failed(cause=cause), _, _:
            return cause
        case TimedOut(observation=observation), _, _:
            return classify_failure(observation, needed(state.spec), consul=may_have_consul(state.cluster))
        case _, Refused(cause=cause), _:
            return cause
        case _, Stale(), _:
            return Cause(
                kind="unknown",
                remedy="human",
                summary="the job was changed by somebody else each time between plan and register",
                advice="Find out who deploys this job at the same time, then run again.",
            )
        case _, _, plan:
            return needed(plan, Refused).cause


def _observation(state: State) -> Observation:
    match state.outcome:
        case Failed(observation=observation) | TimedOut(observation=observation):
            return observation
        case _:
            return Observation()


def _known_env(analysis: Analysis | None, cause: Cause) -> dict[str, str]:
    service = analysis.service(cause.task) if analysis else None
    return {entry.name: entry.value for entry in service.env if entry.value is not None} if service else {}


def _next(cause: Cause, proposals: Sequence[Repair[SpecPatch]], tried: int, most: int) -> str:
    match cause.remedy:
        case "rule" if tried and tried >= most:
            return "no attempt is left"
        case _ if proposals:
            return f"{_proposer(proposals[0])} a repair"
        case "rule":
            return "no repair left" if tried else "no rule repairs this"
        case "human":
            return "only a human can know"
        case "none":
            return "nothing here can repair it"


def _proposer(best: Repair[SpecPatch]) -> str:
    if best.reason.startswith(REMEMBERED):
        return "memory knows"
    return "a model proposes" if best.reason.startswith(MODEL_SAYS) else "a rule knows"
