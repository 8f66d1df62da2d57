"""The routes that services ask for by their tags, whoever of the routers reads them."""

from collections.abc import Iterable, Sequence

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.routes import Matcher, Route
from muster.nomad.domain.routing.fabio_tags import fabio_routes
from muster.nomad.domain.routing.traefik_tags import traefik_routes


def asked_routes(service: str, tags: Sequence[str], matcher: Matcher = "prefix") -> tuple[Route, ...]:
    """All routes that a service's tags ask for. `matcher` is how Fabio compares paths."""
    return (*fabio_routes(service, tags, matcher), *traefik_routes(service, tags))


def known_routes(routes: Iterable[Route], services: Iterable[CatalogService]) -> tuple[Route, ...]:
    """What the router routes now, and what services of the catalog ask for that it does not: they may be ill."""
    now = tuple(routes)
    matcher = matcher_of(now)
    seen = {(one.service, one.router, one.source) for one in now}
    asked = (route for service in services for route in asked_routes(service.name, service.tags, matcher))
    return (*now, *(one for one in asked if (one.service, one.router, one.source) not in seen))


def matcher_of(routes: Iterable[Route]) -> Matcher:
    """How Fabio compares paths, by its routes; all have the same."""
    told: list[Matcher] = [one.matcher for one in routes if one.router == "fabio"]
    return told[0] if told else "prefix"
