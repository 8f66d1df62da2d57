"""The analyst without a model: the extractors and the merge have said all that rules can."""

from collections.abc import Sequence

from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.profile import Analysis
from muster.nomad.ports import Additions


class RulesAnalyst:
    """Satisfies `Analyst`."""

    def add(self, source: str, evidence: Sequence[Evidence], analysis: Analysis) -> Additions:
        """Nothing: what is open stays open, and is asked of a human."""
        return Additions()
