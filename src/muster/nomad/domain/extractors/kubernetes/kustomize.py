"""The simple parts of kustomize: what a kustomization file says of the manifests in its own folder."""

from dataclasses import dataclass, field

from muster.nomad.domain.extractors.compose_yaml import (
    BrokenYaml,
    MapNode,
    ScalarNode,
    elements,
    load_yaml,
    mapping,
    scalar,
    scalars,
)
from muster.nomad.domain.extractors.extractor import SourceFile

NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})

Literals = dict[str, ScalarNode]


@dataclass(frozen=True)
class Kustomization:
    """Names are put between `prefix` and `suffix`; `images` are name -> its entry; `maps` are generated ConfigMaps."""

    prefix: str = ""
    suffix: str = ""
    namespace: str = ""
    images: dict[str, MapNode] = field(default_factory=dict[str, MapNode])
    maps: dict[str, Literals] = field(default_factory=dict[str, Literals])

    def image(self, image: str) -> tuple[str, str] | None:
        """What becomes of an image, and where it is said; None where nothing is."""
        name, tag, digest = _parts(image)
        entry = self.images.get(name)
        if entry is None:
            return None
        new_name, new_tag, new_digest = (scalar(entry.get(key)) for key in ("newName", "newTag", "digest"))
        name = new_name.text if new_name else name
        if new_digest:
            return f"{name}@{new_digest.text}", new_digest.at
        said = new_tag or new_name
        rest = f":{new_tag.text}" if new_tag else tag + digest
        return f"{name}{rest}", said.at if said else entry.at


def read_kustomization(file: SourceFile) -> Kustomization:
    """What the file says; nothing where it can't be read."""
    loaded = load_yaml(file.text, file.path)
    body = MapNode({}, file.path) if isinstance(loaded, BrokenYaml) else mapping(loaded.root)
    return Kustomization(
        prefix=_text(body, "namePrefix"),
        suffix=_text(body, "nameSuffix"),
        namespace=_text(body, "namespace"),
        images={_text(one, "name"): one for one in elements(body.get("images")) if isinstance(one, MapNode)},
        maps={
            _text(one, "name"): _literals(one)
            for one in elements(body.get("configMapGenerator"))
            if isinstance(one, MapNode)
        },
    )


def _literals(generator: MapNode) -> Literals:
    found: Literals = {}
    for one in scalars(generator.get("literals")):
        name, equals, value = one.text.partition("=")
        if equals:
            found[name] = ScalarNode(value.strip("\"'"), one.at, plain=False)
    return found


def _text(node: MapNode, key: str) -> str:
    found = scalar(node.get(key))
    return found.text[:200] if found else ""


def _parts(image: str) -> tuple[str, str, str]:
    """Name, `:tag`, `@digest`; a registry may have a port."""
    rest, at, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        return rest, "", at + digest
    return name, colon + tag, at + digest
