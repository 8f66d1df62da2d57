"""Says things in the name of one Dockerfile: unit, file, line, and which stage a thing is inherited from."""

from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import problem
from muster.nomad.domain.facts import Evidence, Fact

SOURCE = "dockerfile"


@dataclass(frozen=True)
class Speaker:
    """Makes evidence of facts."""

    path: str

    @property
    def unit(self) -> str:
        """The unit that this Dockerfile builds."""
        return f"dockerfile:{self.path}"

    def evidence(
        self, fact: Fact, line: int, reason: str, stage: str = "", *, confidence: float = 1.0, path: str = ""
    ) -> Evidence:
        """A fact at a line, of another file where `path` is given; the reason names the stage that it is inherited
        from."""
        told = f"{reason} in the stage {stage}, which the final stage is built on" if stage else reason
        return Evidence(
            unit=self.unit,
            fact=fact,
            source=SOURCE,
            where=f"{path or self.path}:{line}",
            reason=told,
            confidence=confidence,
        )

    def problem(self, text: str, line: int) -> Evidence:
        """What makes no sense at a line."""
        return problem(SOURCE, self.path, text[:300], line=line, unit=self.unit)
