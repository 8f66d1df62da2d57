"""The terminal front: asks a form's questions one by one, with reason, provenance and default.

What a form is about, its preview, is shown by the view that tells the run's story.

At any prompt `quit`, Ctrl-C or the end of input leaves with QuitError; the run stays where it is.
"""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from muster.core.console import visible
from muster.core.errors import QuitError, UsageError
from muster.core.gates.draft import Draft
from muster.core.gates.keys import read_key, read_letter, single_keys
from muster.core.gates.line import Line, type_key
from muster.core.gates.menu import draw, open_menu, press
from muster.core.gates.questions import (
    AnswerValue,
    Choice,
    ChoiceQuestion,
    ConfirmQuestion,
    Form,
    NumberQuestion,
    Question,
    Row,
    RowSource,
    TableQuestion,
    TextQuestion,
    shown_answer,
)
from muster.core.gates.table import change_row, confirm_table, draw_table, find_row, set_row, without_prefix
from muster.core.gates.validate import Accepted, Rejected, check_answer, default_answer

_PIPED_TRIES = 10
_UNATTENDED = "Where nobody can be asked, give --answers FILE or --no-questions."


class TerminalFront:
    """Satisfies `Front`. Arrow keys where both ends are a real terminal, numbered prompts in a pipe."""

    def __init__(self, console: Console, stdin: TextIO | None = None, unattended: str = _UNATTENDED) -> None:
        """`unattended` is what to do where nobody can be asked, as the command's own options have it."""
        self._console = console
        self._stdin = stdin or sys.stdin
        dumb = os.name != "posix" or console.is_dumb_terminal
        self._unattended = unattended
        self._rejected = 0
        self._keys = console.is_terminal and self._stdin.isatty() and not dumb

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """Every question in turn, each until its answer is valid; what was answered before is shown, not asked."""
        try:
            return self._ask(form, draft)
        except KeyboardInterrupt as interrupt:
            self._console.print()  # the terminal has shown ^C
            raise _left() from interrupt

    def _ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        self._console.print()
        self._console.print(Text(visible(form.title), style="bold"))
        return {
            question.id: self._kept_or_asked(question, f"{number}/{len(form.questions)}", draft)
            for number, question in enumerate(form.questions, start=1)
        }

    def _kept_or_asked(self, question: Question, position: str, draft: Draft) -> AnswerValue:
        kept = draft.answer(question)
        if kept is not None:
            self._say(f"\n[{position}] {question.text}", "dim")
            self._say(f"    > {shown_answer(kept.value)} (answered before)", "dim")
            return kept.value
        value = self._one(question, position)
        draft.keep(question, value)
        return value

    def _one(self, question: Question, position: str) -> AnswerValue:
        self._say(f"\n[{position}] {question.text}", "bold")
        because = " ".join(filter(None, (question.reason, f"({question.where})" if question.where else "")))
        if because:
            self._say(f"      {because}", "dim")
        self._rejected = 0
        while True:
            match self._attempt(question):
                case Accepted(value=value):
                    return value
                case Rejected(problem=problem):
                    self._reject(question, f"The answer {problem}.")

    def _attempt(self, question: Question) -> Accepted | Rejected:
        match question:
            case ChoiceQuestion():
                return self._choose(question)
            case TableQuestion():
                return self._edit(question)
            case TextQuestion() | ConfirmQuestion() | NumberQuestion():
                return self._typed(question)

    def _typed(self, question: TextQuestion | ConfirmQuestion | NumberQuestion) -> Accepted | Rejected:
        line = self._read(_prompt(question))
        if not line and question.default is not None:
            return default_answer(question)
        return check_answer(question, line)

    def _choose(self, question: ChoiceQuestion) -> Accepted | Rejected:
        return check_answer(question, self._menu(question) if self._keys else self._numbered(question))

    def _numbered(self, question: ChoiceQuestion) -> list[str]:
        default = question.default or []
        for number, choice in enumerate(question.choices, start=1):
            marked = " (default)" if choice.value in default else ""
            self._say(f"      {number}) {choice.label or choice.value}{marked}")
        line = self._read("several, by number or name" if question.multiple else "number or name")
        names = [name.strip() for name in (line.split(",") if question.multiple else [line]) if name.strip()]
        return [_by_number(question, name) for name in names] or default

    def _menu(self, question: ChoiceQuestion) -> list[str]:
        menu = open_menu(question)
        terminal = self._stdin.fileno()
        with single_keys(terminal), Live(draw(menu), console=self._console, auto_refresh=False, transient=True) as live:
            while not menu.done:
                key = read_key(terminal)
                if key == "quit":
                    raise _left()
                menu = press(menu, key)
                live.update(draw(menu), refresh=True)
        self._say("    > " + ", ".join(menu.chosen()))
        return menu.chosen()

    def _edit(self, question: TableQuestion) -> Accepted:
        while True:
            self._console.print(draw_table(question))
            line = self._read("Enter confirms; edit walks through the rows (edit NAME: one); NAME=value changes one")
            match self._edited(question, line) if line else confirm_table(question):
                case Accepted() as accepted:
                    return accepted
                case TableQuestion() as changed:
                    question = changed
                case Rejected(problem=problem):  # the edits so far are kept
                    self._reject(question, f"The table {problem}.")

    def _edited(self, question: TableQuestion, line: str) -> TableQuestion | Rejected:
        word, _, name = line.partition(" ")
        if word.lower() != "edit":
            return change_row(question, line)
        found = find_row(question, name.strip()) if name else None
        if isinstance(found, Rejected):
            return found
        for index in range(len(question.rows)) if found is None else (found,):
            question = self._walk(question, index)
        return question

    def _walk(self, question: TableQuestion, index: int) -> TableQuestion:
        """One row: which source, then its value, until the row takes it."""
        row = question.rows[index]
        source = row.source
        self._say(f"\n    {row.key}  {row.reason}", "bold")
        while True:
            source = self._source(row, source)
            present = without_prefix(row, source)
            text = self._typed_over(source, present) if source.like else ""
            given = source.prefix + text if text or not source.like else ""
            if given == (row.value or ""):
                return question
            match set_row(question, index, given):
                case TableQuestion() as changed:
                    return changed
                case Rejected(problem=problem):
                    self._reject(question, f"The {problem}.")

    def _source(self, row: Row, present: RowSource | None) -> RowSource:
        sources = {one.name: one for one in row.sources or [RowSource(name="value", like="value")]}
        if len(sources) == 1:
            return next(iter(sources.values()))
        question = ChoiceQuestion(
            id=row.key,
            text=f"The source of {row.key}?",
            choices=[
                Choice(value=name, label=f"{name} ({one.like})" if one.like else name) for name, one in sources.items()
            ],
            default=[present.name if present else next(iter(sources))],
        )
        while True:
            match self._choose(question):
                case Accepted(value=[str() as name]):
                    return sources[name]
                case Accepted():
                    continue
                case Rejected(problem=problem):
                    self._reject(question, f"The source {problem}.")

    def _typed_over(self, source: RowSource, present: str) -> str:
        """A line typed over the present text; in a pipe, an empty one keeps it."""
        hint = f"{source.prefix}{source.like}"
        if not self._keys:
            return self._read(f"{hint} [{present}]" if present else hint) or present
        line = Line(present)
        terminal = self._stdin.fileno()
        prompt = f"      {hint} > "
        with single_keys(terminal), Live(console=self._console, auto_refresh=False) as live:
            while not line.done:
                live.update(Text(f"{prompt}{visible(line.text)}_"), refresh=True)
                key = read_letter(terminal)
                if key == "quit":
                    raise _left()
                line = type_key(line, key)
            live.update(Text(f"{prompt}{visible(line.text)}"), refresh=True)
        return line.text.strip()

    def _reject(self, question: Question, why: str) -> None:
        """Ask again; but a pipe that says nothing useful (`yes |`) would be asked for ever."""
        self._say(f"      {why}", "red")
        self._rejected += 1
        if self._rejected >= _PIPED_TRIES and not self._stdin.isatty():
            raise UsageError(f"no usable answer to {question.id} in {_PIPED_TRIES} tries", advice=self._unattended)

    def _read(self, hint: str) -> str:
        """One line without its end. Raises QuitError for `quit` and at the end of input, UsageError for odd bytes."""
        self._console.print(Text(f"      {hint} > "), end="")
        try:
            line = self._stdin.readline()
        except UnicodeDecodeError as error:
            raise UsageError("what was typed is no UTF-8", advice="Set the terminal to UTF-8.") from error
        if not line.endswith("\n") or not self._stdin.isatty():
            self._console.print()
        if not line and not self._stdin.isatty():
            raise QuitError("the input ended at a question", advice=self._unattended)
        if not line or line.strip().lower() == "quit":
            raise _left()
        return line.strip()

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(visible(text), style=style))


def _prompt(question: TextQuestion | ConfirmQuestion | NumberQuestion) -> str:
    match question:
        case ConfirmQuestion(default=None):
            return "yes or no"
        case ConfirmQuestion(default=default):
            return "[Y/n]" if default else "[y/N]"
        case NumberQuestion(unit=unit):
            bounds = _bounds(question)
            shown = "" if question.default is None else f"[{question.default}]"
            return " ".join(filter(None, (unit, bounds, shown))) or "a number"
        case TextQuestion(default=default):
            return f"[{visible(default)}]" if default else ("Enter for none" if default == "" else "text")


def _bounds(question: NumberQuestion) -> str:
    match question.minimum, question.maximum:
        case None, None:
            return ""
        case low, None:
            return f"at least {low}"
        case None, high:
            return f"at most {high}"
        case low, high:
            return f"{low} to {high}"


def _by_number(question: ChoiceQuestion, name: str) -> str:
    if name.isdecimal() and 1 <= int(name) <= len(question.choices):
        return question.choices[int(name) - 1].value
    return name


def _left() -> QuitError:
    return QuitError("left at a question")
