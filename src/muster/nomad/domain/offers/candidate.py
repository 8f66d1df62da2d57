"""Something that could run, and the evidence about each unit by which it is found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from muster.nomad.domain.facts import Evidence, FrameworkFact, LanguageFact, ProblemFact
from muster.nomad.domain.owned_folders import has_package
from muster.nomad.domain.values import Part

Units = Mapping[str, Sequence[Evidence]]
"""What is said about each unit; units of which only problems are told are none."""


class Candidate(Part):
    """Something that could run: `id` is its first unit, `units` are all that speak about it, the surest first."""

    id: str
    name: str
    kind: Literal["job", "compose", "kubernetes", "dockerfile", "process", "folder"]
    units: tuple[str, ...]
    where: str
    reason: str
    preselected: bool = True
    foreign: tuple[str, ...] = ()
    """Folders of other images: what code in them says is not about this one, even where it is said of its units."""


def by_unit(evidence: Iterable[Evidence]) -> Units:
    """The evidence, by what it is about."""
    units: dict[str, list[Evidence]] = {}
    for item in evidence:
        units.setdefault(item.unit, []).append(item)
    return {unit: items for unit, items in units.items() if any(not _is_problem(item) for item in items)}


def first_folder(folders: Iterable[str], units: Units) -> tuple[str, ...]:
    """The first folder that holds code, else the first that anything is known about.

    With it the next one that has a package file, where the folder has none of its own.
    """
    known = [unit for unit in dict.fromkeys(f"folder:{folder}" for folder in folders) if unit in units]
    with_code = [unit for unit in known if has_code(units[unit])]
    packaged = [unit for unit in with_code if any(has_package(item) for item in units[unit])]
    return tuple(dict.fromkeys((*(with_code or known)[:1], *packaged[:1])))


def upwards(folder: str) -> tuple[str, ...]:
    """The folder and all above it, up to the root."""
    parts = [] if folder == "." else folder.split("/")
    return (*("/".join(parts[:count]) for count in range(len(parts), 0, -1)), ".")


def has_code(items: Iterable[Evidence]) -> bool:
    """Whether a language or a framework is known."""
    return any(isinstance(item.fact, LanguageFact | FrameworkFact) for item in items)


def aside(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, offered and not preselected."""
    return tuple(one.model_copy(update={"preselected": False}) for one in candidates)


def _is_problem(item: Evidence) -> bool:
    return isinstance(item.fact, ProblemFact)
