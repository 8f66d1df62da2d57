"""Says what the next attempt takes, and whether the budget has room for it."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.budget.decide import Ask, Decision, Refused, decide_budget, subject_of
from muster.aegis.domain.budget.optimize import propose_savings
from muster.aegis.domain.estimates import CostEstimate
from muster.aegis.domain.repairs import SpecRepair
from muster.aegis.domain.shown import cost_line
from muster.aegis.profilers.offers import estimate_target, forecaster, least_training
from muster.aegis.state import State, Update, needed


def estimate_cost(state: State, runtime: Runtime[Context]) -> Update:
    """The estimate and the decision on it; where a person is asked, what would be cheaper."""
    context, spec, facts = runtime.context, needed(state.spec), needed(state.inputs)
    left = max(1, context.limits.max_attempts - len(state.repairs) + 1)
    prices, today = context.prices, context.clock.now().date()
    work = least_training(spec) if state.only_eval else spec
    estimate = estimate_target(
        work, needed(facts.architecture), facts.data, prices.offers, prices.own, today, attempts=left
    )
    if estimate is None:
        return {"halted": f"refused: nobody can say what {spec.target.gpu} costs, or how fast it is"}
    events = [context.say("estimate_cost", "found", cost_line(estimate))]
    if estimate.fits == "no":
        return {"estimate": estimate, "halted": f"refused: it does not fit {spec.target.gpu}", "events": events}
    subject = subject_of(spec, state.attempt)
    decision = decide_budget(estimate.usd, state.spent_usd, spec.budget, subject=subject)
    events.append(context.say("estimate_cost", "decided", f"{_word(decision)}: {decision.reason}"))
    halted = f"refused: {decision.reason}" if isinstance(decision, Refused) else ""
    asked = isinstance(decision, Ask) and not state.only_eval
    savings = _savings(state, estimate, context) if asked else []
    return {"estimate": estimate, "decision": decision, "savings": savings, "halted": halted, "events": events}


def _word(decision: Decision) -> str:
    return {"approved": "approved", "ask": "to be asked", "refused": "refused"}[decision.kind]


def _savings(state: State, estimate: CostEstimate, context: Context) -> list[SpecRepair]:
    facts, prices = needed(state.inputs), context.prices
    forecast = forecaster(needed(facts.architecture), facts.data, prices.offers, prices.own, context.clock.now().date())
    others = tuple(dict.fromkeys(one.gpu for one in prices.offers if one.firm))
    return list(
        propose_savings(
            needed(state.spec),
            forecast,
            attempt=len(state.repairs),
            max_attempts=context.limits.max_attempts,
            gpus=others if estimate.offer.gpu != "cpu" else (),
            tried=state.repairs,
        )
    )
