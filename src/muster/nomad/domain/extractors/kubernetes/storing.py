"""What a container keeps and mounts: claims become named volumes, scratch folders stay with the container."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.compose_yaml import MapNode, elements, is_true, mapping, scalar
from muster.nomad.domain.extractors.kubernetes.container import Container
from muster.nomad.domain.facts import Evidence, PrivilegeFact, VolumeFact

_FILES = {"configMap": "the ConfigMap", "secret": "the Secret", "projected": "files", "downwardAPI": "facts of the pod"}
_MOST_MOUNTS = 100


@dataclass(frozen=True)
class _Mount:
    name: str
    path: str
    read_only: bool
    at: str
    part: str


def storage_facts(container: Container) -> Iterator[Evidence]:
    """Each mount of the container; what can't be carried over is told."""
    volumes = {_text(one, "name"): mapping(one) for one in elements(container.workload.pod.get("volumes"))}
    templates = {
        _text(mapping(one).get("metadata"), "name")
        for one in elements(container.workload.manifest.section("spec").get("volumeClaimTemplates"))
    }
    for mount in _mounts(container):
        if mount.name in templates:
            source = f"{mount.name}-{container.workload.name}"
            yield from _named(container, mount, source, "volumeClaimTemplate")
        elif mount.name in volumes:
            yield from _of_volume(container, mount, volumes[mount.name])
        else:
            yield container.problem(f"the volume {mount.name} at {mount.path} is defined nowhere", mount.at)


def _mounts(container: Container) -> Iterator[_Mount]:
    for node in elements(container.body.get("volumeMounts"))[:_MOST_MOUNTS]:
        name, path = _text(node, "name"), _text(node, "mountPath")
        if name and path and isinstance(node, MapNode):
            part = _text(node, "subPath") or _text(node, "subPathExpr")
            yield _Mount(name, path, is_true(node.get("readOnly")), node.at, part)


def _of_volume(container: Container, mount: _Mount, volume: MapNode) -> Iterator[Evidence]:
    claim, scratch = mapping(volume.get("persistentVolumeClaim")), volume.items.get("emptyDir")
    host = mapping(volume.get("hostPath"))
    if claim.items:
        yield from _named(container, mount, _text(claim, "claimName"), "persistentVolumeClaim")
    elif scratch is not None or volume.get("ephemeral") is not None:
        yield from _scratch(container, mount, in_memory=_text(scratch, "medium") == "Memory")
    elif host.items:
        path = _text(host, "path")
        fact = VolumeFact(path=mount.path, source=path, type="bind", read_only=mount.read_only)
        yield container.say(fact, mount.at, f"hostPath {path}")
        privilege = PrivilegeFact(privilege="host_mount", detail=f"{path}:{mount.path}")
        yield container.say(privilege, mount.at, f"hostPath {path}")
    else:
        yield _told(container, mount, volume)


def _named(container: Container, mount: _Mount, source: str, kind: str) -> Iterator[Evidence]:
    fact = VolumeFact(path=mount.path, source=source or mount.name, type="named", read_only=mount.read_only)
    yield container.say(fact, mount.at, f"{kind} {source}")
    if mount.part:
        said = f"only the folder {mount.part} of {source} is mounted at {mount.path} there; here it is the whole volume"
        yield container.problem(said, mount.at)


def _scratch(container: Container, mount: _Mount, *, in_memory: bool) -> Iterator[Evidence]:
    kind = "tmpfs" if in_memory else "anonymous"
    yield container.say(VolumeFact(path=mount.path, type=kind), mount.at, f"emptyDir {mount.name}")
    pod = container.workload
    others = [one for key in ("containers", "initContainers") for one in pod.containers(key) if one != container.body]
    sharing = [one for one in others if any(_text(m, "name") == mount.name for m in elements(one.get("volumeMounts")))]
    if sharing:
        said = f"{mount.path} is shared with another container of the pod: tasks share only NOMAD_ALLOC_DIR"
        yield container.problem(said, mount.at)


def _told(container: Container, mount: _Mount, volume: MapNode) -> Evidence:
    kind = next((key for key in volume.items if key != "name"), "volume")
    body = mapping(volume.get(kind))
    name = _text(body, "name") or _text(body, "secretName")
    what = f"{_FILES.get(kind, kind)} {name}".strip()
    return container.problem(f"{what} at {mount.path} is not carried over: say where its content lies", mount.at)


def _text(node: object, key: str) -> str:
    found = scalar(mapping(node).get(key)) if isinstance(node, MapNode) else None
    return found.text[:300] if found else ""
