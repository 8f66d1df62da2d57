"""Tools that look at the router in front of the cluster: its routes and their hostnames."""

from pydantic import Field, JsonValue

from muster.nomad.domain.estate.routes import Matcher, Route
from muster.nomad.domain.routing.conflicts import find_conflicts
from muster.nomad.domain.routing.fabio_tags import PREFIX, fabio_route
from muster.nomad.domain.routing.hostnames import free_hostname, full_hostname, hostname_fault, is_reserved
from muster.nomad.ports import Router
from muster.nomad.tools.estate_tools.consul import MOST_LISTED, NothingAsked, ServiceAsked, known_conventions
from muster.nomad.tools.estate_tools.looking import Around, Asked, configured, looking_tool


class AppAsked(Asked):
    """An application that wants a hostname."""

    app: str = Field(description="The job's name.", min_length=1)


class RouteAsked(Asked):
    """A route to be."""

    route: str = Field(description="As Fabio's tag says it: host/path, /path or :port.", min_length=1)
    service: str = Field(default="", description="The service that it is for: its own routes are no conflict.")


def list_fabio_routes(around: Around, asked: NothingAsked) -> JsonValue:
    """List the routes as the router routes now."""
    return _listed(_routes(around))


def get_service_routes(around: Around, asked: ServiceAsked) -> JsonValue:
    """List the routes of one service."""
    return _listed(tuple(one for one in _routes(around) if one.service == asked.service))


def get_existing_hostnames(around: Around, asked: NothingAsked) -> JsonValue:
    """List the hostnames that are routed now, each once."""
    return {"hostnames": list(dict.fromkeys(one.host for one in _routes(around) if one.host))}


def suggest_fabio_hostname(around: Around, asked: AppAsked) -> JsonValue:
    """Suggest a hostname for an application by the conventions, one that is neither taken nor reserved."""
    conventions = known_conventions(around).fabio
    taken = {one.host for one in _routes(around)}
    wanted = full_hostname(asked.app, conventions)
    reserved = {full_hostname(one, conventions) for one in conventions.reserved_hostnames}
    return {"hostname": free_hostname(wanted, taken, reserved), "wanted": wanted, "fault": hostname_fault(wanted)}


def validate_fabio_route(around: Around, asked: RouteAsked) -> JsonValue:
    """Say whether a route could be had: what is wrong with its hostname, whose requests it would take."""
    routes, conventions = _routes(around), known_conventions(around).fabio
    matcher = _matcher(routes)
    words = asked.route.removeprefix(PREFIX).split()
    ours = fabio_route(asked.service or "new", words[0] if words else "/", words[1:], matcher=matcher)
    fault = hostname_fault(ours.host) if ours.host else ""
    reserved = bool(ours.host) and is_reserved(ours.host, conventions)
    own = (asked.service,) if asked.service else ()
    found = find_conflicts((ours,), routes, own, default_port=conventions.default_port)
    conflicts: list[JsonValue] = [
        {"severity": one.severity, "service": one.service, "text": one.text, "advice": one.advice} for one in found
    ]
    valid = not fault and not reserved and all(one.severity != "error" for one in found)
    return {"route": ours.source, "valid": valid, "fault": fault, "reserved": reserved, "conflicts": conflicts}


def _routes(around: Around) -> tuple[Route, ...]:
    router: Router = configured(around.estate.router, "the router", "FABIO_ADMIN_ADDR")
    return router.routes()


def _matcher(routes: tuple[Route, ...]) -> Matcher:
    """How Fabio compares paths, by the routes that it tells."""
    told: list[Matcher] = [one.matcher for one in routes if one.router == "fabio"]
    return told[0] if told else "prefix"


def _listed(routes: tuple[Route, ...]) -> JsonValue:
    listed: list[JsonValue] = [
        {
            "route": one.source,
            "service": one.service,
            "protocol": one.protocol,
            "strip": one.strip,
            "router": one.router,
        }
        for one in routes[:MOST_LISTED]
    ]
    return {"routes": listed, "more": max(0, len(routes) - MOST_LISTED)}


ROUTE_TOOLS = (
    looking_tool(list_fabio_routes, NothingAsked),
    looking_tool(get_service_routes, ServiceAsked),
    looking_tool(get_existing_hostnames, NothingAsked),
    looking_tool(suggest_fabio_hostname, AppAsked),
    looking_tool(validate_fabio_route, RouteAsked),
)
