"""What evidence is about: units (see `facts`), and the home of what is said about a Dockerfile that is not there."""

from collections.abc import Iterable, Iterator
from posixpath import dirname

from muster.nomad.domain.facts import BuildFact, Evidence, ProblemFact

_DOCKERFILE = "dockerfile"


def settled(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence; what speaks of the image of a Dockerfile that was not read counts for its folder.

    A platform's file can't know which Dockerfiles exist: it names the one that would build its image.
    """
    evidence = tuple(evidence)
    known = {item.unit for item in evidence if item.source == _DOCKERFILE and not isinstance(item.fact, ProblemFact)}
    return tuple(one for item in evidence for one in _at_home(item, known))


def kind_of(unit: str) -> str:
    """What a unit is: `compose` of `compose:web`."""
    return unit.partition(":")[0]


def path_of(unit: str) -> str:
    """The path or name in a unit: `api/Dockerfile` of `dockerfile:api/Dockerfile`."""
    return unit.partition(":")[2]


def folder_of(unit: str) -> str:
    """The folder of a unit with a path; `.` for the root."""
    return dirname(path_of(unit)) or "."


def _at_home(item: Evidence, known: set[str]) -> Iterator[Evidence]:
    """The evidence, for its folder where its Dockerfile is unknown; then nothing is built from it."""
    homeless = kind_of(item.unit) == _DOCKERFILE and item.source != _DOCKERFILE and item.unit not in known
    optional = homeless or kind_of(item.unit) == "process"
    if optional and isinstance(item.fact, BuildFact) and f"dockerfile:{item.fact.dockerfile}" not in known:
        return
    yield item.model_copy(update={"unit": f"folder:{folder_of(item.unit)}"}) if homeless else item
