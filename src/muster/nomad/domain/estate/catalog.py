"""What Consul says: services and how healthy they are, and keys of its store."""

from muster.nomad.domain.values import Part


class CatalogService(Part):
    """A service of the catalog; `passing` of its `instances` answer their checks."""

    name: str
    tags: tuple[str, ...] = ()
    instances: int = 0
    passing: int = 0


class ServiceEndpoint(Part):
    """One instance of a service."""

    service: str
    address: str
    port: int
    passing: bool
    tags: tuple[str, ...] = ()


class StoredValue(Part):
    """A value of Consul's store; `index` is what a write has to name so that nobody else's is lost."""

    key: str
    text: str
    index: int
