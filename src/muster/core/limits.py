"""Bounds of a run, and the meter that is read before each step, inside the loop."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Exceeded = Literal["attempts", "seconds", "dollars", "tokens"]


class Limits(BaseModel):
    """The most that a run may use; None is no limit."""

    model_config = ConfigDict(frozen=True)

    max_attempts: int = Field(default=3, ge=0)
    max_seconds: float | None = None
    max_dollars: float | None = None
    max_tokens: int | None = None


class Meter(BaseModel):
    """What a run has used so far."""

    model_config = ConfigDict(frozen=True)

    attempts: int = 0
    seconds: float = 0.0
    dollars: float = 0.0
    tokens: int = 0

    def exceeded(self, limits: Limits) -> Exceeded | None:
        """The first limit that leaves no room for one more step, or None."""
        used: tuple[tuple[Exceeded, float, float | None], ...] = (
            ("attempts", self.attempts, limits.max_attempts),
            ("seconds", self.seconds, limits.max_seconds),
            ("dollars", self.dollars, limits.max_dollars),
            ("tokens", self.tokens, limits.max_tokens),
        )
        return next((name for name, amount, limit in used if limit is not None and amount >= limit), None)
