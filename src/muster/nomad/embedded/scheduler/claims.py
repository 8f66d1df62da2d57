"""CSI volumes: whether a node can mount them and who has claimed them; the words are the scheduler's."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from muster.nomad.embedded.scheduler.names import name_index
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.world import World
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.specs import GroupSpec, VolumeSpec
from muster.nomad.embedded.state.values import Allocation

Volume = Mapping[str, Any]
WRITERS = ("single-node-writer", "multi-node-single-writer", "multi-node-multi-writer")
MANY_WRITERS = "multi-node-multi-writer"


def unavailable_volume(world: World, job: Job, group: GroupSpec, name: str, node: Node) -> str | None:
    """Why the node can't mount what the allocation of that name asks for."""
    wanted = [volume for volume in group.volumes if volume.kind == "csi"]
    reasons = (_unavailable(world, job, volume, source_of(volume, name), node) for volume in wanted)
    return next((reason for reason in reasons if reason), None)


def source_of(volume: VolumeSpec, name: str) -> str:
    """The volume's id for one allocation."""
    return f"{volume.source}[{name_index(name)}]" if volume.per_alloc else volume.source


def claimants(
    allocations: Iterable[Allocation], namespace: str, volume_id: str
) -> tuple[list[Allocation], list[Allocation]]:
    """The allocations that hold a volume: those that write, and those that only read."""
    writers: list[Allocation] = []
    readers: list[Allocation] = []
    for allocation in allocations:
        group = allocation.job.spec.group(allocation.group)
        for volume in group.volumes if group and allocation.job.namespace == namespace else ():
            if volume.kind == "csi" and source_of(volume, allocation.name) == volume_id:
                (readers if volume.read_only else writers).append(allocation)
    return writers, readers


def _unavailable(world: World, job: Job, wanted: VolumeSpec, volume_id: str, node: Node) -> str | None:
    volume = next((v for v in world.volumes if (v.get("Namespace"), v.get("ID")) == (job.namespace, volume_id)), None)
    if volume is None:
        return f"missing CSI Volume {volume_id}"
    plugin = volume.get("PluginID")
    if plugin not in node.csi_plugins:
        return f"CSI plugin {plugin} is missing from client {node.id}"
    if wanted.read_only:
        return None
    modes = _modes(volume, wanted)
    if modes and not modes & set(WRITERS):
        return f"CSI volume {volume_id} is unschedulable or is read-only"
    writers, _ = claimants(world.placed(), job.namespace, volume_id)
    strangers = [a for a in writers if a.job.id != job.id]
    if strangers and MANY_WRITERS not in modes:
        return f"CSI volume {volume_id} has exhausted its available writer claims"
    return None


def _modes(volume: Volume, wanted: VolumeSpec) -> set[str]:
    """The access modes that count: the one asked for, else the volume's own."""
    listed = {str(c.get("AccessMode")) for c in _capabilities(volume)}
    own = str(volume.get("AccessMode") or "")
    known: set[str] = listed | {own} if own else listed
    return known & {wanted.access_mode} if wanted.access_mode and known else known


def _capabilities(volume: Volume) -> list[Volume]:
    listed: object = volume.get("RequestedCapabilities")
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    return [cast("Volume", entry) for entry in entries if isinstance(entry, dict)]
