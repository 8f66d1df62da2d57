"""Reads what is asked for into a whole spec, and asks for what has no safe default."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.settling import Asked, Settled, spec_from
from muster.aegis.domain.shown import said_lines
from muster.aegis.state import State, Update, needed
from muster.core.errors import UsageError
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.runs.asking import ask

UNREAD = "not_understood"


def parse_intent(state: State, runtime: Runtime[Context]) -> Update:
    """Spec file and words together. Raises UsageError for what contradicts or is out of bounds."""
    intent = runtime.context.parser.parse(state.words)
    found = spec_from(intent, state.yaml_spec, state.answers)
    told = [
        runtime.context.say("parse_intent", "warned", f"left out of the model's reading: {one}")
        for one in intent.left_out
    ]
    questions = [*(found.form.questions if isinstance(found, Asked) else ()), *_unread(intent)]
    if questions:
        return {"intent": intent, "form": Form(title="What is to be trained?", questions=questions), "events": told}
    assert isinstance(found, Settled)
    settled = _settled(found, state, runtime.context)
    return {**settled, "intent": intent, "events": [*told, *settled.get("events", [])]}


def ask_intent(state: State, runtime: Runtime[Context]) -> Update:
    """Ask, and read once more."""
    given = ask(needed(state.form))
    if UNREAD in given and not given.confirmed(UNREAD):
        return {"form": None, "halted": "cancelled: not all that was asked for is understood"}
    answers = {**state.answers, **{name: value for name, value in given.items() if name != UNREAD}}
    found = spec_from(needed(state.intent), state.yaml_spec, answers)
    if isinstance(found, Asked):
        return {"form": found.form, "answers": answers}
    return {"form": None, "answers": answers, **_settled(found, state, runtime.context)}


def _unread(intent: Intent) -> list[ConfirmQuestion]:
    if not intent.not_understood:
        return []
    reason = "; ".join(intent.not_understood)
    return [ConfirmQuestion(id=UNREAD, text="Go on without these words?", reason=reason, default=False)]


def _settled(found: Settled, state: State, context: Context) -> Update:
    spec = found.spec
    if state.only_eval and not spec.evaluation.enabled:
        raise UsageError("an evaluation alone is asked for, and turned down", advice="Leave `no evaluation` out.")
    work = f"evaluation of {state.artefact} against" if state.only_eval else f"{spec.method} {spec.objective} of"
    text = f"{work} {spec.model.path} on {spec.data.path}, at most ${spec.budget.max_usd:g}"
    detail = "\n".join(said_lines(spec, found.origins))
    said = context.say("parse_intent", "decided", text, detail=detail)
    return {"spec": spec, "first_spec": spec, "origins": found.origins, "events": [said]}
