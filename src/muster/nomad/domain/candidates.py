"""What of a repository could become tasks, and the question which of it should.

Compose services come first, each with the Dockerfile that builds it and the folder of its code; else Dockerfiles, the
root's first; else a folder of code whose image nobody knows.
"""

from collections.abc import Iterable, Sequence
from posixpath import basename, dirname
from typing import Literal

from muster.core.gates.questions import AnswerValue, Choice, ChoiceQuestion, ConfirmQuestion
from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.facts import (
    BuildFact,
    Evidence,
    FrameworkFact,
    ImageFact,
    LanguageFact,
    NameFact,
    ProblemFact,
    ProfilesFact,
)
from muster.nomad.domain.names import safe_name
from muster.nomad.domain.owned_folders import has_package, lies_in, owned_folders
from muster.nomad.domain.values import Part

SELECT_ID = "select"

_ASIDE = (".bak", ".backup", ".old", ".orig", ".save", ".swp", ".tmp", ".disabled", "~")
_DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".html", ".dockerignore")


class Candidate(Part):
    """Something that could run: `id` is its first unit, `units` are all that speak about it, the surest first."""

    id: str
    name: str
    kind: Literal["compose", "dockerfile", "folder"]
    units: tuple[str, ...]
    where: str
    reason: str
    preselected: bool = True
    foreign: tuple[str, ...] = ()
    """Folders of other images: what code in them says is not about this one, even where it is said of its units."""


def find_candidates(evidence: Iterable[Evidence], *, name: str = "app") -> tuple[Candidate, ...]:
    """Everything that could become a task, what is nearest to the root first; names are unique.

    `name` is what the repository is called, for a root that has no better name.
    """
    evidence = tuple(evidence)
    by_unit, owned = _by_unit(evidence), owned_folders(evidence)
    compose = [_of_compose(unit, by_unit) for unit in by_unit if unit.startswith("compose:")]
    dockerfiles = _dockerfiles(by_unit, compose)
    if compose and dockerfiles and not _app_in_compose(compose, by_unit):
        found = (*dockerfiles, *compose)
    else:
        aside = [one.model_copy(update={"preselected": False}) for one in dockerfiles] if compose else dockerfiles
        found = _some_preselected((*compose, *aside) or _folders(by_unit))
    return _named_apart((_with_foreign(one, by_unit, owned) for one in found), name)


def select_question(candidates: Sequence[Candidate]) -> ChoiceQuestion | ConfirmQuestion | None:
    """Which of several (all, one, several); one is confirmed; None where only a language is known, or nothing."""
    if not candidates or all(one.kind == "folder" for one in candidates):
        return None
    if len(candidates) == 1:
        only = candidates[0]
        return ConfirmQuestion(
            id=SELECT_ID,
            text=f"Generate a job from {_shown(only)}?",
            reason=only.reason,
            where=only.where,
            default=True,
        )
    default = [one for one in candidates if one.preselected]
    return ChoiceQuestion(
        id=SELECT_ID,
        text="Which of these should run, together as one job?",
        reason=_why_default(candidates, default),
        where=default[0].where,
        choices=[Choice(value=one.id, label=f"{_shown(one)}: {one.reason}") for one in candidates],
        default=[one.id for one in default],
        multiple=True,
    )


def chosen(candidates: Sequence[Candidate], answer: AnswerValue = None) -> tuple[str, ...]:
    """The ids that an answer to `select_question` picks; without an answer the default, named by the question."""
    match answer:
        case False:
            return ()
        case list():
            return tuple(one.id for one in candidates if one.id in answer)
        case str():
            return tuple(one.id for one in candidates if answer in (one.id, one.name))
        case _:
            return tuple(one.id for one in candidates if one.preselected)


