"""What was found out about the services around the cluster, before the job is written."""

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretFound, SecretMount
from muster.nomad.domain.values import Part


class EstateFacts(Part):
    """Names alone, never values. Empty: not configured, away, or nothing there; `away` says which and why."""

    conventions: Conventions | None = None
    mounts: tuple[SecretMount, ...] = ()
    """The KV engines of Vault: those that it lists, and those that what was found lies in."""
    secrets: tuple[SecretFound, ...] = ()
    config_keys: tuple[str, ...] = ()
    """Keys of Consul's store below the application's own name."""
    services: tuple[CatalogService, ...] = ()
    routes: tuple[Route, ...] = ()
    away: dict[str, str] = {}
    """Service to what went wrong, `vault` -> `sealed`."""

    def service(self, name: str) -> CatalogService | None:
        """The catalog's service of that name."""
        return next((one for one in self.services if one.name == name), None)

    def secret(self, path: str) -> SecretFound | None:
        """What lies at that path of Vault."""
        return next((one for one in self.secrets if one.path == path), None)
