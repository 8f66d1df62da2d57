"""What of a repository could become tasks, and the question which of it should.

A job file comes first, alone. Else compose services, each with the Dockerfile that builds it and the folder of its
code; else Kubernetes workloads; else Dockerfiles, the root's first; else a folder of code whose image nobody knows.
"""

from collections.abc import Iterable, Sequence
from posixpath import dirname

from muster.core.gates.questions import AnswerValue, Choice, ChoiceQuestion, ConfirmQuestion
from muster.nomad.domain.facts import BuildFact, Evidence
from muster.nomad.domain.names import free_name, safe_name
from muster.nomad.domain.offers.candidate import Candidate, Units, aside, by_unit
from muster.nomad.domain.offers.compose import app_in_compose, compose_candidates, is_backing
from muster.nomad.domain.offers.dockerfiles import dockerfile_candidates, said_name
from muster.nomad.domain.offers.folders import application_folders, folder_candidates
from muster.nomad.domain.offers.jobs import job_candidates
from muster.nomad.domain.offers.processes import process_candidates
from muster.nomad.domain.offers.workloads import is_built, workload_candidates
from muster.nomad.domain.own_name import own_name
from muster.nomad.domain.owned_folders import lies_in, owned_folders
from muster.nomad.domain.units import folder_of, settled

SELECT_ID = "select"


def find_candidates(evidence: Iterable[Evidence], *, name: str = "app") -> tuple[Candidate, ...]:
    """Everything that could become a task, what is nearest to the root first; names are unique.

    `name` is what the repository is called, for a root that has no better name.
    """
    evidence = settled(evidence)
    units, owned = by_unit(evidence), owned_folders(evidence)
    compose = compose_candidates(units, name)
    workloads = workload_candidates(units, compose, name)
    dockerfiles = dockerfile_candidates(units, (*compose, *workloads))
    found = _arranged(compose, workloads, dockerfiles, units)
    found = _some_preselected((*found, *process_candidates(units, found)))
    others = _named_apart(
        (_with_foreign(one, units, owned) for one in found), own_name(name, said_name("folder:.", units))
    )
    jobs = _named_apart(job_candidates(units, dockerfiles, name), name)
    return (*jobs, *aside(others)) if jobs else others


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
            return tuple(one.id for one in candidates if answer in (one.id, one.name))[:1]
        case _:
            return tuple(one.id for one in candidates if one.preselected)


def _arranged(
    compose: tuple[Candidate, ...],
    workloads: tuple[Candidate, ...],
    dockerfiles: tuple[Candidate, ...],
    units: Units,
) -> tuple[Candidate, ...]:
    """What runs the application first and preselected: compose, else workloads of an image built here, else
    Dockerfiles; a compose file of databases alone runs beside either, or beside code that needs an image."""
    built_here = any(is_built(one) and one.preselected for one in workloads)
    if compose and app_in_compose(compose, units):
        return (*compose, *aside(workloads), *aside(dockerfiles))
    if compose and not (dockerfiles or built_here):
        return (*application_folders(units)[:1], *compose, *aside(workloads))
    if built_here:
        own = [one for one in workloads if not (compose and is_backing(units[one.id]))]
        rest = (one for one in workloads if one not in own)
        return (*own, *compose, *aside(rest), *aside(dockerfiles))
    if dockerfiles:
        return (*dockerfiles, *compose, *aside(workloads))
    return workloads if any(one.preselected for one in workloads) else (*folder_candidates(units), *workloads)


def _with_foreign(candidate: Candidate, units: Units, owned: Iterable[str]) -> Candidate:
    """The candidate with the folders that other images own; one inside of them shares them."""
    builds = [item.fact for item in units[candidate.id] if isinstance(item.fact, BuildFact)]
    own = {folder for build in builds for folder in (build.context, dirname(build.dockerfile))}
    own |= {folder_of(unit) for unit in candidate.units if unit.startswith("dockerfile:")}
    foreign = (folder for folder in owned if not any(lies_in(f"{mine}/", folder) for mine in own))
    return candidate.model_copy(update={"foreign": tuple(foreign)})


def _some_preselected(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    if not candidates or any(one.preselected for one in candidates):
        return candidates
    return (candidates[0].model_copy(update={"preselected": True}), *candidates[1:])


def _named_apart(candidates: Iterable[Candidate], root: str) -> tuple[Candidate, ...]:
    """The same with names that Nomad takes, each once; what is nameless is the root."""
    taken: set[str] = set()
    renamed: list[Candidate] = []
    for one in candidates:
        name = free_name(safe_name(one.name or root), taken)
        taken.add(name)
        renamed.append(one.model_copy(update={"name": name}))
    return tuple(renamed)


def _shown(candidate: Candidate) -> str:
    return f"{candidate.name} ({candidate.where})" if candidate.where else candidate.name


def _why_default(candidates: Sequence[Candidate], default: Sequence[Candidate]) -> str:
    names = ", ".join(one.name for one in default)
    left = [one.name for one in candidates if not one.preselected]
    return f"by default {names}" + (f"; left out: {', '.join(left)}" if left else "")
