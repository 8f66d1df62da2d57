"""What keeps the named volumes of a service: as answered, else what the cluster offers by their names."""

from collections.abc import Iterable, Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.facts import VolumeFact
from muster.nomad.domain.profile import ServiceProfile, Storage


def named_volumes(service: ServiceProfile) -> tuple[VolumeFact, ...]:
    """The volumes whose data is to outlive the container."""
    return tuple(one.value for one in service.volumes if one.value.type == "named" and one.value.source)


def decide_storage(service: ServiceProfile, target: Target | None) -> Sourced[Storage]:
    """Host volumes, unless only CSI volumes have those names: every Nomad can have them, and a node declares them."""
    if service.storage:
        return service.storage
    if target is None or not target.ready_nodes:
        return _default("a named volume; on Nomad a node has to offer it by that name")
    named = named_volumes(service)
    missing = [one for one in named if not _is_offered(one, target)]
    if not missing:
        return _offered("host", f"a ready node offers the host volume {_names(named)}")
    if all(one.source in target.csi_volumes for one in named):
        return _offered("csi", f"there is a CSI volume {_names(named)}, and no host volume of that name")
    return _default(f"no ready node offers the host volume {_names(missing)}, and there is no CSI volume of that id")


def kept_volumes(service: ServiceProfile) -> tuple[VolumeFact, ...]:
    """The named volumes, unless their data may go."""
    return () if storage_of(service) == "none" else named_volumes(service)


def storage_of(service: ServiceProfile) -> Storage:
    """What was decided."""
    return service.storage.value if service.storage else "host"


def storage_notes(service: ServiceProfile, target: Target | None) -> Iterator[str]:
    """What has to be declared before the job finds a node; nothing where it is there."""
    for volume in kept_volumes(service):
        if target is None or not target.ready_nodes:
            yield f"{service.name}: a node must offer the volume {volume.source} for {volume.path}"
        elif storage_of(service) == "csi" and volume.source not in target.csi_volumes:
            yield (
                f"{service.name}: there is no CSI volume {volume.source} for {volume.path}: create or register it "
                f"(CSI plugins that run: {', '.join(target.csi_plugins) or 'none'})"
            )
        elif storage_of(service) == "host" and not _is_offered(volume, target):
            yield (
                f"{service.name}: no ready node offers the volume {volume.source} for {volume.path}: declare "
                f'host_volume "{volume.source}" {{ path = "..." }} in the client block of a node'
            )


def _is_offered(volume: VolumeFact, target: Target) -> bool:
    to_read = volume.read_only and volume.source in target.read_only_volumes
    return volume.source in target.host_volumes or to_read


def _names(volumes: Iterable[VolumeFact]) -> str:
    return ", ".join(dict.fromkeys(one.source or "" for one in volumes))


def _default(reason: str) -> Sourced[Storage]:
    return Sourced(value="host", source="default", reason=reason)


def _offered(storage: Storage, reason: str) -> Sourced[Storage]:
    return Sourced(value=storage, source="cluster", reason=reason)
