"""Which Dockerfile an image is built from.

That is known by its name: the Dockerfile's folder, the repository, or what somebody says is pushed from it is called
the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from muster.nomad.domain.backing import backing_image, bare_name
from muster.nomad.domain.facts import Evidence, ImageFact
from muster.nomad.domain.offers.candidate import Units, first_folder, upwards
from muster.nomad.domain.offers.dockerfiles import dockerfile_units, image_names, said_name
from muster.nomad.domain.units import folder_of, path_of


def image_of(items: Iterable[Evidence]) -> str | None:
    """The image that somebody names."""
    return next((item.fact.image for item in items if isinstance(item.fact, ImageFact)), None)


def built_from(image: str | None, units: Units, repository: str) -> str | None:
    """The Dockerfile whose image has this name; the official images of databases are built elsewhere."""
    if image is None or ("/" not in image and backing_image(image)):
        return None
    name = _squashed(bare_name(image))
    return next((one for one in dockerfile_units(units) if name in _names(one, units, repository)), None)


def image_units(dockerfile: str | None, units: Units) -> tuple[str, ...]:
    """The Dockerfile with the code of its folder, or of the nearest one above."""
    return (dockerfile, *first_folder(upwards(folder_of(dockerfile)), units)) if dockerfile else ()


def _names(dockerfile: str, units: Units, repository: str) -> Sequence[str]:
    """What the image of a Dockerfile may be called, without its dashes."""
    said = [bare_name(item.fact.image) for item in units[dockerfile] if isinstance(item.fact, ImageFact)]
    return [name for name in map(_squashed, (*said, *_guesses(dockerfile, units, repository))) if name]


def _guesses(dockerfile: str, units: Units, repository: str) -> Iterator[str]:
    """By folder, by the Dockerfile's own ending, by the repository, or by the repository and one of these."""
    roots, own = [name for name in (repository, said_name("folder:.", units)) if name], image_names(path_of(dockerfile))
    yield from own or roots
    yield from (f"{root}{name}" for root in roots for name in own)


def _squashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
