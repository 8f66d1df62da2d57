"""Nomad job files: one is a whole job and the base of the run, so it is taken alone."""

from collections.abc import Sequence
from posixpath import basename

from muster.nomad.domain.facts import NameFact
from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder
from muster.nomad.domain.units import path_of

_PREFIX = "job:"


def job_candidates(units: Units, dockerfiles: Sequence[Candidate], name: str) -> tuple[Candidate, ...]:
    """The one nearest to the root first, of several there the one that is called like the repository (`name`).

    The only Dockerfile and the code beside it speak about its main task.
    """
    found = [unit for unit in units if unit.startswith(_PREFIX) and "#" not in unit]
    beside = dockerfiles[0].units if len(dockerfiles) == 1 else first_folder((".",), units)
    return tuple(
        Candidate(
            id=unit,
            name=next((item.fact.name for item in units[unit] if isinstance(item.fact, NameFact)), ""),
            kind="job",
            units=(unit, *beside),
            where=path_of(unit),
            reason="a Nomad job file: it is the base, and only what is asked for is changed",
            preselected=index == 0,
        )
        for index, unit in enumerate(sorted(found, key=lambda unit: _nearness(path_of(unit), name)))
    )


def _nearness(path: str, name: str) -> tuple[int, bool, str]:
    return path.count("/"), basename(path).partition(".")[0] != name, path
