"""The base of everything that is frozen and may be stored in a checkpoint."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen value; unknown keys are refused, so that a misspelt one is no silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
