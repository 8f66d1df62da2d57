"""A front that answers from a script."""

from collections.abc import Mapping

from muster.core.gates.draft import Draft
from muster.core.gates.questions import AnswerValue, Form


class ScriptedFront:
    """Satisfies `Front`: gives each form its answers by question id, and remembers the forms."""

    def __init__(self, answers: Mapping[str, AnswerValue]) -> None:
        self._answers = answers
        self.asked: list[Form] = []

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """The scripted answers to this form's questions; the others are left to their defaults."""
        self.asked.append(form)
        ids = {question.id for question in form.questions}
        return {key: value for key, value in self._answers.items() if key in ids}
