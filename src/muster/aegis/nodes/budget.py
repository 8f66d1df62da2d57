"""Asks a person whether the next attempt is worth its money."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.budget.decide import Ask, Choice, Optimize, Refused, answer
from muster.aegis.domain.repairs import SpecRepair
from muster.aegis.state import State, Update
from muster.core.gates import questions
from muster.core.runs.asking import ask

CHOICES: tuple[Choice, ...] = ("approve", "optimize", "cancel")
SHOWN = 5


def budget_gate(state: State, runtime: Runtime[Context]) -> Update:
    """Approve, optimize or cancel; nobody there to ask cancels. What a budget approved itself is not asked."""
    decision = state.decision
    if not isinstance(decision, Ask):
        return {}
    chosen = ask(_form(decision, state.savings)).choice("budget")
    decided = answer(decision, next(one for one in CHOICES if one == chosen))
    said = runtime.context.say("budget_gate", "answered", f"{chosen}: {decision.reason}")
    match decided:
        case Optimize():
            return {"decision": None, "proposals": state.savings[:1], "events": [said]}
        case Refused():
            return {"decision": decided, "halted": decided.reason, "events": [said]}
        case _:
            return {"decision": decided, "events": [said]}


def _form(decision: Ask, savings: list[SpecRepair]) -> questions.Form:
    labels: dict[Choice, str] = {"approve": "run it", "cancel": "leave it"}
    if savings:
        labels["optimize"] = f"{savings[0].reason}: {savings[0].expected_effect}{_risk(savings[0])}"
    question = questions.ChoiceQuestion(
        id="budget",
        text="Run it for this money?",
        reason=decision.reason,
        choices=[questions.Choice(value=one, label=labels[one]) for one in CHOICES if one in labels],
        default=["cancel"],
    )
    preview = "\n".join(f"{one.reason}: {one.expected_effect}{_risk(one)}" for one in savings[:SHOWN])
    return questions.Form(title="Budget", questions=[question], preview=preview)


def _risk(repair: SpecRepair) -> str:
    return f" (risk: {repair.quality_risk})" if repair.quality_risk else ""
