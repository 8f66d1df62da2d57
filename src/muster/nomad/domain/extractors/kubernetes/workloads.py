"""The workloads that count, and the containers of their pods.

Where several folders define one workload (a base and its overlays), the base counts and the others are told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname

from muster.nomad.domain.extractors.compose_yaml import MapNode, elements, scalar
from muster.nomad.domain.extractors.extractor import problem
from muster.nomad.domain.extractors.kubernetes.manifests import SOURCE, Manifest
from muster.nomad.domain.facts import Evidence

KINDS = ("Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "CronJob", "ReplicaSet", "Rollout")
"""In the order in which they get the name that several share."""

_POD_SPECS = {"Pod": ("spec",), "CronJob": ("spec", "jobTemplate", "spec", "template", "spec")}
_MOST_CONTAINERS = 20


@dataclass(frozen=True)
class Workload:
    """One workload. `name` is unique among the kinds."""

    manifest: Manifest
    name: str

    @property
    def unit(self) -> str:
        """The unit of its main container."""
        return f"kubernetes:{self.name}"

    @cached_property
    def pod(self) -> MapNode:
        """The spec of its pods."""
        return self.manifest.section(*_POD_SPECS.get(self.manifest.kind, ("spec", "template", "spec")))

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        path = (*_POD_SPECS.get(self.manifest.kind, ("spec", "template", "spec"))[:-1], "metadata", "labels")
        found = self.manifest.section(*path)
        return {key: node.text for key, one in found.items.items() if (node := scalar(one)) is not None}

    def containers(self, key: str) -> tuple[MapNode, ...]:
        """The mappings of `containers` or `initContainers`."""
        found = [one for one in elements(self.pod.get(key)) if isinstance(one, MapNode)]
        return tuple(found[:_MOST_CONTAINERS])

    @cached_property
    def main(self) -> MapNode:
        """The container that is called like the workload, else the first."""
        found = self.containers("containers")
        named = (one for one in found if container_name(one) in (self.manifest.name, self.name))
        return next(named, found[0] if found else MapNode({}, ""))

    def unit_of(self, container: MapNode) -> str:
        """The unit of a container."""
        return self.unit if container is self.main else f"{self.unit}/{container_name(container)}"


def container_name(container: MapNode) -> str:
    """What a container is called."""
    found = scalar(container.get("name"))
    return found.text if found else "container"


def choose_workloads(manifests: Iterable[Manifest]) -> tuple[tuple[Workload, ...], tuple[Evidence, ...]]:
    """One definition of each workload, and the others, told."""
    groups: dict[tuple[str, str], list[Manifest]] = {}
    for one in manifests:
        if one.kind in KINDS and (one.kind != "Rollout" or one.version.startswith("argoproj.io")):
            groups.setdefault((one.kind, one.name), []).append(one)
    chosen: list[Manifest] = []
    left_out: list[tuple[Manifest, Manifest]] = []
    for group in groups.values():
        best, *others = sorted(group, key=lambda one: (not _images(one), not _is_named(one), one.order))
        if _images(best):
            chosen.append(best)
            left_out += [(other, best) for other in others if other.path != best.path]
    return tuple(_named(chosen)), tuple(_told(left_out))


def _named(chosen: Iterable[Manifest]) -> Iterator[Workload]:
    """Workloads with names of their own, in the order of the files."""
    taken: dict[str, str] = {}
    for one in sorted(chosen, key=lambda one: KINDS.index(one.kind)):
        taken.setdefault(one.full_name, one.kind)
    for one in chosen:
        own = taken[one.full_name] == one.kind
        yield Workload(one, one.full_name if own else f"{one.full_name}-{one.kind.lower()}")


def _images(manifest: Manifest) -> tuple[str, ...]:
    """The images that it names; a patch of an overlay seldom has one."""
    containers = Workload(manifest, manifest.name).containers("containers")
    return tuple(node.text for one in containers if (node := scalar(one.get("image"))))


def _is_named(manifest: Manifest) -> bool:
    """Whether its images have more than the bare name that a tool replaces before it applies the manifest."""
    return all("/" in image or ":" in image for image in _images(manifest))


def _told(left_out: Iterable[tuple[Manifest, Manifest]]) -> Iterator[Evidence]:
    """Each folder that defines again what another one defines, with the first such place."""
    folders: dict[tuple[str, str], list[Manifest]] = {}
    for other, best in left_out:
        folders.setdefault((dirname(other.path) or ".", dirname(best.path) or "."), []).append(other)
    for (folder, instead), others in folders.items():
        names = ", ".join(dict.fromkeys(one.full_name for one in others))[:200]
        line = others[0].body.at.rpartition(":")[2]
        said = f"{folder} defines {names} once more: the definition in {instead} is taken"
        yield problem(SOURCE, others[0].path, said, line=int(line) if line.isdigit() else None)
