"""What the persona runtime needs of the world, in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from muster.core.errors import WorkFailedError
from muster.core.llm.ports import AnswerT, Prompt
from muster.threads.common.contracts import Finding, ModelUse
from muster.threads.common.personas import Persona

AnswerCo = TypeVar("AnswerCo", covariant=True)
Phase = Literal["hook", "body", "condense"]


class AuthorFailedError(WorkFailedError):
    """No words were written. `transient`: the same again may help."""

    def __init__(self, message: str, *, transient: bool, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.transient = transient


@dataclass(frozen=True)
class Brief:
    """What is to be written: who speaks, about what, from which material (untrusted), and the seed of chance."""

    persona: Persona
    subject: str
    topic: str
    pain_statement: str
    trend_snippet: str
    seed: int

    @property
    def material(self) -> tuple[str, ...]:
        """All that was given."""
        return self.topic, self.pain_statement, self.trend_snippet


@dataclass(frozen=True)
class Written:
    """Words, and the calls of models that they took."""

    text: str
    uses: tuple[ModelUse, ...] = ()


class Author(Protocol):
    """Writes posts. Every method raises AuthorFailedError."""

    def hook(self, brief: Brief) -> Written:
        """The first line."""
        ...

    def body(self, brief: Brief, hook: str) -> Written:
        """What follows on it."""
        ...

    def condense(self, brief: Brief, hook: str, body: str, problems: Sequence[str]) -> Written:
        """The body, shorter: `problems` are the platform's."""
        ...


class Answered(Protocol[AnswerCo]):
    """A schema that a model filled, and what that took."""

    @property
    def answer(self) -> AnswerCo:
        """In the schema."""
        ...

    @property
    def use(self) -> ModelUse:
        """All calls for it together."""
        ...


class Completing(Protocol):
    """Asks the model that is meant for a persona and a phase."""

    def fill(self, persona: Persona, phase: Phase, prompt: Prompt, schema: type[AnswerT]) -> Answered[AnswerT]:
        """Raises ServiceError when its server is away; BudgetError when the persona's money of the day is spent, and
        another WorkFailedError for an answer that is no use, asked twice."""
        ...


class RemoteModerator(Protocol):
    """Judges a text elsewhere."""

    @property
    def name(self) -> str:
        """As a verdict names it."""
        ...

    def judge(self, text: str) -> tuple[Finding, ...]:
        """What it finds. Raises ServiceError when it is away."""
        ...

    def close(self) -> None:
        """Drop all connections."""
        ...
