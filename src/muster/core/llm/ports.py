"""What an agent needs of a language model, in its own words: a typed answer, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from muster.core.prompts.ref import PromptRef

AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True)
class Prompt:
    """What the model is told: our instructions, and the untrusted material that they are about.

    `ref` says which version of which prompt the instructions are; it goes to the ledger and the spans.
    """

    instructions: str
    material: str
    ref: PromptRef | None = None


@dataclass(frozen=True)
class Usage:
    """What one answer used, all calls for it together; what is not known is None, never a guess."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class Completed(Generic[AnswerT]):
    """The model filled the schema."""

    answer: AnswerT
    usage: Usage


@dataclass(frozen=True)
class Unusable:
    """The model answered, and not in the schema: the rules must do. `reason` says what was wrong."""

    reason: str
    usage: Usage


class Model(Protocol):
    """A language model that fills typed schemas. It never writes HCL, code or commands that run."""

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """Fill the schema. Raises a ServiceError when its server is away, BudgetError when the budget is spent."""
        ...
