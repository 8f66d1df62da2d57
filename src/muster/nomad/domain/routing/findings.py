"""What is wrong with the routes of a job, before it is deployed."""

from collections.abc import Collection, Iterator

from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.network import Service
from muster.nomad.domain.routing.asked import asked_routes, matcher_of
from muster.nomad.domain.routing.conflicts import Conflict, conflict_of, find_conflicts
from muster.nomad.domain.routing.hostnames import full_hostname, hostname_fault, is_reserved
from muster.nomad.domain.spec import JobSpec

ROUTE_CONFLICTS = frozenset({"route_exact", "route_path", "route_host", "route_shared"})
"""Kinds of findings that say that a route meets another one: what --allow-route-conflict is about."""


def route_findings(
    spec: JobSpec,
    routes: tuple[Route, ...],
    own_services: Collection[str] = (),
    conventions: Conventions | None = None,
) -> tuple[Finding, ...]:
    """Conflicts with the routes of others and within the job, names that can't be had, and routes that never work.

    `own_services` are those of this job as it is registered: their routes are its own.
    """
    matcher, default_port = matcher_of(routes), (conventions or Conventions()).fabio.default_port
    placed = [
        (f"group.{group.name}.service.{service.name}", service, asked_routes(service.name, service.tags, matcher))
        for group in spec.groups
        for service in group.services
    ]
    return (
        *(found for where, service, ours in placed for found in _unreachable(service, ours, where)),
        *(found for where, _, ours in placed for one in ours for found in _faults(one, conventions, where)),
        *(found for where, _, ours in placed for found in _taken(ours, routes, own_services, where, default_port)),
        *_within([(where, one) for where, _, ours in placed for one in ours], default_port),
    )


def _unreachable(service: Service, routes: tuple[Route, ...], where: str) -> Iterator[Finding]:
    """Fabio reads Consul alone, and passes over what has no passing check."""
    ours = next((one for one in routes if one.router == "fabio"), None)
    if ours and not service.checks:
        text = f"{ours.source} is never routed: Fabio passes over {service.name}, which has no check"
        yield Finding(kind="route_without_check", severity="warning", text=text, where=where, advice="Add a check.")
    if ours and service.provider == "nomad":
        text = f"{ours.source} is never routed: Fabio reads Consul, and Nomad itself keeps {service.name}"
        advice = 'Leave `provider = "nomad"` out.'
        yield Finding(kind="route_without_consul", severity="warning", text=text, where=where, advice=advice)


def _faults(route: Route, conventions: Conventions | None, where: str) -> Iterator[Finding]:
    fabio = (conventions or Conventions()).fabio
    if route.host and route.router == "fabio" and (fault := hostname_fault(route.host)):
        text = f"{route.host} is no hostname: {fault}"
        advice = "Take letters, digits and dashes (RFC 1123)."
        yield Finding(kind="route_hostname", severity="warning", text=text, where=where, advice=advice)
    if route.host and is_reserved(route.host, fabio):
        text = f"the hostname {full_hostname(route.host, fabio)} is reserved by the conventions"
        yield Finding(
            kind="route_reserved", severity="error", text=text, where=where, advice="Take a hostname of its own."
        )
    if route.strip and not route.path.startswith(route.strip):
        text = f"{route.source} never strips {route.strip}: no path that it fits has to begin so"
        advice = "Strip what it begins with."
        yield Finding(kind="route_strip", severity="warning", text=text, where=where, advice=advice)


def _taken(
    ours: tuple[Route, ...],
    routes: tuple[Route, ...],
    own_services: Collection[str],
    where: str,
    default_port: int | None,
) -> Iterator[Finding]:
    found = find_conflicts(ours, routes, own_services, default_port=default_port)
    return (_finding(conflict, where) for conflict in found)


def _within(placed: list[tuple[str, Route]], default_port: int | None) -> Iterator[Finding]:
    """The same route of two services of the job; one within the other is the job's own business."""
    for index, (where, route) in enumerate(placed):
        for _, before in placed[:index]:
            if route.service == before.service:
                continue
            conflict = conflict_of(route, before, default_port=default_port)
            if conflict and conflict.kind == "exact":
                yield _finding(conflict, where)


def _finding(conflict: Conflict, where: str) -> Finding:
    return Finding(
        kind=f"route_{conflict.kind}",
        severity=conflict.severity,
        text=conflict.text,
        where=where,
        advice=conflict.advice,
    )
