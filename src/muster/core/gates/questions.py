"""Typed questions, and the rule that turns a raw answer into a valid one. Pure: no terminal here.

A question never asks for a secret value, only for its place: answers are stored in checkpoints.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

AnswerValue = str | int | float | bool | list[str] | dict[str, str] | None


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


class Choice(BaseModel):
    """One option: what is stored, and what is shown."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str = ""


class ChoiceQuestion(_Question):
    """One or several of a list."""

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


class Row(BaseModel):
    """One line of a table: a key whose value may be changed."""

    model_config = ConfigDict(frozen=True)

    key: str
    value: str | None = None
    """The default; None must be filled in, unless the row is optional."""
    optional: bool = False
    reason: str = ""
    where: str = ""


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
    """Text shown above the questions: a diff, a table, a plan."""
