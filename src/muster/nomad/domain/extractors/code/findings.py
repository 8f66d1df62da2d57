"""What reading one file found, and how findings of many files become evidence about units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.folders import code_weight
from muster.nomad.domain.facts import Evidence, Fact

EXPLICIT = 0.9
IMPORTED = 0.8
LISTED = 0.6
"""A package file names it; whether the code uses it is not known."""
CUSTOM = 0.5
"""A framework's own default."""
GUESS = 0.4


# What an example or a script may say of the application beside it.
_SIDE_KINDS = frozenset({"env", "dependency", "language"})


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


def counted(source: str, unit: str, findings: Iterable[Finding]) -> Iterator[Evidence]:
    """Findings as evidence about a unit. Of side code (examples, scripts) only some kinds count, and half."""
    for finding in findings:
        weight = code_weight(finding.path, unit)
        if weight == 1.0 or finding.fact.kind in _SIDE_KINDS:
            yield finding.evidence(source, unit, weight)


def distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each fact about a unit once, where it is surest; the surest facts first, variables in their own order."""
    best: dict[tuple[str, str], Evidence] = {}
    for one in evidence:
        key = (one.unit, one.fact.model_dump_json())
        if key not in best or one.confidence > best[key].confidence:
            best[key] = one
    return tuple(sorted(best.values(), key=lambda one: 0.0 if one.fact.kind == "env" else -one.confidence))
