"""What a compose service keeps: named volumes, mounts of the host, temporary file systems."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, ScalarNode, elements, is_true, scalar
from muster.nomad.domain.facts import Evidence, PrivilegeFact, VolumeFact

VolumeType = Literal["named", "bind", "anonymous", "tmpfs"]

_TYPES: dict[str, VolumeType] = {"bind": "bind", "volume": "named", "tmpfs": "tmpfs"}
# SOURCE:TARGET:MODE, where a Windows drive has a colon of its own.
_SHORT = re.compile(
    r"(?:(?P<source>[A-Za-z]:[\\/][^:]*|[^:]*):)?(?P<target>[A-Za-z]:[\\/][^:]*|[^:]+)(?::(?P<mode>[\w,]*))?"
)
_MODE = re.compile(r"(?:ro|rw|z|Z|cached|delegated|consistent|nocopy|r?shared|r?slave|r?private)(?:,\w+)*")


@dataclass(frozen=True)
class _Mount:
    fact: VolumeFact
    at: str
    said: str


def volume_facts(service: Service) -> Iterator[Evidence]:
    """Each mount; of two at one path the later counts. A mount of the host is a privilege as well."""
    mounts: dict[str, _Mount] = {}
    for node in elements(service.body.get("volumes")):
        mount = _mount(service, node)
        if mount is None:
            yield service.problem(f"volume {_shown(node)!r} makes no sense, or a variable in it has no value", node.at)
        else:
            mounts[mount.fact.path] = mount
    for one in service.resolved(service.body.get("tmpfs")):
        path = one.text.partition(":")[0]
        mounts[path] = _Mount(VolumeFact(path=path, type="tmpfs"), one.at, f"tmpfs {one.text}")
    for mount in mounts.values():
        yield service.evidence(mount.fact, mount.at, mount.said)
        if mount.fact.type == "bind":
            fact = PrivilegeFact(privilege="host_mount", detail=f"{mount.fact.source}:{mount.fact.path}")
            yield service.evidence(fact, mount.at, mount.said)


def _mount(service: Service, node: Node) -> _Mount | None:
    if isinstance(node, MapNode):
        return _long(service, node)
    return _short(service, node) if isinstance(node, ScalarNode) else None


def _short(service: Service, node: ScalarNode) -> _Mount | None:
    resolved = service.resolve(node)
    found = _SHORT.fullmatch(resolved.text.strip())
    if found is None or "${" in found["target"]:
        return None
    source, target, mode = found["source"], found["target"], found["mode"]
    if source and mode is None and _MODE.fullmatch(target):  # `/data:ro`: no source, but a mode
        source, target, mode = None, source, target
    kind = _kind(source)
    read_only = "ro" in (mode or "").split(",")
    fact = VolumeFact(path=target, source=source or None, type=kind, read_only=read_only)
    return _Mount(fact, node.at, f"volume {resolved.text}")


def _kind(source: str | None) -> VolumeType:
    """Paths begin with a dot, a slash, a tilde, a drive, or are a variable; everything else is a name."""
    if not source:
        return "anonymous"
    return "bind" if source.startswith((".", "/", "~", "${")) or re.match(r"[A-Za-z]:[\\/]", source) else "named"


def _long(service: Service, node: MapNode) -> _Mount | None:
    target = scalar(node.get("target"))
    if target is None:
        return None
    source, said = scalar(node.get("source")), scalar(node.get("type"))
    kind = _TYPES.get(said.text if said else "volume")
    if kind is None:
        return None
    text = service.resolve(source).text if source else None
    fact = VolumeFact(
        path=service.resolve(target).text,
        source=text,
        type="anonymous" if kind == "named" and text is None else kind,
        read_only=is_true(node.get("read_only")),
    )
    return _Mount(fact, node.at, f"volume {text or ''}:{fact.path}".replace(" :", " "))


def _shown(node: Node) -> str:
    return node.text[:80] if isinstance(node, ScalarNode) else "(a mapping or a list)"
