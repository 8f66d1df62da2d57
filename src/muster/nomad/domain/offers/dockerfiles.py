"""Dockerfiles that nothing else builds: the root's first, each with the folder of its code."""

import re
from collections.abc import Iterable
from posixpath import basename, dirname

from muster.nomad.domain.facts import NameFact
from muster.nomad.domain.occasions import is_occasional
from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder, upwards
from muster.nomad.domain.units import path_of

_ASIDE = (".bak", ".backup", ".old", ".orig", ".save", ".swp", ".tmp", ".disabled", "~")
# Folders of build files, and what only tells variants of one image apart: neither is a name.
_PLACES = frozenset(
    {
        "docker",
        "dockerfiles",
        "build",
        "deploy",
        "deployment",
        "packaging",
        "container",
        "containers",
        "images",
        "ops",
        "scripts",
        "src",
        "main",
    }
)
_VARIANTS = frozenset(
    {"alpine", "debian", "ubuntu", "slim", "distroless", "default", "prod", "production", "release", "jvm", "native"}
)
_PLAIN_NAME = re.compile("dockerfile|containerfile")
_DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".html", ".dockerignore")


def dockerfile_units(units: Units) -> tuple[str, ...]:
    """Every Dockerfile that builds something, the nearest to the root first."""
    return tuple(sorted((unit for unit in units if unit.startswith("dockerfile:") and not _is_aside(unit)), key=_depth))


def dockerfile_candidates(units: Units, others: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Dockerfiles that no other candidate is built from, but for those of tests and examples; the first is
    preselected."""
    built = {unit for one in others if not is_occasional(one.where) for unit in one.units}
    found = [_of_dockerfile(unit, units) for unit in dockerfile_units(units) if unit not in built]
    return tuple(one.model_copy(update={"preselected": index == 0}) for index, one in enumerate(found))


def dockerfile_kind(path: str) -> str:
    """What a Dockerfile's own name says: `worker` of `Dockerfile.worker`, nothing of `Dockerfile`."""
    return _PLAIN_NAME.sub("", basename(path).lower()).strip(".-_")


def image_names(path: str) -> tuple[str, ...]:
    """What a Dockerfile's image may be called, by its own ending and its folder; nothing where it is the root's."""
    kind = dockerfile_kind(path)
    folders = [one for one in dirname(path).split("/") if one and one.lower() not in _PLACES | _VARIANTS]
    return (*([kind] if kind and kind not in _VARIANTS else []), *folders[-1:])


def said_name(unit: str, units: Units) -> str:
    """What somebody calls the unit itself."""
    return next((item.fact.name for item in units.get(unit, ()) if isinstance(item.fact, NameFact)), "")


def _is_aside(unit: str) -> bool:
    """A backup or a document that only is named like a Dockerfile."""
    return basename(unit).lower().endswith((*_ASIDE, *_DOCUMENTS))


def _depth(unit: str) -> tuple[bool, int, bool, str]:
    path = path_of(unit)
    return is_occasional(path), path.count("/"), dockerfile_kind(path) != "", path


def _of_dockerfile(unit: str, units: Units) -> Candidate:
    path = path_of(unit)
    return Candidate(
        id=unit,
        name=said_name(unit, units) or next(iter(image_names(path)), ""),
        kind="dockerfile",
        units=(unit, *first_folder(upwards(dirname(path) or "."), units)),
        where=path,
        reason="a Dockerfile in the root" if "/" not in path else "a Dockerfile",
    )
