"""How the outside reaches a service: the tags of its route, why they are so, and what keeps a route from working."""

from collections.abc import Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.build.site import Site
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.routing.choose import needed_provider
from muster.nomad.domain.routing.tags import filled_tags, route_tags
from muster.nomad.domain.routing.wanted import wanted_route


def service_tags(site: Site, service: ServiceProfile, port: Sourced[PortFact]) -> tuple[str, ...]:
    """The tags of the service at that port: the user's own, and those of its route. Only the first port has any.

    Raises UsageError for a route that can't be had.
    """
    if port != service.ports[0]:
        return ()
    route = routed(site, service)
    own = service.route_tags.value if service.route_tags else ()
    made = route_tags(route, site.routing.value, site.conventions) if route and not unrouted(site, service) else ()
    return tuple(dict.fromkeys((*made, *filled_tags(own, site.service_name(service, port), route))))


def routed(site: Site, service: ServiceProfile) -> Route | None:
    """The route that is wanted for a service that listens. Raises UsageError for one that can't be had."""
    if not service.route or not service.ports:
        return None
    name = site.service_name(service, service.ports[0])
    return wanted_route(service.route.value, name, site.conventions.fabio)


def unrouted(site: Site, service: ServiceProfile) -> str:
    """Why its route gets no tags; empty: it gets them."""
    route = routed(site, service)
    if route is None:
        return ""
    needs = needed_provider(site.routing.value, site.conventions)
    if needs and site.provider.value != needs:
        reader = site.routing.value.capitalize()
        return f"{reader} reads Consul, and this cluster has none" if needs == "consul" else _without_nomad(reader)
    if service.ports[0].value.protocol == "udp":
        return "its first port is UDP, which no router here takes"
    match site.routing.value:
        case "none":
            return f"there is no router ({site.routing.explain()})"
        case "traefik" if route.protocol == "tcp":
            return "Traefik takes TCP at entry points of its own: ask for its tags instead"
        case "tags" if not site.conventions.routing.tags:
            return "its router reads tags that nobody told: ask for them"
        case _:
            return ""


def route_notes(site: Site, service: ServiceProfile) -> Iterator[str]:
    """What a person should know of the route before it is deployed."""
    route = routed(site, service)
    if service.route and route is None:
        yield f"{service.name}: no route to {service.route.value}: nothing is known to listen"
    if route and (why := unrouted(site, service)):
        yield f"{service.name}: no route to {route.source}: {why}"


def route_reasons(site: Site, service: ServiceProfile) -> str:
    """Why the service has its tags; empty: it has none of ours."""
    wanted = [one.explain() for one in (service.route, service.route_tags) if one]
    made = service.route is not None and not unrouted(site, service)
    return "; ".join([*wanted, site.routing.explain()] if made else wanted)


def _without_nomad(reader: str) -> str:
    return f"{reader} reads Nomad's own services, and this Nomad keeps none"
