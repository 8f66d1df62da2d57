"""Who answers a form: the port, and the front that answers with defaults alone."""

from collections.abc import Mapping
from typing import Protocol

from muster.core.gates.questions import AnswerValue, Form
from muster.core.gates.validate import validate_answers


class Front(Protocol):
    """Answers forms. Raises QuitError when the user leaves, NoAnswerError when a question must stay open."""

    def ask(self, form: Form) -> Mapping[str, AnswerValue]:
        """An answer for each question of the form, by id."""
        ...


class DefaultsFront:
    """`--no-questions`: takes every default."""

    def ask(self, form: Form) -> Mapping[str, AnswerValue]:
        """The defaults. Raises NoAnswerError naming each question that has no safe one."""
        return validate_answers(form, {})
