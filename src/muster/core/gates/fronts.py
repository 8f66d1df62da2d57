"""Picks who answers a run's questions, from what the command line says."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from muster.core.gates.answers import AnswersFront, load_answers
from muster.core.gates.front import DefaultsFront, Front
from muster.core.gates.terminal import TerminalFront


def pick_front(answers: Path | None, *, ask: bool, console: Console, known: Iterable[str] = ()) -> Front:
    """The answers file where there is one; for the rest the terminal, or (`ask=False`) the defaults.

    `known` are the ids of all questions that the agent may ask; with none given, the file's ids are not checked.
    Raises UsageError when the file can't be read or answers questions that are never asked.
    """
    front = TerminalFront(console) if ask else DefaultsFront()
    return front if answers is None else AnswersFront(load_answers(answers, known), front)
