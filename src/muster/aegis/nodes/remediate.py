"""Takes the best repair that was not tried."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.repairs import Resume, apply_patch, keeps_training
from muster.aegis.state import State, Update, needed


def remediate_spec(state: State, runtime: Runtime[Context]) -> Update:
    """The spec with the first proposal in it. An artefact stays where only its evaluation changes."""
    repair, spec = state.proposals[0], needed(state.spec)
    changed = apply_patch(spec, repair.patch)
    attempt, most = len(state.repairs) + 1, runtime.context.limits.max_attempts
    said = runtime.context.say(
        "remediate_spec",
        "repaired",
        f"repair {attempt} of {most}: {repair.reason}; expected: {repair.expected_effect}",
        detail=repair.diff,
        data={"attempt": attempt, "patch": repair.patch.model_dump(mode="json")},
    )
    return {
        "spec": changed,
        "repairs": [*state.repairs, repair],
        "checkpoint": repair.patch.checkpoint if isinstance(repair.patch, Resume) else "",
        "artefact": state.artefact if keeps_training(spec, repair.patch) else "",
        "proposals": [],
        "savings": [],
        "diagnosis": None,
        "decision": None,
        "measurement": None,
        "judgement": None,
        "events": [said],
    }
