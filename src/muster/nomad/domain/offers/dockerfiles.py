"""Dockerfiles that nothing else builds: the root's first, each with the folder of its code."""

from collections.abc import Iterable
from posixpath import basename, dirname

from muster.nomad.domain.facts import NameFact
from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder, upwards
from muster.nomad.domain.units import path_of

_ASIDE = (".bak", ".backup", ".old", ".orig", ".save", ".swp", ".tmp", ".disabled", "~")
_DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".html", ".dockerignore")


def dockerfile_units(units: Units) -> tuple[str, ...]:
    """Every Dockerfile that builds something, the nearest to the root first."""
    return tuple(sorted((unit for unit in units if unit.startswith("dockerfile:") and not _is_aside(unit)), key=_depth))


def dockerfile_candidates(units: Units, others: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Dockerfiles that no other candidate is built from; the first is preselected."""
    built = {unit for one in others for unit in one.units}
    found = [_of_dockerfile(unit, units) for unit in dockerfile_units(units) if unit not in built]
    return tuple(one.model_copy(update={"preselected": index == 0}) for index, one in enumerate(found))


def dockerfile_kind(path: str) -> str:
    """What a Dockerfile's own name says: `worker` of `Dockerfile.worker`, nothing of `Dockerfile`."""
    return basename(path).lower().replace("dockerfile", "").strip(".-_")


def folder_name(folder: str, units: Units) -> str:
    """The folder's own name; of the root what its package file calls it, if it does."""
    if folder != ".":
        return basename(folder)
    return said_name("folder:.", units)


def said_name(unit: str, units: Units) -> str:
    """What somebody calls the unit itself."""
    return next((item.fact.name for item in units.get(unit, ()) if isinstance(item.fact, NameFact)), "")


def _is_aside(unit: str) -> bool:
    """A backup or a document that only is named like a Dockerfile."""
    return basename(unit).lower().endswith((*_ASIDE, *_DOCUMENTS))


def _depth(unit: str) -> tuple[int, bool, str]:
    path = path_of(unit)
    return path.count("/"), basename(path) != "Dockerfile", path


def _of_dockerfile(unit: str, units: Units) -> Candidate:
    path = path_of(unit)
    folder = dirname(path) or "."
    return Candidate(
        id=unit,
        name=said_name(unit, units) or dockerfile_kind(path) or folder_name(folder, units),
        kind="dockerfile",
        units=(unit, *first_folder(upwards(folder), units)),
        where=path,
        reason="a Dockerfile in the root" if "/" not in path else "a Dockerfile",
    )
