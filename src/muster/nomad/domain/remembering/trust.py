"""Whether a remembered patch may be used: a memory has no more rights than a rule, and may come from a file."""

from collections.abc import Container

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.patches.group import SetDatacenters
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetCpu, SetEnv, SetImage, SetMemory
from muster.nomad.domain.remembering.lesson import image_repository, without_tag
from muster.nomad.domain.repairs.resources import MOST_MEMORY_MB
from muster.nomad.domain.repairs.situation import Room
from muster.nomad.domain.spec import JobSpec


def is_storable(patch: SpecPatch) -> bool:
    """Whether it holds nothing that must not be kept: no secret, by name or by shape."""
    if isinstance(patch, SetEnv):
        return isinstance(patch.value, str) and not looks_secret(patch.name, patch.value)
    return not isinstance(patch, SetImage) or isinstance(patch.image, str)


def is_trusted(patch: SpecPatch, spec: JobSpec, room: Room | None, variables: Container[str]) -> bool:
    """Whether it may change this job.

    An image keeps its repository, a variable is one that the application is known to read (`variables`) and no
    secret, an amount fits on a node, a datacenter exists. No patch can widen privileges at all.
    """
    match patch:
        case SetImage(image=str() as image):
            return without_tag(image) == image_repository(spec, patch.group, patch.task) != ""
        case SetEnv():
            return is_storable(patch) and patch.name in variables
        case SetMemory():
            most = (room.largest_node_memory_mb if room else 0) or MOST_MEMORY_MB
            return max(patch.memory_mb, patch.memory_max_mb or 0) <= most
        case SetCpu():
            most = room.largest_node_cpu_mhz if room else 0
            return not most or patch.cpu_mhz <= most
        case SetDatacenters():
            return room is not None and set(patch.datacenters) <= set(room.datacenters)
        case _:
            return is_storable(patch)
