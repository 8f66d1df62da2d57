"""What Nomad refuses in a group's volumes and in the mounts of its tasks."""

from collections.abc import Iterator

from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, named_blocks, number, text
from muster.nomad.embedded.validation.wording import broken, listed

_READ_ONLY_MODES = ("single-node-reader-only", "multi-node-reader-only")
_PROPAGATION = ("", "private", "host-to-task", "bidirectional")


def volume_errors(volume: Block, canaries: int) -> tuple[str, ...]:
    """What is wrong with one volume request of type host or csi."""
    kind = text(volume, "Type")
    access, attachment = text(volume, "AccessMode"), text(volume, "AttachmentMode")
    options = inner(volume, "MountOptions") is not None
    host, csi = kind == "host", kind == "csi"
    return broken(
        (host and bool(attachment), "host volumes cannot have an attachment mode"),
        (host and bool(access), "host volumes cannot have an access mode"),
        (host and options, "host volumes cannot have mount options"),
        (csi and not attachment, "CSI volumes must have an attachment mode"),
        (csi and not access, "CSI volumes must have an access mode"),
        (access in _READ_ONLY_MODES and not flag(volume, "ReadOnly"), f"{access} volumes must be read-only"),
        (attachment == "block-device" and options, "block devices cannot have mount options"),
        (
            flag(volume, "PerAlloc") and canaries > 0,
            "volume cannot be per_alloc when canaries are in use",
        ),
        (not text(volume, "Source"), "volume has an empty source"),
    )


def group_volume_errors(group: Block) -> Iterator[str]:
    """What is wrong with a group's volumes."""
    canaries = number(inner(group, "Update") or {}, "Canary")
    for name, volume in named_blocks(group, "Volumes").items():
        kind = text(volume, "Type")
        known = kind in ("host", "csi")
        errors = listed(volume_errors(volume, canaries)) if known else f"volume has unrecognized type {kind}"
        yield from broken((bool(errors), f"Task group volume validation for {name} failed: {errors}"))


def mount_errors(task: Block, group: Block) -> Iterator[str]:
    """The mounts of a task that name no volume of its group."""
    known = named_blocks(group, "Volumes")
    for at, mount in enumerate(blocks(task, "VolumeMounts")):
        start, volume = f"Task {text(task, 'Name')} has a volume mount ({at}) referencing", text(mount, "Volume")
        yield from broken(
            (not volume, f"{start} an empty volume"),
            (bool(volume) and volume not in known, f"{start} undefined volume {volume}"),
        )


def propagation_errors(task: Block) -> Iterator[str]:
    """The mounts of a task with an unknown propagation mode."""
    for at, mount in enumerate(blocks(task, "VolumeMounts")):
        mode = text(mount, "PropagationMode")
        yield from broken((mode not in _PROPAGATION, f'Volume Mount ({at}) has an invalid propagation mode: "{mode}"'))
