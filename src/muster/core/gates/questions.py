"""Typed questions, and their answers. Pure: no terminal here; `validate` turns raw answers into valid ones.

A question never asks for a secret value, only for its place: answers are stored in checkpoints.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

_Kind = TypeVar("_Kind", str, int, bool, list[str], dict[str, str])

AnswerValue = str | int | float | bool | list[str] | dict[str, str] | None


def shown_answer(answer: AnswerValue) -> str:
    """The answer on one line, for people."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case dict():
            return ", ".join(f"{key}={value}" for key, value in answer.items()) or "nothing"
        case list():
            return ", ".join(answer)
        case _:
            return str(answer) if answer not in ("", None) else "nothing"


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    reason: str = ""
    """Why it is asked, or where the default comes from."""
    where: str = ""
    """Provenance of the default, `file:line`."""


class TextQuestion(_Question):
    """Free text; without a default it must be answered."""

    kind: Literal["text"] = "text"
    default: str | None = None
    pattern: str | None = None
    """A regular expression that the whole answer must match."""
    like: str = ""
    """What a matching answer looks like."""


class Choice(BaseModel):
    """One option: what is stored, and what is shown."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str = ""


class ChoiceQuestion(_Question):
    """One or several of a list; the answer is a list either way."""

    kind: Literal["choice"] = "choice"
    choices: list[Choice]
    default: list[str] | None = None
    multiple: bool = False


class ConfirmQuestion(_Question):
    """Yes or no."""

    kind: Literal["confirm"] = "confirm"
    default: bool | None = None


class NumberQuestion(_Question):
    """A whole number within bounds."""

    kind: Literal["number"] = "number"
    default: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""


class RowSource(BaseModel):
    """A kind of value that a row takes, written with its own prefix: `vault:PATH#KEY`."""

    model_config = ConfigDict(frozen=True)

    name: str
    prefix: str = ""
    like: str = ""
    """What is written behind the prefix; empty: nothing, the prefix is the whole value."""


class Row(BaseModel):
    """One line of a table: a key whose value may be changed."""

    model_config = ConfigDict(frozen=True)

    key: str
    value: str | None = None
    """The default; None must be filled in, unless the row is optional."""
    suggestion: str | None = None
    """What a person is shown in the place of a default. Taken only where one confirms it, never as a default."""
    confidence: float | None = None
    """How sure the value or the suggestion is, 0 to 1."""
    sources: list[RowSource] = []
    """The kinds of values that it takes, where there are several."""
    optional: bool = False
    pattern: str | None = None
    """A regular expression for the whole value, unless it is empty. What does not match is refused and never quoted:
    it may be a secret that was to be named by its place."""
    like: str = ""
    """What a matching value looks like."""
    reason: str = ""
    where: str = ""

    @property
    def shown(self) -> str | None:
        """What it is going to be if a person confirms the table as it stands."""
        return self.suggestion if self.value is None else self.value

    @property
    def source(self) -> RowSource | None:
        """Which of its sources the value is written as: the one with the longest prefix; None without a value."""
        text = self.shown
        fitting = [one for one in self.sources if text is not None and text.startswith(one.prefix)]
        return max(fitting, key=lambda one: len(one.prefix), default=None)


class TableQuestion(_Question):
    """Many small values at once, such as a task's environment."""

    kind: Literal["table"] = "table"
    rows: list[Row]


Question = Annotated[
    TextQuestion | ChoiceQuestion | ConfirmQuestion | NumberQuestion | TableQuestion, Field(discriminator="kind")
]


class Form(BaseModel):
    """What one interrupt asks: a title and its questions, in order. The answer is `dict[question id, AnswerValue]`."""

    model_config = ConfigDict(frozen=True)

    title: str
    questions: list[Question]
    preview: str = ""
    """Text shown above the questions, unless the run's story has just told it: a diff, a table, a plan."""


class Answers(dict[str, AnswerValue]):
    """The validated answers of one form: a plain dict, with typed access by question id.

    Each accessor raises KeyError for a question that was not asked, TypeError for one of another kind.
    """

    def text(self, question_id: str) -> str:
        """The answer to a TextQuestion."""
        return _of(str, self[question_id])

    def chosen(self, question_id: str) -> list[str]:
        """All values picked in a ChoiceQuestion."""
        return _of(list, self[question_id])

    def choice(self, question_id: str) -> str:
        """The value picked in a ChoiceQuestion of one."""
        (value,) = self.chosen(question_id)
        return value

    def confirmed(self, question_id: str) -> bool:
        """The answer to a ConfirmQuestion."""
        return _of(bool, self[question_id])

    def number(self, question_id: str) -> int:
        """The answer to a NumberQuestion."""
        return _of(int, self[question_id])

    def table(self, question_id: str) -> dict[str, str]:
        """The filled rows of a TableQuestion; optional rows that stayed empty are absent."""
        return _of(dict, self[question_id])


def _of(kind: type[_Kind], value: AnswerValue) -> _Kind:
    if not isinstance(value, kind):
        raise TypeError(f"the answer is a {type(value).__name__}, not a {kind.__name__}")
    return value
