"""What was answered of a form that is not yet complete, kept answer by answer: who left is not asked it again."""

from collections.abc import Callable, Mapping

from muster.core.gates.questions import AnswerValue, Question
from muster.core.gates.validate import Accepted, check_answer


def _forget(answers: Mapping[str, AnswerValue]) -> None:
    """For a form that nobody comes back to."""


class Draft:
    """The answers of one form so far, by question id; `save` is given all of them after each."""

    def __init__(
        self,
        answers: Mapping[str, AnswerValue] | None = None,
        save: Callable[[Mapping[str, AnswerValue]], None] = _forget,
    ) -> None:
        self._answers = dict(answers or {})
        self._save = save

    def answer(self, question: Question) -> Accepted | None:
        """The answer that was given, where it still fits the question."""
        if question.id not in self._answers:
            return None
        checked = check_answer(question, self._answers[question.id])
        return checked if isinstance(checked, Accepted) else None

    def keep(self, question: Question, value: AnswerValue) -> None:
        """One more answer."""
        self._answers[question.id] = value
        self._save(self._answers)
