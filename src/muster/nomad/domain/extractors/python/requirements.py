"""The names in Python requirement strings and requirements files."""

import re
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.python.libraries import normal_name

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]{0,99})\s*(?:\[([^\]\n]{0,200})\])?\s*(?:[=<>!~;@,(#]|$)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_OTHER_PURPOSE = re.compile(r"(?:^|[-_./])(?:dev|develop|development|tests?|testing|docs?|lint|ci|build)(?:[-_.]|$)")


@dataclass(frozen=True)
class Dependency:
    """A required package by its normalised name, with its place."""

    name: str
    path: str
    line: int


def requirement_names(text: str) -> tuple[str, ...]:
    """The normalised names in one requirement: the package and its extras; empty when it is none."""
    found = _EGG.search(text) or _REQUIREMENT.match(text)
    if found is None:
        return ()
    extras = found[2].split(",") if found.re is _REQUIREMENT and found[2] else []
    return tuple(normal_name(name.strip()) for name in (found[1], *extras))


def is_for_development(path: str) -> bool:
    """Whether a requirements file holds what only developers and tests need."""
    return _OTHER_PURPOSE.search(path.rpartition("/")[2].lower()) is not None


def read_requirements(file: SourceFile) -> tuple[Dependency, ...]:
    """The packages in a requirements file; options such as `-r` and `--index-url` are passed over."""
    return tuple(
        Dependency(name, file.path, number)
        for number, line in enumerate(file.lines, start=1)
        if (line[:2000].strip() and not line.lstrip().startswith(("#", "-"))) or "egg=" in line[:2000]
        for name in requirement_names(line[:2000])
    )
