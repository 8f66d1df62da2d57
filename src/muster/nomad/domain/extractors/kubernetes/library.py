"""What workloads refer to by name: ConfigMaps, Secrets (names only), Services; of several the nearest one counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname

from muster.nomad.domain.extractors.compose_yaml import ScalarNode
from muster.nomad.domain.extractors.kubernetes.manifests import Manifest


@dataclass(frozen=True)
class Library:
    """All objects of the repository."""

    manifests: tuple[Manifest, ...]

    def config_map(self, name: str, near: Manifest) -> dict[str, ScalarNode] | None:
        """The texts of a ConfigMap; None where the repository has none of that name."""
        generated = near.kustomization.maps.get(name)
        if generated is not None:
            return generated
        found = self._find(("ConfigMap",), name, near)
        if found is None:
            return None
        return {key: node for key, node in found.section("data").items.items() if isinstance(node, ScalarNode)}

    def secret_keys(self, name: str, near: Manifest) -> dict[str, str] | None:
        """The names in a Secret, with their places; never a value. None where the repository has none of that name."""
        found = self._find(("Secret", "SealedSecret"), name, near)
        if found is None:
            return None
        sections = (found.section("data"), found.section("stringData"), found.section("spec", "encryptedData"))
        return {key: section.key_at.get(key, section.at) for section in sections for key in section.items}

    def once(self, kind: str, version: str) -> Iterator[Manifest]:
        """The objects of a kind, of several with one name the one that counts."""
        found = sorted(self._of(kind), key=lambda one: one.order)
        found = [one for one in found if one.version.startswith(version)]
        yield from {one.full_name: one for one in reversed(found)}.values()

    def _of(self, kind: str) -> tuple[Manifest, ...]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Manifest, ...]]:
        kinds: dict[str, list[Manifest]] = {}
        for one in self.manifests:
            kinds.setdefault(one.kind, []).append(one)
        return {kind: tuple(found) for kind, found in kinds.items()}

    def _find(self, kinds: Iterable[str], name: str, near: Manifest) -> Manifest | None:
        named = [one for kind in kinds for one in self._of(kind) if name in (one.name, one.full_name)]
        return min(named, key=lambda one: (_distance(one.path, near.path), one.order), default=None)


def _distance(path: str, other: str) -> int:
    """How many folders lie between two files."""
    one, two = dirname(path).split("/"), dirname(other).split("/")
    shared = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return len(one) + len(two) - 2 * shared
