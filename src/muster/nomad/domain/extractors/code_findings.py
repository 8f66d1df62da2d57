"""What reading one file found, and how findings of many files become evidence about units."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.nomad.domain.facts import Evidence, Fact

EXPLICIT = 0.9
IMPORTED = 0.8
LISTED = 0.6
"""A package file names it; whether the code uses it is not known."""
CUSTOM = 0.5
"""A framework's own default."""
GUESS = 0.4


@dataclass(frozen=True)
class Finding:
    """A fact with its place. `confidence` is 0 to 1, as if the file were ordinary code of the application."""

    path: str
    line: int
    fact: Fact
    reason: str
    confidence: float

    def evidence(self, source: str, unit: str, weight: float) -> Evidence:
        """The finding as evidence; `weight` is how much code in that place counts, 0 to 1."""
        return Evidence(
            unit=unit,
            fact=self.fact,
            source=source,
            where=f"{self.path}:{self.line}",
            reason=self.reason,
            confidence=round(self.confidence * weight, 3),
        )


def distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each fact about a unit once: where it is said with most confidence, first place first."""
    best: dict[tuple[str, str], Evidence] = {}
    for one in evidence:
        key = (one.unit, one.fact.model_dump_json())
        if key not in best or one.confidence > best[key].confidence:
            best[key] = one
    return tuple(best.values())
