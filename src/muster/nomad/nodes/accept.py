"""Asks whether to deploy in spite of what the review found."""

from langgraph.runtime import Runtime

from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.runs.asking import ask
from muster.nomad.context import Context
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.review.kinds import is_confirmable, key_of, of_review
from muster.nomad.domain.review.table import findings_table
from muster.nomad.state import State, Update


def accept_findings(state: State, runtime: Runtime[Context]) -> Update:
    """Ask about the errors among them, each once a run: the default is no. A plan changes nothing, and is not asked."""
    errors = [one for one in state.findings if is_confirmable(one) and key_of(one) not in state.accepted]
    if state.goal == "plan" or not errors:
        return {}
    question = ConfirmQuestion(id="findings", text="Deploy in spite of these?", reason=_reason(errors), default=False)
    form = Form(title="Findings", questions=[question], preview=findings_table(of_review(state.findings)))
    if ask(form).confirmed("findings"):
        said = runtime.context.say("accept_findings", "answered", f"accepted: {_reason(errors)}")
        return {"accepted": [*state.accepted, *map(key_of, errors)], "events": [said]}
    said = runtime.context.say("accept_findings", "answered", "not accepted: nothing was changed")
    return {"approved": False, "events": [said]}


def _reason(errors: list[Finding]) -> str:
    first = errors[0].text
    return f"{first}, and {len(errors) - 1} more" if len(errors) > 1 else first
