"""Every object of a repository's Kubernetes manifests, with its place; what can't be read is told.

Charts of Helm are not read: their templates mean nothing until Helm fills them in.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname

from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, elements, load_documents, mapping, scalar
from muster.nomad.domain.extractors.extractor import Files, SourceFile, problem
from muster.nomad.domain.extractors.kubernetes.kustomize import NAMES, Kustomization, read_kustomization
from muster.nomad.domain.facts import Evidence

SOURCE = "kubernetes"
_TEMPLATE = re.compile(r"\{\{")
_EXAMPLES = re.compile(r"(?:^|/)(?:examples?|samples?|tests?|testdata|docs?|\.github|e2e|bench|hack)/")
_OVERLAYS = re.compile(r"(?:^|/)(?:overlays?|components|environments?|envs?|patches|variants?)/")
_MOST_OBJECTS = 2000


@dataclass(frozen=True)
class Manifest:
    """One object. `kustomization` is that of its folder."""

    kind: str
    version: str
    name: str
    body: MapNode
    path: str
    kustomization: Kustomization = field(default_factory=Kustomization)

    @property
    def full_name(self) -> str:
        """Its name with what kustomize puts around it."""
        return f"{self.kustomization.prefix}{self.name}{self.kustomization.suffix}"

    @property
    def namespace(self) -> str:
        """The namespace that it is put into, as far as it is written down."""
        said = scalar(self.section("metadata").get("namespace"))
        return self.kustomization.namespace or (said.text if said else "")

    @property
    def order(self) -> tuple[bool, bool, int, str]:
        """Which of several definitions counts: not an example, not an overlay, near to the root."""
        example, overlay = _EXAMPLES.search(self.path), _OVERLAYS.search(self.path)
        return example is not None, overlay is not None, self.path.count("/"), self.path

    def section(self, *keys: str) -> MapNode:
        """A mapping within it, e.g. `spec`, `template`; empty where it is missing."""
        node = self.body
        for key in keys:
            node = mapping(node.get(key))
        return node


def read_manifests(files: Files) -> tuple[tuple[Manifest, ...], tuple[Evidence, ...]]:
    """The objects of all files, and what is told of those that can't be read."""
    charts = {dirname(path) for path in files if path.rpartition("/")[2] in ("Chart.yaml", "Chart.yml")}
    kustomizations = {file.folder: read_kustomization(file) for file in files.values() if file.name in NAMES}
    said = [
        one
        for file in files.values()
        if _may_hold_objects(file) and not _inside(file.folder, charts)
        for one in _objects(file, kustomizations.get(file.folder, Kustomization()))
    ]
    found = tuple(one for one in said if isinstance(one, Manifest))
    broken = (one for one in said if isinstance(one, Evidence))
    outer = (chart for chart in sorted(charts) if not _inside(dirname(chart), charts - {chart}))
    return found[:_MOST_OBJECTS], (*map(_chart, outer), *broken)


def _may_hold_objects(file: SourceFile) -> bool:
    """Whether it is worth to be parsed: most YAML files are no manifests."""
    return file.name not in NAMES and "kind" in file.text and "apiVersion" in file.text


def _inside(folder: str, charts: Iterable[str]) -> bool:
    return any(folder == chart or folder.startswith(f"{chart}/") or chart == "" for chart in charts)


def _chart(folder: str) -> Evidence:
    path = f"{folder}/Chart.yaml".lstrip("/")
    said = f"{path}: a Helm chart is not read: what `helm template` writes is, where it lies in the repository"
    return problem(SOURCE, path, said)


def _objects(file: SourceFile, kustomization: Kustomization) -> Iterator[Manifest | Evidence]:
    documents, broken = load_documents(file.text, file.path)
    for document in documents:
        for body in _listed(document.root):
            manifest = _manifest(body, file.path, kustomization)
            if manifest is not None:
                yield manifest
    if broken is not None:
        why = "it is a template" if _TEMPLATE.search(file.text) else broken.why
        line = broken.at.rpartition(":")[2]
        yield problem(
            SOURCE, file.path, f"{file.path} can't be read: {why}", line=int(line) if line.isdigit() else None
        )


def _listed(node: Node) -> Iterator[MapNode]:
    """The object itself, or the items of a `kind: List`; a list in a list is none."""
    if not isinstance(node, MapNode):
        return
    kind = scalar(node.get("kind"))
    if kind is not None and kind.text.endswith("List") and node.get("items") is not None:
        yield from (one for one in elements(node.get("items")) if isinstance(one, MapNode))
    else:
        yield node


def _manifest(body: MapNode, path: str, kustomization: Kustomization) -> Manifest | None:
    kind, version = scalar(body.get("kind")), scalar(body.get("apiVersion"))
    metadata = mapping(body.get("metadata"))
    name = scalar(metadata.get("name")) or scalar(metadata.get("generateName"))
    if kind is None or version is None or name is None:
        return None
    return Manifest(kind.text, version.text, name.text.strip("-")[:200], body, path, kustomization)
