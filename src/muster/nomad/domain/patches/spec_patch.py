"""What a repair may change in a job, and nothing else: one small typed patch a kind.

No patch can make a container privileged, mount a host path, add a capability, a device or a host entry, or change
the driver: those come from explicit files or a human, never from a failure's text.
Every `applied_to` raises KeyError when its target is not in the job, which is a bug of the proposer.
"""

from typing import Annotated

from pydantic import Field

from muster.nomad.domain.patches.check import SetCheckPath, SetCheckPort, SetCheckTiming, SetCheckType
from muster.nomad.domain.patches.group import (
    MakePortDynamic,
    SetDatacenters,
    SetDeadlines,
    SetDisk,
    SetPort,
    SetRestart,
)
from muster.nomad.domain.patches.task import AddChownTask, ClearCommand, SetCpu, SetEnv, SetImage, SetMemory
from muster.nomad.domain.spec import JobSpec

SpecPatch = Annotated[
    SetMemory
    | SetCpu
    | SetDisk
    | SetDatacenters
    | MakePortDynamic
    | SetPort
    | SetCheckPath
    | SetCheckPort
    | SetCheckType
    | SetCheckTiming
    | SetDeadlines
    | SetImage
    | SetEnv
    | ClearCommand
    | SetRestart
    | AddChownTask,
    Field(discriminator="kind"),
]


def apply_patch(spec: JobSpec, patch: SpecPatch) -> JobSpec:
    """The job after the repair. Raises KeyError when the patch's target is not in the job: a bug."""
    return patch.applied_to(spec)
