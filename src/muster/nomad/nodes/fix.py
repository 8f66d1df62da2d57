"""Takes the best repair that has not been tried."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.remembering.lesson import trial_of
from muster.nomad.state import State, Update, needed


def fix_spec(state: State, runtime: Runtime[Context]) -> Update:
    """Add the first proposal to the repairs; `generate_spec` applies them all."""
    repair = state.proposals[0]
    attempt, most = len(state.repairs) + 1, runtime.context.limits.max_attempts
    said = runtime.context.say(
        "fix_spec",
        "repaired",
        f"attempt {attempt} of {most}: {repair.reason}; expected: {repair.expected_effect}",
        detail=repair.diff,
        data={"attempt": attempt, "patch": repair.patch.model_dump(mode="json")},
    )
    trial = trial_of(needed(state.cause), repair, needed(state.spec))
    return {
        "repairs": [*state.repairs, repair],
        "trials": [*state.trials, trial],
        "proposals": [],
        "cause": None,
        "events": [said],
    }
