"""A group's ports, the services that name them, and their checks.

Nomad picks the ports; `to` is the port inside the container. On the host's network there is no inside: `to` is left
out and the port is handed over by a variable, or is static where the process takes no other. A check is HTTP on the
health route found, else the command that a source names, else TCP; what opens no port has none, and what ends by
itself has no service.
"""

from collections.abc import Iterator
from typing import Literal

from muster.core.evidence import Sourced
from muster.nomad.domain.build.discovery import needs_static_port
from muster.nomad.domain.build.layout import GroupLayout
from muster.nomad.domain.build.routing import service_tags
from muster.nomad.domain.build.site import ENDING, Site, on_host_network, port_label
from muster.nomad.domain.facts import HealthFact, PortFact
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.versions import has_feature

INTERVAL_S = 10.0
TIMEOUT_S = 2.0


def group_network(site: Site, group: GroupLayout) -> Network | None:
    """The ports of everything that keeps running in the group; one network for all where tasks share it."""
    ports = {port.label: port for service in group.running for port in _ports(site, service)}
    if group.beside:
        return Network(mode="bridge", ports=tuple(ports.values()))
    return Network(ports=tuple(ports.values())) if ports else None


def group_services(site: Site, group: GroupLayout) -> tuple[Service, ...]:
    """A service for each port; none where the job ends by itself."""
    if site.layout.kind in ENDING:
        return ()
    return tuple(found for service in group.running for found in _services(site, service))


def static_port(site: Site, service: ServiceProfile) -> Sourced[int] | None:
    """The fixed port on the node of the first port: asked for, or because nothing else would reach it."""
    if service.static_port or not service.ports:
        return service.static_port
    first = service.ports[0]
    said = needs_static_port(site, service) or _bound(service)
    if said is None:
        return None
    return Sourced(value=first.value.port, source=said.source, where=said.where, reason=said.reason)


def health_of(service: ServiceProfile, port: Sourced[PortFact]) -> HealthFact | None:
    """What is known of the health behind this port."""
    fact = service.health.value if service.health else None
    if fact is None or fact.type == "disabled":
        return None
    numbers = [one.value.port for one in service.ports]
    at = fact.port if fact.port in numbers else numbers[0]
    return fact if at == port.value.port else None


def _ports(site: Site, service: ServiceProfile) -> Iterator[Port]:
    for one in service.ports:
        static = static_port(site, service) if one == service.ports[0] else None
        fixed = static.value if static else one.value.port if _bound(service) else None
        inside = None if on_host_network(service) else one.value.port
        yield Port(label=port_label(service, one), static=fixed, to=inside)


def _bound(service: ServiceProfile) -> Sourced[bool] | None:
    """Said where the container binds its port on the host's own network, and takes no other."""
    if not on_host_network(service) or not service.ports or service.ports[0].value.env_value("0"):
        return None
    reason = "on the host's network it binds this port itself; no variable is known that would change it"
    return Sourced(value=True, source="default", where=service.ports[0].where, reason=reason)


def _services(site: Site, service: ServiceProfile) -> Iterator[Service]:
    for one in service.ports:
        check = _check(site, service, one) if is_checked(site) else None
        yield Service(
            name=site.service_name(service, one),
            port=port_label(service, one),
            provider=site.provider.value,
            tags=service_tags(site, service, one),
            checks=(check,) if check else (),
        )


def is_checked(site: Site) -> bool:
    """Whether the keeper of services checks them."""
    return site.provider.value == "consul" or has_feature(site.version, "native-checks")


def check_type(site: Site, service: ServiceProfile, port: Sourced[PortFact]) -> Literal["http", "tcp", "script"]:
    """HTTP where a route is known, else a command where the keeper of services runs any, else an open port."""
    fact = health_of(service, port)
    if fact and fact.type == "http" and fact.path is not None:
        return "http"
    return "script" if fact and fact.type == "command" and fact.command and site.provider.value == "consul" else "tcp"


def _check(site: Site, service: ServiceProfile, port: Sourced[PortFact]) -> Check | None:
    """The check of a port; UDP has none."""
    if port.value.protocol == "udp":
        return None
    fact = health_of(service, port) or HealthFact(type="tcp")
    kind = check_type(site, service, port)
    script = fact.command if kind == "script" else ()
    return Check(
        type=kind,
        path=fact.path if kind == "http" else None,
        command=script[0] if script else None,
        args=script[1:],
        task=service.name if script else None,
        interval_s=_at_least_one(fact.interval_s, INTERVAL_S),
        timeout_s=_at_least_one(fact.timeout_s, TIMEOUT_S),
    )


def _at_least_one(said: float | None, default: float) -> float:
    """Seconds; Nomad refuses checks below one."""
    return max(said, 1.0) if said else default