def _by_unit(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    units: dict[str, list[Evidence]] = {}
    for item in evidence:
        units.setdefault(item.unit, []).append(item)
    return {unit: items for unit, items in units.items() if any(not _is_problem(item) for item in items)}


def _is_problem(item: Evidence) -> bool:
    return isinstance(item.fact, ProblemFact)


def _of_compose(unit: str, by_unit: dict[str, list[Evidence]]) -> Candidate:
    items = by_unit[unit]
    build = next((item.fact for item in items if isinstance(item.fact, BuildFact)), None)
    image = next((item.fact.image for item in items if isinstance(item.fact, ImageFact)), None)
    profiles = next((item.fact.profiles for item in items if isinstance(item.fact, ProfilesFact)), ())
    said = f"built from {build.dockerfile}" if build else f"runs {image}" if image else "has neither image nor build"
    only = f", only in profile {', '.join(profiles)}" if profiles else ""
    return Candidate(
        id=unit,
        name=unit.removeprefix("compose:"),
        kind="compose",
        units=(unit, *(_build_units(build, by_unit) if build else ())),
        where=items[0].where,
        reason=f"compose service, {said}{only}",
        preselected=not profiles,
    )


def _build_units(build: BuildFact, by_unit: dict[str, list[Evidence]]) -> tuple[str, ...]:
    dockerfile = f"dockerfile:{build.dockerfile}"
    folders = (dirname(build.dockerfile) or ".", build.context or ".")
    return (*([dockerfile] if dockerfile in by_unit else []), *_first_folder(folders, by_unit))


def _first_folder(folders: Iterable[str], by_unit: dict[str, list[Evidence]]) -> tuple[str, ...]:
    """The first folder that holds code, else the first that anything is known about.

    With it the next one that has a package file, where the folder has none of its own.
    """
    units = [unit for unit in dict.fromkeys(f"folder:{folder}" for folder in folders) if unit in by_unit]
    with_code = [unit for unit in units if _has_code(by_unit[unit])]
    packaged = [unit for unit in with_code if any(has_package(item) for item in by_unit[unit])]
    return tuple(dict.fromkeys((*(with_code or units)[:1], *packaged[:1])))


def _with_foreign(candidate: Candidate, by_unit: dict[str, list[Evidence]], owned: Iterable[str]) -> Candidate:
    """The candidate with the folders that other images own; one inside of them shares them."""
    builds = [item.fact for item in by_unit[candidate.id] if isinstance(item.fact, BuildFact)]
    own = {folder for build in builds for folder in (build.context, dirname(build.dockerfile))}
    own |= {dirname(candidate.id.removeprefix("dockerfile:"))} if candidate.kind == "dockerfile" else set()
    foreign = (folder for folder in owned if not any(lies_in(f"{mine}/", folder) for mine in own))
    return candidate.model_copy(update={"foreign": tuple(foreign)})


def _has_code(items: Iterable[Evidence]) -> bool:
    return any(isinstance(item.fact, LanguageFact | FrameworkFact) for item in items)


def _dockerfiles(by_unit: dict[str, list[Evidence]], compose: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Dockerfiles that no compose service builds; the first is preselected."""
    built = {unit for one in compose for unit in one.units}
    units = [unit for unit in by_unit if unit.startswith("dockerfile:") and unit not in built and not _is_aside(unit)]
    found = [_of_dockerfile(unit, by_unit) for unit in sorted(units, key=_depth)]
    return tuple(one.model_copy(update={"preselected": index == 0}) for index, one in enumerate(found))


def _is_aside(unit: str) -> bool:
    """A backup or a document that only is named like a Dockerfile."""
    return basename(unit).lower().endswith((*_ASIDE, *_DOCUMENTS))


def _depth(unit: str) -> tuple[int, bool, str]:
    path = unit.split(":", 1)[1]
    return path.count("/"), basename(path) != "Dockerfile", path


def _of_dockerfile(unit: str, by_unit: dict[str, list[Evidence]]) -> Candidate:
    path = unit.removeprefix("dockerfile:")
    return Candidate(
        id=unit,
        name=_dockerfile_name(path, by_unit),
        kind="dockerfile",
        units=(unit, *_first_folder((dirname(path) or ".", "."), by_unit)),
        where=path,
        reason="a Dockerfile in the root" if "/" not in path else "a Dockerfile",
    )


def _dockerfile_name(path: str, by_unit: dict[str, list[Evidence]]) -> str:
    """`Dockerfile.worker` is worker, `api/Dockerfile` is api, the root's Dockerfile is what the app is called."""
    kind = basename(path).lower().replace("dockerfile", "").strip(".-_")
    folder = dirname(path) or "."
    return kind or _folder_name(folder, by_unit)


def _folder_name(folder: str, by_unit: dict[str, list[Evidence]]) -> str:
    if folder != ".":
        return basename(folder)
    names = [item.fact.name for item in by_unit.get("folder:.", ()) if isinstance(item.fact, NameFact)]
    return names[0] if names else ""


def _app_in_compose(compose: Iterable[Candidate], by_unit: dict[str, list[Evidence]]) -> bool:
    """Whether compose runs the application itself, not only what it needs (databases, queues)."""
    return any(not _is_backing(one, by_unit) for one in compose)


def _is_backing(candidate: Candidate, by_unit: dict[str, list[Evidence]]) -> bool:
    facts = [item.fact for item in by_unit[candidate.id]]
    if not candidate.preselected:
        return True
    images = [fact.image for fact in facts if isinstance(fact, ImageFact)]
    return not any(isinstance(fact, BuildFact) for fact in facts) and any(backing_image(image) for image in images)


def _folders(by_unit: dict[str, list[Evidence]]) -> tuple[Candidate, ...]:
    """The app folder nearest to the root; which image it runs in is unknown."""
    units = [unit for unit in by_unit if unit.startswith("folder:") and _has_code(by_unit[unit])]
    return tuple(
        Candidate(
            id=unit,
            name=_folder_name(unit.removeprefix("folder:"), by_unit),
            kind="folder",
            units=(unit,),
            where=_code_place(by_unit[unit]),
            reason="no Dockerfile and no compose file: the defaults of its language; its image is unknown",
            preselected=index == 0,
        )
        for index, unit in enumerate(sorted(units, key=_folder_depth))
    )


def _folder_depth(unit: str) -> tuple[int, str]:
    path = unit.removeprefix("folder:")
    return (0 if path == "." else path.count("/") + 1), path


def _code_place(items: Iterable[Evidence]) -> str:
    return next((item.where for item in items if isinstance(item.fact, LanguageFact | FrameworkFact)), "")


def _some_preselected(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    if not candidates or any(one.preselected for one in candidates):
        return candidates
    return (candidates[0].model_copy(update={"preselected": True}), *candidates[1:])


def _named_apart(candidates: Iterable[Candidate], root: str) -> tuple[Candidate, ...]:
    """The same with names that Nomad takes, each once; what is nameless is the root."""
    taken: set[str] = set()
    renamed: list[Candidate] = []
    for one in candidates:
        name = safe_name(one.name or root)
        while name in taken:
            name = f"{name}-2"
        taken.add(name)
        renamed.append(one.model_copy(update={"name": name}))
    return tuple(renamed)


def _shown(candidate: Candidate) -> str:
    return f"{candidate.name} ({candidate.where})" if candidate.where else candidate.name


def _why_default(candidates: Sequence[Candidate], default: Sequence[Candidate]) -> str:
    names = ", ".join(one.name for one in default)
    left = [one.name for one in candidates if not one.preselected]
    return f"by default {names}" + (f"; left out: {', '.join(left)}" if left else "")
