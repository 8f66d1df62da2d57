"""Kubernetes workloads, each with the Dockerfile that its image is built from.

That is known by the image's name; or there is only one Dockerfile, and only one workload that is no database or the
like.
"""

import re
from collections.abc import Iterable

from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder
from muster.nomad.domain.offers.compose import is_backing
from muster.nomad.domain.offers.dockerfiles import dockerfile_units
from muster.nomad.domain.offers.images import built_from, image_of, image_units
from muster.nomad.domain.units import path_of

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
            built_from(image_of(units[unit]), units, repository) or (only if unit == alone else None),
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
    image = image_of(items)
    said = f"built from {path_of(dockerfile)}" if dockerfile else f"runs {image}" if image else "its image is unknown"
    return Candidate(
        id=unit,
        name=path_of(unit),
        kind="kubernetes",
        units=(unit, *image_units(dockerfile, units), *code),
        where=items[0].where,
        reason=f"Kubernetes workload, {said}",
        preselected=not _EXAMPLES.search(items[0].where),
    )
