"""Fabio's routes as services ask for them: `urlprefix-host/path strip=/path proto=https`.

After Fabio's registry/consul/routecmd.go: host and path end at the first space, options follow; `:3306` is a port of
its own; hosts are in lower case.
"""

from collections.abc import Sequence
from typing import Literal

from muster.nomad.domain.amounts import MOST_PORT
from muster.nomad.domain.estate.routes import Matcher, Route

PREFIX = "urlprefix-"
"""What Fabio reads unless its registry.consul.tagprefix says otherwise."""

Protocol = Literal["http", "https", "tcp", "grpc"]
_PROTOCOLS: dict[str, Protocol] = {"https": "https", "tcp": "tcp", "grpc": "grpc", "grpcs": "grpc"}


def fabio_routes(service: str, tags: Sequence[str], matcher: Matcher = "prefix") -> tuple[Route, ...]:
    """The routes that a service asks for."""
    asked = [tag.strip().removeprefix(PREFIX).split() for tag in tags if tag.strip().startswith(PREFIX)]
    others = tuple(tag for tag in tags if not tag.strip().startswith(PREFIX))
    return tuple(
        fabio_route(service, words[0], words[1:], matcher=matcher).model_copy(update={"tags": others})
        for words in asked
        if words
    )


def fabio_route(
    service: str, place: str, options: Sequence[str], *, protocol: str = "", matcher: Matcher = "prefix"
) -> Route:
    """A route by its place (`host:port/path`, `/path`, `:port`) and its options; what they leave open is HTTP."""
    told = {name: value for name, _, value in (option.partition("=") for option in options)}
    spoken = _PROTOCOLS.get(protocol or told.get("proto", ""), "http")
    host, slash, path = place.partition("/")
    name, port = _split_port(host.lower())
    return Route(
        service=service,
        host=name,
        port=port,
        path=f"/{path}" if slash else "/",
        protocol="tcp" if port and not name and not slash else spoken,
        strip=told.get("strip", ""),
        matcher=matcher,
        options=tuple(one for one in options if not one.startswith(("strip=", "proto="))),
    )


def _split_port(host: str) -> tuple[str, int | None]:
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= MOST_PORT:
        return name, int(port)
    return host, None
