"""Asks yes or no before something is overwritten; in a pipe the answer is read from standard input."""

import sys

from muster.core.console import make_console
from muster.core.errors import NoAnswerError, QuitError
from muster.core.gates.draft import Draft
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.gates.terminal import TerminalFront


def confirm(title: str, question: str) -> bool:
    """Whether the user says yes; Enter is no. Raises NoAnswerError where nobody answers, QuitError on Ctrl-C."""
    form = Form(title=title, questions=[ConfirmQuestion(id="go", text=question, default=False)])
    try:
        return TerminalFront(make_console(stderr=True)).ask(form, Draft())["go"] is True
    except QuitError as error:
        if sys.stdin.isatty():
            raise
        raise NoAnswerError(
            f"nobody answered: {question}", advice="Answer on standard input: echo yes | ... ; nothing was changed."
        ) from error
