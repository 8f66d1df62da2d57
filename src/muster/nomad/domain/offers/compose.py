"""Compose services, each with the Dockerfile that builds it, the folder of its code, and the Kubernetes workload of
the same name."""

from collections.abc import Iterable
from posixpath import dirname

from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.facts import BuildFact, Evidence, ImageFact, ProfilesFact
from muster.nomad.domain.occasions import is_occasional
from muster.nomad.domain.offers.candidate import Candidate, Units, aside, first_folder
from muster.nomad.domain.offers.dockerfiles import dockerfile_units
from muster.nomad.domain.offers.images import built_from, image_of, image_units
from muster.nomad.domain.units import path_of


def compose_candidates(units: Units, repository: str) -> tuple[Candidate, ...]:
    """Every service of the compose file, those without profiles preselected; none of a file for tests or examples
    beside a Dockerfile, unless it runs the very image that is published from there."""
    found = [_of_compose(unit, units, repository) for unit in units if unit.startswith("compose:")]
    if not dockerfile_units(units) or any(_is_published(one, units) for one in found):
        return tuple(found)
    return aside(found) if all(is_occasional(one.where) for one in found) else tuple(found)


def app_in_compose(compose: Iterable[Candidate], units: Units) -> bool:
    """Whether compose runs the application itself, not only what it needs (databases, queues)."""
    return any(one.preselected and not is_backing(units[one.id]) for one in compose)


def _is_published(candidate: Candidate, units: Units) -> bool:
    """Whether its image is made here, and not by compose."""
    by_compose = any(isinstance(item.fact, BuildFact) for item in units[candidate.id])
    return not by_compose and any(unit.startswith("dockerfile:") for unit in candidate.units)


def is_backing(items: Iterable[Evidence]) -> bool:
    """Whether its image is a database or the like, and nothing builds it."""
    facts = [item.fact for item in items]
    images = [fact.image for fact in facts if isinstance(fact, ImageFact)]
    return not any(isinstance(fact, BuildFact) for fact in facts) and any(backing_image(image) for image in images)


def _of_compose(unit: str, units: Units, repository: str) -> Candidate:
    items, name = units[unit], path_of(unit)
    build = next((item.fact for item in items if isinstance(item.fact, BuildFact)), None)
    image = image_of(items)
    dockerfile = None if build else built_from(image, units, repository)
    profiles = next((item.fact.profiles for item in items if isinstance(item.fact, ProfilesFact)), ())
    said = f"built from {build.dockerfile}" if build else f"runs {image}" if image else "has neither image nor build"
    only = f", only in profile {', '.join(profiles)}" if profiles else ""
    workload = f"kubernetes:{name}"
    return Candidate(
        id=unit,
        name=name,
        kind="compose",
        units=(
            unit,
            *([workload] if workload in units else []),
            *(_build_units(build, units) if build else image_units(dockerfile, units)),
        ),
        where=items[0].where,
        reason=f"compose service, {said}{only}",
        preselected=not profiles,
    )


def _build_units(build: BuildFact, units: Units) -> tuple[str, ...]:
    dockerfile = f"dockerfile:{build.dockerfile}"
    folders = (dirname(build.dockerfile) or ".", build.context or ".")
    return (*([dockerfile] if dockerfile in units else []), *first_folder(folders, units))
