"""Kubernetes workloads, each with the Dockerfile that its image is built from.

That is known by the image's name: the Dockerfile's folder, the repository, or what somebody says is pushed from it is
called the same; or there is only one Dockerfile, and only one workload that is no database or the like.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from muster.nomad.domain.backing import backing_image, bare_name
from muster.nomad.domain.facts import Evidence, ImageFact
from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder, upwards
from muster.nomad.domain.offers.compose import is_backing
from muster.nomad.domain.offers.dockerfiles import dockerfile_kind, dockerfile_units, folder_name
from muster.nomad.domain.units import folder_of, path_of

# Folders of manifests that run only where somebody asks for them, kustomize's components too.
_EXAMPLES = re.compile(r"(?:^|/)(?:examples?|samples?|tests?|testdata|docs?|\.github|e2e|bench|hack|components)/")


def workload_candidates(units: Units, compose: Iterable[Candidate], repository: str) -> tuple[Candidate, ...]:
    """Every workload that no compose service is called like; those of examples and tests are not preselected."""
    taken = {unit for one in compose for unit in one.units}
    found = [unit for unit in units if unit.startswith("kubernetes:") and unit not in taken]
    own = [unit for unit in found if _is_own(unit, units)]
    alone, dockerfiles = own[0] if len(own) == 1 else None, dockerfile_units(units)
    only = dockerfiles[0] if len(dockerfiles) == 1 else None
    return tuple(
        _of_workload(
            unit,
            _built_from(unit, units, repository) or (only if unit == alone else None),
            units,
            code=first_folder(["."], units) if unit == alone and not dockerfiles else (),
        )
        for unit in found
    )


def is_built(candidate: Candidate) -> bool:
    """Whether a Dockerfile here makes its image."""
    return any(unit.startswith("dockerfile:") for unit in candidate.units)


def _is_own(unit: str, units: Units) -> bool:
    """Whether it may be the application: no container beside another, no database, no example."""
    example = _EXAMPLES.search(units[unit][0].where)
    return "/" not in path_of(unit) and not is_backing(units[unit]) and not example


def _of_workload(unit: str, dockerfile: str | None, units: Units, *, code: tuple[str, ...]) -> Candidate:
    items = units[unit]
    image = _image(items)
    said = f"built from {path_of(dockerfile)}" if dockerfile else f"runs {image}" if image else "its image is unknown"
    built = (dockerfile, *first_folder(upwards(folder_of(dockerfile)), units)) if dockerfile else ()
    return Candidate(
        id=unit,
        name=path_of(unit),
        kind="kubernetes",
        units=(unit, *built, *code),
        where=items[0].where,
        reason=f"Kubernetes workload, {said}",
        preselected=not _EXAMPLES.search(items[0].where),
    )


def _image(items: Iterable[Evidence]) -> str | None:
    return next((item.fact.image for item in items if isinstance(item.fact, ImageFact)), None)


def _built_from(unit: str, units: Units, repository: str) -> str | None:
    """The Dockerfile whose image has this workload's name; the official images of databases are built elsewhere."""
    image = _image(units[unit])
    if image is None or ("/" not in image and backing_image(image)):
        return None
    name = _squashed(bare_name(image))
    return next((one for one in dockerfile_units(units) if name in _names(one, units, repository)), None)


def _names(dockerfile: str, units: Units, repository: str) -> Sequence[str]:
    """What the image of a Dockerfile may be called, without its dashes."""
    said = [bare_name(item.fact.image) for item in units[dockerfile] if isinstance(item.fact, ImageFact)]
    return [name for name in map(_squashed, (*said, *_guesses(dockerfile, units, repository))) if name]


def _guesses(dockerfile: str, units: Units, repository: str) -> Iterator[str]:
    """By folder, by the Dockerfile's own ending, by the repository, or by the repository and one of these."""
    path, folder = path_of(dockerfile), folder_of(dockerfile)
    roots = [name for name in (repository, folder_name(".", units)) if name]
    own = [name for name in (dockerfile_kind(path), folder_name(folder, units) if folder != "." else "") if name]
    yield from own or roots
    yield from (f"{root}{name}" for root in roots for name in own)


def _squashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
