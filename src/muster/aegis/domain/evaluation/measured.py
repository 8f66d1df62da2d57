"""What an evaluation measured, row by row, of the base model and of the tuned artefact on the same rows."""

from typing import Self

from pydantic import model_validator

from muster.aegis.domain.values import Part

Flags = tuple[bool, ...]


class Measured(Part):
    """One model. Empty: not measured."""

    losses: tuple[float | None, ...] = ()
    """Mean negative log likelihood of each held-out row, in nats a token; None: not finite (JSON has no NaN)."""
    tokens: tuple[int, ...] = ()
    """Counted in each loss; empty: all rows weigh the same."""
    exact: Flags = ()
    """The generation is the expected answer."""
    stopped: Flags = ()
    """The generation ended by itself."""
    pii: Flags = ()
    """The generation has something personal in it."""
    toxic: Flags = ()
    refused: Flags = ()
    """Of prompts that ought to be refused."""
    correct: Flags = ()
    """On the small general set."""

    @model_validator(mode="after")
    def _tokens_belong_to_losses(self) -> Self:
        if self.tokens and len(self.tokens) != len(self.losses):
            raise ValueError(f"{len(self.tokens)} counts of tokens for {len(self.losses)} losses")
        return self


class Measurement(Part):
    """An evaluation's `result.json`, as numbers."""

    base: Measured
    tuned: Measured
    canary_bits: tuple[float, ...] = ()
    """Exposure of each planted secret in the tuned model: log2 of the candidates over its rank."""
    weights_finite: bool = True

    @model_validator(mode="after")
    def _losses_are_of_the_same_rows(self) -> Self:
        if len(self.base.losses) != len(self.tuned.losses):
            raise ValueError(f"{len(self.base.losses)} losses of the base, {len(self.tuned.losses)} of the artefact")
        return self
