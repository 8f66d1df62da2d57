"""What extractors say of files, picked by kind and unit."""

from typing import TypeVar

from muster.nomad.domain.extractors.extractor import Extractor, SourceFile
from muster.nomad.domain.facts import Evidence, ProblemFact
from muster.nomad.domain.values import Part

FactT = TypeVar("FactT", bound=Part)
Evidences = tuple[Evidence, ...]


def say(extractor: Extractor, files: dict[str, str]) -> Evidences:
    """Everything that the extractor says of the files that it asks for."""
    return extractor.extract({path: SourceFile(path, text) for path, text in files.items() if extractor.wants(path)})


def of(evidence: Evidences, kind: type[FactT], unit: str | None = None) -> list[FactT]:
    """The facts of a kind, of one unit if it is given."""
    return [one.fact for one in evidence if isinstance(one.fact, kind) and unit in (None, one.unit)]


def troubles(evidence: Evidences) -> list[str]:
    """What is told."""
    return [fact.problem for fact in of(evidence, ProblemFact)]


def env(evidence: Evidences, unit: str | None = None) -> dict[str, str | None]:
    """The variables with their values."""
    return {one.fact.name: one.fact.value for one in evidence if one.fact.kind == "env" and unit in (None, one.unit)}
