"""How well runs went that used a version of a prompt."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Outcome:
    """The mean of the runs' outcome scores, 1 good and 0 bad, and of how many runs."""

    mean: float
    n: int


class Outcomes(Protocol):
    """Knows the outcomes of runs."""

    def of(self, name: str, version: int) -> Outcome:
        """Of the runs that used that version. Raises a ServiceError when nobody can be asked."""
        ...
