"""The error for a repository in which nothing could become a job: what was looked for, and what could not be read."""

from collections.abc import Iterable

from muster.core.errors import SourceError
from muster.nomad.domain.extractors.registry import EXTRACTORS
from muster.nomad.domain.facts import Evidence, ProblemFact


def nothing_found(source: str, evidence: Iterable[Evidence]) -> SourceError:
    """An error to raise, with every problem met on the way."""
    problems = [f"  {one.where}: {one.fact.problem}" for one in evidence if isinstance(one.fact, ProblemFact)]
    looked_for = "\n".join(f"  {extractor.looks_for}" for extractor in EXTRACTORS)
    return SourceError(
        "\n".join([f"{source}: nothing here that could become a job", *problems]),
        advice=f"Looked for:\n{looked_for}\nIs it the right folder?",
    )
