"""What an agent needs of a language model, in its own words: a typed answer, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pydantic import BaseModel, JsonValue

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


@dataclass(frozen=True)
class Tool:
    """Something that a model may call before it answers: it looks, and changes nothing.

    `parameters` is the JSON schema of its arguments, `call` gives what the model is to read. It raises a MusterError
    for what can't be had; a ValueError (pydantic's among them) for arguments that don't fit.
    """

    name: str
    description: str
    parameters: Mapping[str, JsonValue]
    call: Callable[[Mapping[str, JsonValue]], str]


class Model(Protocol):
    """A language model that fills typed schemas. It never writes HCL, code or commands that run."""

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """Fill the schema. Raises a ServiceError when its server is away, BudgetError when the budget is spent."""
        ...

    def complete_with_tools(
        self, prompt: Prompt, schema: type[AnswerT], tools: Sequence[Tool], *, most_calls: int
    ) -> Completed[AnswerT] | Unusable:
        """Fill the schema; the model may call tools before, so often at most. Raises as `complete` does."""
        ...
