"""Where a run goes next. Pure: state in, node name out."""

from typing import Literal

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.budget.decide import Ask
from muster.aegis.state import State, needed


def after_parse_intent(state: State) -> Literal["ask_intent", "preflight_inputs"]:
    """What has no safe default is asked."""
    return "ask_intent" if state.form else "preflight_inputs"


def after_ask_intent(state: State) -> Literal["ask_intent", "preflight_inputs", "write_report"]:
    """An answer may bring a further question; no means no."""
    if state.halted:
        return "write_report"
    return "ask_intent" if state.form else "preflight_inputs"


def after_preflight_inputs(state: State) -> Literal["estimate_cost", "write_report"]:
    """An error ends it before anything is spent."""
    return "write_report" if state.halted else "estimate_cost"


def after_estimate_cost(state: State) -> Literal["budget_gate", "generate_code", "write_report"]:
    """What the budget approves is not asked; what it has no room for ends."""
    if state.halted:
        return "write_report"
    return "budget_gate" if isinstance(state.decision, Ask) else "generate_code"


def after_budget_gate(state: State) -> Literal["generate_code", "remediate_spec", "write_report"]:
    """Cheaper first is a loop like any other."""
    if state.halted:
        return "write_report"
    return "remediate_spec" if state.proposals else "generate_code"


def after_generate_code(state: State) -> Literal["prepare_launch", "prepare_evals"]:
    """A given artefact is not trained."""
    return "prepare_evals" if state.only_eval else "prepare_launch"


def after_prepare_launch(state: State) -> Literal["launch_training", "write_report"]:
    """Nothing is launched without a permit."""
    return "write_report" if state.halted else "launch_training"


def after_prepare_evals(state: State) -> Literal["run_evals", "write_report"]:
    """Nor without money left."""
    return "write_report" if state.halted else "run_evals"


def after_diagnose_attempt(
    state: State, runtime: Runtime[Context]
) -> Literal["prepare_evals", "eval_gate", "ask_repair", "remediate_spec", "write_report"]:
    """A sound training is evaluated, a sound evaluation judged; a failure is repaired while attempts are left."""
    if state.diagnosis is not None:
        return _repaired(state, runtime)
    if needed(state.launch).phase == "eval":
        return "eval_gate"
    wanted = needed(state.spec).evaluation.enabled and needed(state.written).eval_rows > 0
    return "prepare_evals" if wanted else "write_report"


def after_ask_repair(state: State) -> Literal["remediate_spec", "write_report"]:
    """No means no."""
    return "remediate_spec" if state.proposals else "write_report"


def after_remediate_spec(state: State) -> Literal["prepare_evals", "estimate_cost"]:
    """An artefact that stays is only evaluated again; without a training before it, that is
    decided on anew."""
    return "prepare_evals" if state.artefact and not state.only_eval else "estimate_cost"


def after_eval_gate(state: State, runtime: Runtime[Context]) -> Literal["ask_repair", "remediate_spec", "write_report"]:
    """Another training where it may help."""
    return "write_report" if state.halted else _repaired(state, runtime)


def _repaired(state: State, runtime: Runtime[Context]) -> Literal["ask_repair", "remediate_spec", "write_report"]:
    if not state.proposals or len(state.repairs) >= runtime.context.limits.max_attempts:
        return "write_report"
    return "ask_repair" if state.proposals[0].needs_answer else "remediate_spec"
