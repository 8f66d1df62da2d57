"""Folders of code without any Dockerfile: the one nearest to the root, in an image that a platform's file may name."""

from collections.abc import Iterable
from posixpath import basename

from muster.nomad.domain.facts import Evidence, FrameworkFact, ImageFact, LanguageFact
from muster.nomad.domain.offers.candidate import Candidate, Units, has_code
from muster.nomad.domain.units import path_of


def folder_candidates(units: Units) -> tuple[Candidate, ...]:
    """Each folder that holds code, or whose image is named; the first is preselected."""
    found = [unit for unit in units if unit.startswith("folder:") and (has_code(units[unit]) or _image(units[unit]))]
    return tuple(
        Candidate(
            id=unit,
            name=basename(path_of(unit)).strip("."),
            kind="folder",
            units=(unit,),
            where=_code_place(units[unit]),
            reason=f"no Dockerfile and no compose file for it: {_said(units[unit])}",
            preselected=index == 0,
        )
        for index, unit in enumerate(sorted(found, key=_depth))
    )


def application_folders(units: Units) -> tuple[Candidate, ...]:
    """The folders among them whose code uses a framework: an application, not a library or scripts."""
    return tuple(
        one for one in folder_candidates(units) if any(isinstance(item.fact, FrameworkFact) for item in units[one.id])
    )


def _said(items: Iterable[Evidence]) -> str:
    image = _image(items)
    return f"runs {image}" if image else "the defaults of its language; its image is unknown"


def _image(items: Iterable[Evidence]) -> str | None:
    return next((item.fact.image for item in items if isinstance(item.fact, ImageFact)), None)


def _depth(unit: str) -> tuple[int, str]:
    path = path_of(unit)
    return (0 if path == "." else path.count("/") + 1), path


def _code_place(items: Iterable[Evidence]) -> str:
    items = tuple(items)
    code = (item.where for item in items if isinstance(item.fact, LanguageFact | FrameworkFact))
    return next(code, next((item.where for item in items if isinstance(item.fact, ImageFact)), ""))
