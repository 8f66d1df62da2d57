"""The tags that make a router route to a service."""

from collections.abc import Iterator, Sequence

from muster.nomad.domain.estate.conventions import Conventions, TraefikConventions
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.choose import Routing

_SCHEMES = {"https": "https", "grpc": "h2c"}
"""How Traefik is told that a service does not speak plain HTTP."""


def route_tags(route: Route, routing: Routing, conventions: Conventions) -> tuple[str, ...]:
    """The tags for the router that is chosen; none where there is none, or where it has no such routes."""
    match routing:
        case "fabio":
            return (_fabio_tag(route),)
        case "traefik" if route.protocol != "tcp":
            return tuple(_traefik_tags(route, conventions.traefik))
        case "tags":
            return filled_tags(conventions.routing.tags, route.service, route)
        case _:
            return ()


def filled_tags(tags: Sequence[str], service: str, route: Route | None = None) -> tuple[str, ...]:
    """Tags of one's own, with the values of their `{service}`, `{host}` and `{path}`; other braces stay as they are."""
    values = {"{service}": service, "{host}": route.host if route else "", "{path}": route.path if route else ""}
    return tuple(_filled(tag, values) for tag in tags)


def _filled(tag: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        tag = tag.replace(name, value)
    return tag


def _fabio_tag(route: Route) -> str:
    """The route is written in full: older versions of Fabio pass over a place without a slash."""
    protocol = () if route.protocol == "http" else (f"proto={route.protocol}",)
    strip = (f"strip={route.strip}",) if route.strip else ()
    return " ".join([f"urlprefix-{route.source}", *strip, *route.options, *protocol])


def _traefik_tags(route: Route, conventions: TraefikConventions) -> Iterator[str]:
    router = f"traefik.http.routers.{route.service}"
    yield "traefik.enable=true"
    yield f"{router}.rule={_rule(route)}"
    if conventions.entry_points:
        yield f"{router}.entrypoints={','.join(conventions.entry_points)}"
    if conventions.cert_resolver:
        yield f"{router}.tls.certresolver={conventions.cert_resolver}"
    if route.strip:
        yield f"{router}.middlewares={route.service}-strip"
        yield f"traefik.http.middlewares.{route.service}-strip.stripprefix.prefixes={route.strip}"
    if scheme := _SCHEMES.get(route.protocol):
        yield f"traefik.http.services.{route.service}.loadbalancer.server.scheme={scheme}"


def _rule(route: Route) -> str:
    """Host(`shop.lab.test`) && PathPrefix(`/api`); Traefik leaves the port out when it compares hosts."""
    host = [f"Host(`{route.host}`)"] if route.host else []
    path = [f"PathPrefix(`{route.path}`)"] if route.path != "/" or not host else []
    return " && ".join([*host, *path])
