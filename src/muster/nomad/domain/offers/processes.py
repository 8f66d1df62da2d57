"""Processes that a platform's file starts beside the main one, from the same image: offered, never preselected."""

from collections.abc import Iterable, Sequence
from posixpath import basename, join

from muster.nomad.domain.facts import BuildFact, CommandFact, Evidence
from muster.nomad.domain.names import safe_name
from muster.nomad.domain.offers.candidate import Candidate, Units, first_folder, upwards
from muster.nomad.domain.units import folder_of, path_of


def process_candidates(units: Units, others: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Every process with a command of its own that no other candidate is called by.

    A process's unit is `process:FOLDER/NAME`, without the folder in the root.
    """
    taken = {safe_name(one.name, fallback="") for one in others}
    return tuple(
        _of_process(unit, command, units)
        for unit, items in units.items()
        if unit.startswith("process:")
        and safe_name(basename(path_of(unit))) not in taken
        and (command := _command(items)) is not None
    )


def _of_process(unit: str, command: Evidence, units: Units) -> Candidate:
    return Candidate(
        id=unit,
        name=basename(path_of(unit)),
        kind="process",
        units=(unit, *_image_units(unit, units)),
        where=command.where,
        reason="a process beside the main one, from the same image",
        preselected=False,
    )


def _command(items: Sequence[Evidence]) -> Evidence | None:
    return next((item for item in items if isinstance(item.fact, CommandFact)), None)


def _image_units(unit: str, units: Units) -> tuple[str, ...]:
    """The Dockerfile that the platform's file names, else that of its folder; and the folder itself."""
    folder = folder_of(unit)
    builds = [item.fact.dockerfile for item in units[unit] if isinstance(item.fact, BuildFact)]
    paths = builds or [join(folder, "Dockerfile").removeprefix("./")]
    dockerfiles = [found for path in paths[:1] if (found := f"dockerfile:{path}") in units]
    return (*dockerfiles, *first_folder(upwards(folder), units))
