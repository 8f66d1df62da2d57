"""Who answers a form: the port, and the front that answers with defaults alone."""

from collections.abc import Mapping
from typing import Protocol

from muster.core.gates.draft import Draft
from muster.core.gates.questions import AnswerValue, Form
from muster.core.gates.validate import validate_answers


class Front(Protocol):
    """Answers forms. Raises QuitError when the user leaves, NoAnswerError when a question must stay open."""

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """An answer for each question of the form, by id; the draft holds those given before, and keeps new ones."""
        ...


class DefaultsFront:
    """`--no-questions`: takes every default."""

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """What was answered before, else the default. Raises NoAnswerError naming each question without a safe one."""
        before = {one.id: kept.value for one in form.questions if (kept := draft.answer(one))}
        return validate_answers(form, before)
