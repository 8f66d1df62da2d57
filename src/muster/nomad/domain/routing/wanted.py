"""A route that somebody wants: `shop.lab.test/api strip=/api`, `shop`, `/api`, `:3306 proto=tcp`."""

import re

from muster.core.errors import UsageError
from muster.nomad.domain.estate.conventions import FabioConventions
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.fabio_tags import fabio_route
from muster.nomad.domain.routing.hostnames import free_hostname, full_hostname, hostname_fault, is_reserved

_HOST = r"(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"
_OPTION = r" +[a-z]{1,20}=[^\s\"]{1,100}"
ROUTE = rf"(?:{_HOST}(?::\d{{1,5}})?(?:/[\w./-]*)?|/[\w./-]*|:\d{{1,5}} +proto=tcp)(?:{_OPTION})*"
"""What a wanted route looks like; options are Fabio's."""
ROUTE_LIKE = "shop.example.com/, /shop strip=/shop or :3306 proto=tcp"


def wanted_route(text: str, service: str, conventions: FabioConventions) -> Route:
    """The route that is wanted for a service, its host completed by the conventions.

    Raises UsageError for what is no route, no hostname, or a reserved one.
    """
    if not re.fullmatch(ROUTE, text.strip()):
        raise UsageError(f"{text!r} is no route", advice=f"Write host and path: {ROUTE_LIKE}.")
    place, *options = text.split()
    route = fabio_route(service, place, options)
    if not route.host:
        return route
    host = full_hostname(route.host, conventions)
    _check_host(host, conventions)
    port = route.port or (None if route.protocol == "tcp" else conventions.default_port)
    return route.model_copy(update={"host": host, "port": port})


def _check_host(host: str, conventions: FabioConventions) -> None:
    if fault := hostname_fault(host):
        raise UsageError(f"{host} is no hostname: {fault}", advice="Take letters, digits and dashes (RFC 1123).")
    if is_reserved(host, conventions):
        reserved = [full_hostname(one, conventions) for one in conventions.reserved_hostnames]
        raise UsageError(
            f"the hostname {host} is reserved by the conventions",
            advice=f"Take another, such as {free_hostname(host, reserved)}.",
        )
