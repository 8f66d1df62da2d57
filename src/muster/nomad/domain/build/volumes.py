"""Named volumes become requests of the group and mounts of the task; a volume that a non-root user writes is given
to that user by a task that runs before."""

from collections.abc import Container, Iterator

from muster.nomad.domain.build.layout import GroupLayout
from muster.nomad.domain.build.storage import kept_volumes, storage_of
from muster.nomad.domain.facts import VolumeFact
from muster.nomad.domain.names import safe_name
from muster.nomad.domain.patches.task import chown_task
from muster.nomad.domain.profile import RUN_ORIGINS, ServiceProfile
from muster.nomad.domain.spec import VolumeRequest
from muster.nomad.domain.task import BindMount, TaskSpec, VolumeMount


def lost_folders(service: ServiceProfile) -> tuple[str, ...]:
    """Folders that whoever runs it leaves writable and the job mounts nothing at."""
    kept = kept_volumes(service)
    own = [one.value for one in service.volumes if one.source in RUN_ORIGINS]
    return tuple(one.path for one in own if not (one.read_only or one.type == "tmpfs" or one in kept))


def volume_requests(group: GroupLayout) -> tuple[VolumeRequest, ...]:
    """Each named volume once; CSI volumes as one writer on one node."""
    requests: dict[str, VolumeRequest] = {}
    for service in group.members:
        for fact in kept_volumes(service):
            requests.setdefault(volume_name(fact), _request(fact, csi=storage_of(service) == "csi"))
    return tuple(requests.values())


def volume_mounts(service: ServiceProfile) -> tuple[VolumeMount, ...]:
    """Where the task sees them."""
    return tuple(
        VolumeMount(volume=volume_name(fact), destination=fact.path, read_only=fact.read_only)
        for fact in kept_volumes(service)
    )


def scratch_mounts(service: ServiceProfile) -> tuple[BindMount, ...]:
    """Memory-backed folders; they take nothing from the host."""
    return tuple(BindMount(type="tmpfs", target=one.value.path) for one in service.volumes if one.value.type == "tmpfs")


def chown_tasks(group: GroupLayout) -> tuple[TaskSpec, ...]:
    """One task for each volume that a user with a known number, not root, writes."""
    taken = [service.name for service in group.members]
    tasks = {task.name: task for service in group.members for task in _chown(service, taken)}
    return tuple(tasks.values())


def _chown(service: ServiceProfile, taken: Container[str]) -> Iterator[TaskSpec]:
    uid = service.user.value.uid if service.user else None
    if uid:
        yield from (chown_task(mount, uid, taken) for mount in volume_mounts(service) if not mount.read_only)


def volume_name(fact: VolumeFact) -> str:
    """What the group calls the volume."""
    return safe_name(fact.source or "data", fallback="data")


def _request(fact: VolumeFact, *, csi: bool) -> VolumeRequest:
    source = fact.source or volume_name(fact)
    if not csi:
        return VolumeRequest(name=volume_name(fact), source=source)
    return VolumeRequest(
        name=volume_name(fact),
        type="csi",
        source=source,
        access_mode="single-node-writer",
        attachment_mode="file-system",
    )
