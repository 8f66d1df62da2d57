"""Traefik, as the catalog tells it: its routes are the rules in the tags of services, so no API of its own is asked."""

from dataclasses import dataclass

from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.traefik_tags import traefik_routes
from muster.nomad.ports import Catalog


@dataclass(frozen=True)
class TraefikRouter:
    """Satisfies `Router`."""

    catalog: Catalog

    def routes(self) -> tuple[Route, ...]:
        """The routes that services ask for. Raises a ServiceError when the catalog is away."""
        return tuple(route for one in self.catalog.services() for route in traefik_routes(one.name, one.tags))
