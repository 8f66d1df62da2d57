"""A value and where it comes from: nothing in a spec stands without a source."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Sourced(BaseModel, Generic[T]):
    """A value with its provenance.

    `source` names who says so (an extractor, "user", "default"), `where` is `file:line` or empty,
    `reason` is a clause one can read ("EXPOSE in the final stage"), `confidence` is 0 to 1.
    """

    model_config = ConfigDict(frozen=True)

    value: T
    source: str
    where: str = ""
    reason: str = ""
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)

    def explain(self) -> str:
        """One line: the reason and the place."""
        place = f" ({self.where})" if self.where else ""
        return f"{self.reason or self.source}{place}"
