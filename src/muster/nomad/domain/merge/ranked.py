"""Evidence about one candidate, the surest first: by who speaks (`Origin`), then by which of its units is spoken of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from muster.core.evidence import Sourced
from muster.nomad.domain.candidates import Candidate
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    DependencyFact,
    EnvFact,
    Evidence,
    ImageFact,
    NameFact,
    PortFact,
)
from muster.nomad.domain.owned_folders import lies_in
from muster.nomad.domain.profile import RUN_ORIGINS, Conflict, Origin
from muster.nomad.domain.values import Part

FactT = TypeVar("FactT", bound=Part)
ValueT = TypeVar("ValueT")

_RANKS = {origin: rank for rank, origin in enumerate(get_args(Origin))}
_BY_SOURCE: dict[str, Origin] = {
    "nomad job": "job",
    "env example": "example",
    "deploy env": "deploy_env",
    **{name: name for name in get_args(Origin) if name not in ("user", "deploy_env", "job", "example", "code")},
}


_OF_THE_IMAGE = (ImageFact, BuildFact, EnvFact, DependencyFact, NameFact)
"""What holds for every process of an image."""


@dataclass(frozen=True)
class Ranked:
    """What is said about one service, in order of trust."""

    service: str
    items: tuple[Evidence, ...]

    def all(self, kind: type[FactT]) -> tuple[Sourced[FactT], ...]:
        """Every fact of that kind."""
        return tuple(sourced(item, item.fact) for item in self.items if isinstance(item.fact, kind))

    def first(self, kind: type[FactT]) -> Sourced[FactT] | None:
        """The surest fact of that kind."""
        return next(iter(self.all(kind)), None)

    def without(self, *origins: Origin) -> "Ranked":
        """The same without what these say."""
        return Ranked(self.service, tuple(item for item in self.items if origin_of(item.source) not in origins))


def ranked(candidate: Candidate, evidence: Iterable[Evidence]) -> Ranked:
    """The evidence of the candidate's units, the surest first, otherwise in its own order."""
    said = [item for item in evidence if item.unit in candidate.units and not _is_foreign(item, candidate)]
    own = _without_main(said, candidate) if _starts_its_own(said, candidate) else said
    return Ranked(candidate.name, tuple(sorted(own, key=lambda item: (_rank(item), candidate.units.index(item.unit)))))


def _rank(item: Evidence) -> float:
    """How sure a word is. A Procfile is for images that buildpacks make: where a Dockerfile says what starts, that is
    what its image does, and the Procfile's line only comes after it."""
    buildpacks = (
        item.source == "procfile" and item.unit.startswith("folder:") and isinstance(item.fact, CommandFact | PortFact)
    )
    return _RANKS["dockerfile"] + 0.5 if buildpacks else _RANKS[origin_of(item.source)]


def _starts_its_own(said: Iterable[Evidence], candidate: Candidate) -> bool:
    """Whether a service has a command and no port of its own: a worker beside the main process of its image."""
    facts = [item.fact for item in said if item.unit == candidate.id and item.source != "model"]
    named = candidate.kind in ("compose", "kubernetes", "process")
    return (
        named
        and any(isinstance(fact, CommandFact) for fact in facts)
        and not any(isinstance(fact, PortFact) for fact in facts)
    )


def _without_main(said: Iterable[Evidence], candidate: Candidate) -> list[Evidence]:
    """The evidence without what a platform's file says of the image's main process."""
    return [
        item
        for item in said
        if item.unit == candidate.id
        or not item.unit.startswith(("dockerfile:", "folder:"))
        or origin_of(item.source) not in RUN_ORIGINS
        or isinstance(item.fact, _OF_THE_IMAGE)
    ]


def _is_foreign(item: Evidence, candidate: Candidate) -> bool:
    """Whether code says it that lies in another image's folder."""
    return item.unit.startswith("folder:") and any(lies_in(item.where, folder) for folder in candidate.foreign)


def origin_of(source: str) -> Origin:
    """Who speaks, by the extractor that found it: package files and code are one, in whatever language."""
    return _BY_SOURCE.get(source, "code")


def sourced(item: Evidence, value: ValueT) -> Sourced[ValueT]:
    """The value with the evidence's provenance."""
    return Sourced(
        value=value,
        source=origin_of(item.source),
        where=item.where,
        reason=item.reason,
        confidence=min(max(item.confidence, 0.0), 1.0),
    )


def mapped(one: Sourced[FactT], value: ValueT) -> Sourced[ValueT]:
    """Another value with the same provenance."""
    return Sourced(value=value, source=one.source, where=one.where, reason=one.reason, confidence=one.confidence)


def disagreement(
    service: str, field: str, said: Sequence[Sourced[FactT]], shown: Callable[[FactT], str]
) -> tuple[Conflict, ...]:
    """The conflict about a field, if a less sure source says something else than the surest one."""
    texts = [mapped(one, shown(one.value)) for one in said]
    losers = [one for one in texts[1:] if one.value != texts[0].value and one.source != texts[0].source]
    return (Conflict(service=service, field=field, winner=texts[0], losers=tuple(losers)),) if losers else ()
