"""Which image a Dockerfile becomes: the name under which it is pushed.

A name that is built and never pushed counts where it names a registry or an owner; a bare name (`app`) would be looked
for on Docker Hub, where it is somebody else's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from muster.nomad.domain.extractors.docker_cli.commands import Build, Command, Push, Tag

_NAME = re.compile(r"[a-z0-9][\w.-]*(?::\d+)?(?:/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?")
_UNKNOWN_TAG = re.compile(r"(?P<name>[^$`{]+?)(?::|@)[^/:@]*[$`{].*", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """An image's name, without its tag where that is not known, and what shows it."""

    image: str
    where: str
    reason: str
    sure: bool


def named_images(commands: Sequence[Command], build: Build) -> tuple[Named, ...]:
    """The names of what is built, the best first: pushed and with a fixed tag, then `latest`, then any tag."""
    own = {*build.images}
    tags = [one for one in commands if isinstance(one, Tag) and one.source in own]
    mine = own | {one.target for one in tags}
    pushes = [one for one in commands if isinstance(one, Push) and one.image in mine]
    found = [_named(one.image, one.where, "`docker push`") for one in pushes]
    said = "is built and pushed" if build.pushed else "`-t` of the build"
    found += [
        _named(image, build.where, said) for image in build.images if build.pushed or (not pushes and "/" in image)
    ]
    return tuple(sorted((one for one in found if one), key=_rank))


def known_name(text: str) -> str | None:
    """The name of an image, without a tag that holds a variable; None where the name itself does, or is none."""
    found = _UNKNOWN_TAG.fullmatch(text)
    name = found["name"] if found else text
    return name if _NAME.fullmatch(name) else None


def builds(commands: Iterable[Command]) -> Iterator[Build]:
    """The builds of files inside of the repository."""
    for one in commands:
        if isinstance(one, Build) and "$" not in one.dockerfile and not one.dockerfile.startswith(("/", "..")):
            yield one


def _named(text: str, where: str, reason: str) -> Named | None:
    name = known_name(text)
    if name is None:
        return None
    tag = "" if name == text else f"; its tag, {text[len(name) + 1 :]}, is not known here"
    return Named(name, where, reason + tag, sure=name == text)


def _rank(one: Named) -> int:
    if not one.sure:
        return 2
    return 1 if one.image.endswith(":latest") or ":" not in one.image.rpartition("/")[2] else 0
