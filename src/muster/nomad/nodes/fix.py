"""Takes the best repair that has not been tried."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.state import State, Update


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
    return {"repairs": [*state.repairs, repair], "proposals": [], "cause": None, "events": [said]}
