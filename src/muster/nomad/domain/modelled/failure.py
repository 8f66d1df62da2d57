"""A failure as whoever knows a cure is told it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from muster.core.repairs import Repair
from muster.nomad.domain.outcomes import Cause, Observation
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.repairs.situation import Room
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Text


@dataclass(frozen=True)
class Failure:
    """What went wrong with which job, what was tried, and whether another attempt is left.

    `known_env` are values that the repository or a human gave for environment variables; `source` is the repository.
    """

    cause: Cause
    observation: Observation
    spec: JobSpec
    cluster: Room | None
    source: str = ""
    tried: tuple[Repair[SpecPatch], ...] = ()
    attempt_left: bool = True
    known_env: Mapping[str, Text] = field(default_factory=dict[str, Text])
    plan: str = ""
    """The diff of the plan that was carried out."""
