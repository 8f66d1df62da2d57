"""Fakes of the services around the cluster: they hold what a test gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from muster.nomad.domain.estate.catalog import CatalogService, ServiceEndpoint, StoredValue
from muster.nomad.domain.estate.images import ImageLookup, ImageThere
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretFound, SecretLookup, SecretMissing, SecretMount


@dataclass
class ListedSecrets:
    """Satisfies `Secrets`: paths with `data/` below a mount of version 2, and the names of their keys."""

    held: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    mount: str = "secret"
    others: Sequence[SecretMount] = ()
    """Engines that hold nothing."""

    def mounts(self) -> tuple[SecretMount, ...]:
        return (SecretMount(path=self.mount, version=2), *self.others)

    def list(self, path: str) -> tuple[str, ...]:
        start = self._full(path).rstrip("/") + "/"
        below = [one.removeprefix(start) for one in self.held if one.startswith(start)]
        return tuple(dict.fromkeys(f"{one.split('/')[0]}/" if "/" in one else one for one in below))

    def look_up(self, path: str) -> SecretLookup:
        full = self._full(path)
        if full in self.held:
            return SecretFound(path=full, mount=self.mount, version=2, keys=tuple(self.held[full]))
        return SecretMissing(path=full, reason="absent", advice=f"vault kv put {path} KEY=VALUE")

    def _full(self, path: str) -> str:
        start = f"{self.mount}/data"
        if path == start or path.startswith(f"{start}/"):
            return path
        return f"{start}/{path.removeprefix(self.mount).strip('/')}"


@dataclass
class ListedCatalog:
    """Satisfies `Catalog`: services, their endpoints and a store that can be written."""

    known: Sequence[CatalogService] = ()
    reached: Sequence[ServiceEndpoint] = ()
    store: dict[str, StoredValue] = field(default_factory=dict[str, StoredValue])
    hidden: str = ""

    def services(self) -> tuple[CatalogService, ...]:
        return tuple(self.known)

    def filtered(self) -> str:
        return self.hidden

    def endpoints(self, service: str) -> tuple[ServiceEndpoint, ...]:
        return tuple(one for one in self.reached if one.service == service)

    def keys(self, prefix: str) -> tuple[str, ...]:
        return tuple(sorted(key for key in self.store if key.startswith(prefix)))

    def value(self, key: str) -> StoredValue | None:
        return self.store.get(key)

    def write(self, key: str, text: str, *, base_index: int) -> bool:
        there = self.store.get(key)
        if base_index != (there.index if there else 0):
            return False
        self.store[key] = StoredValue(key=key, text=text, index=base_index + 1)
        return True


@dataclass
class ListedRouter:
    """Satisfies `Router`."""

    known: Sequence[Route] = ()

    def routes(self) -> tuple[Route, ...]:
        return tuple(self.known)


@dataclass
class ListedRegistry:
    """Satisfies `Registry`: has every image, but for those that a test says something else of."""

    said: Mapping[str, ImageLookup] = field(default_factory=dict[str, ImageLookup])

    def look_up(self, image: str) -> ImageLookup:
        return self.said.get(image, ImageThere(image=image))
