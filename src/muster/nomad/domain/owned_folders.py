"""Folders whose code is one image's own: those with a Dockerfile, and those that compose builds from."""

from collections.abc import Iterable
from posixpath import basename, dirname

from muster.nomad.domain.facts import BuildFact, Evidence, LanguageFact

_DOCKERFILES = frozenset({"dockerfile", "containerfile"})


def owned_folders(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The folders below the root, each once. A `Dockerfile.dev` alone makes none: it builds what another one does."""
    found: dict[str, None] = {}
    for item in evidence:
        if isinstance(item.fact, BuildFact) and item.unit.startswith("compose:"):
            found |= dict.fromkeys((item.fact.context, dirname(item.fact.dockerfile)))
        elif (
            item.unit.startswith("dockerfile:")
            and item.source == "dockerfile"
            and basename(path := item.unit.removeprefix("dockerfile:")).lower() in _DOCKERFILES
        ):
            found[dirname(path)] = None
    return tuple(folder for folder in found if folder not in ("", ".") and not folder.startswith(("/", "../")))


def has_package(item: Evidence) -> bool:
    """Whether a package file says the language; code alone makes it a guess."""
    return isinstance(item.fact, LanguageFact) and item.confidence >= 0.5


def lies_in(where: str, folder: str) -> bool:
    """Whether a path, or a place in a file, is inside the folder."""
    return where.startswith(f"{folder}/")
