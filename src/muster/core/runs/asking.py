"""How a node asks: the one helper around LangGraph's interrupt."""

from langgraph.types import interrupt

from muster.core.gates.questions import Answers, Form
from muster.core.gates.validate import validate_answers


def ask(form: Form) -> Answers:
    """Stop the run at the form; when the run goes on, return its answers, validated.

    A node that asks should do nothing else: it runs again from its top when the answer comes. The form is stored as
    plain JSON, because a type that the state does not reach can't be loaded again.
    """
    return validate_answers(form, interrupt(form.model_dump(mode="json")))
