"""What every part of a build can look up: the decisions, the layout, who keeps services, and all names."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.core.evidence import Sourced
from muster.nomad.domain.build.layout import GroupLayout, Layout, lay_out
from muster.nomad.domain.build.secret_forms import SecretForm, SecretFormat, choose_form
from muster.nomad.domain.build.storage import decide_storage, named_volumes
from muster.nomad.domain.build.target import Provider, Target, choose_provider
from muster.nomad.domain.decisions.apply import Decisions
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.names import identifier, joined_name
from muster.nomad.domain.profile import JobKind, ServiceProfile
from muster.nomad.domain.routing.choose import (
    RouterChoice,
    Routing,
    choose_router,
    conventions_of,
    needed_provider,
)
from muster.nomad.domain.values import Part
from muster.nomad.domain.versions import has_feature

HTTP_PORTS = frozenset({80, 443, 3000, 4000, 5000, 8000, 8080, 8081, 8888, 9000})


ENDING: tuple[JobKind, ...] = ("batch", "periodic")
"""Kinds of jobs that end by themselves: they are reached by nobody and have no services."""


class SpecDefaults(Part):
    """What settings say where nothing else does. None: no setting."""

    cpu_mhz: int | None = None
    memory_mb: int | None = None
    datacenter: str | None = None
    namespace: str | None = None
    region: str | None = None
    verify_deadline_s: float = 300.0
    """How long a deployment is watched; the job's own progress deadline lies below it."""
    router: RouterChoice = "auto"
    fabio_known: bool = False
    """Whether the settings name Fabio's address."""
    secret_format: SecretFormat = "auto"
    mounts: tuple[SecretMount, ...] = ()
    """The KV engines that Vault has, as far as it was asked."""


@dataclass(frozen=True)
class Site:
    """The application as a whole, while a part of its job is built."""

    decisions: Decisions
    target: Target | None
    defaults: SpecDefaults
    layout: Layout
    provider: Sourced[Provider]
    routing: Sourced[Routing]

    @property
    def conventions(self) -> Conventions:
        """The company's, or none."""
        return conventions_of(self.decisions.estate)

    @property
    def job(self) -> str:
        """The job's name."""
        return self.decisions.analysis.name.value

    @property
    def version(self) -> str | None:
        """The cluster's version, where one was asked."""
        return self.target.version if self.target else None

    @property
    def secret_form(self) -> SecretForm:
        """How its jobs read what lies elsewhere."""
        ends = self.layout.kind in ENDING
        return choose_form(self.defaults.secret_format, self.version, self.defaults.mounts, ends=ends)

    def service_name(self, service: ServiceProfile, port: Sourced[PortFact]) -> str:
        """The name under which others find a port of a service: job and service, other ports with their label."""
        alone = len(self.layout.groups) == 1 and service == self.layout.groups[0].service
        name = self.job if alone else joined_name(self.job, service.name)
        return name if port == service.ports[0] else joined_name(name, port_label(service, port))

    def group_of(self, service: ServiceProfile) -> GroupLayout | None:
        """The group in which a service runs."""
        return self.layout.group_of(service)


def make_site(decisions: Decisions, target: Target | None, defaults: SpecDefaults) -> Site:
    """The site of a build."""
    decisions = _with_services(decisions, (_stored(one, target) for one in decisions.analysis.services))
    layout = lay_out(decisions.analysis)
    if layout.kind in ENDING:
        decisions = _with_services(decisions, map(_unheard, decisions.analysis.services))
        layout = lay_out(decisions.analysis)
    routing = choose_router(defaults.router, decisions.estate, fabio_known=defaults.fabio_known)
    return Site(decisions, target, defaults, layout, _provider(decisions, target, routing), routing)


def _provider(decisions: Decisions, target: Target | None, routing: Sourced[Routing]) -> Sourced[Provider]:
    """Who keeps the services: also Nomad itself, where a router that reads those is to find one of them."""
    asked = any(one.route for one in decisions.analysis.services)
    keeps = target is None or has_feature(target.version, "native-services")
    if asked and keeps and needed_provider(routing.value, conventions_of(decisions.estate)) == "nomad":
        return Sourced(value="nomad", source="conventions", reason="Traefik reads Nomad's own services")
    return choose_provider(target)


def _with_services(decisions: Decisions, services: Iterable[ServiceProfile]) -> Decisions:
    analysis = decisions.analysis.model_copy(update={"services": tuple(services)})
    return decisions.model_copy(update={"analysis": analysis})


def _stored(service: ServiceProfile, target: Target | None) -> ServiceProfile:
    """The service with what keeps its named volumes."""
    if not named_volumes(service):
        return service
    return service.model_copy(update={"storage": decide_storage(service, target)})


def _unheard(service: ServiceProfile) -> ServiceProfile:
    """The service without ports that nobody asked for: what ends by itself is not waited for at one."""
    asked = service.static_port or any(one.source == "user" for one in service.ports)
    return service if asked else service.model_copy(update={"ports": ()})


def port_label(service: ServiceProfile, port: Sourced[PortFact]) -> str:
    """`http` for the first port of what speaks HTTP, else `tcp` or `udp`; further ports by their number.

    A service in another's group puts its name before it: labels are the group's.
    """
    own = port.value.protocol if port == service.ports[0] else f"p{port.value.port}"
    label = "http" if port == service.ports[0] and speaks_http(service) else own
    mode = service.network_mode.value if service.network_mode else ""
    return identifier(f"{service.name}_{label}") if mode.startswith("service:") else label


def speaks_http(service: ServiceProfile) -> bool:
    """Whether the first port speaks HTTP, by a health route, a web framework, or custom."""
    if not service.ports or service.ports[0].value.protocol == "udp":
        return False
    by_health = service.health is not None and service.health.value.type == "http"
    by_framework = any(one.value.listens for one in service.frameworks)
    return by_health or by_framework or service.ports[0].value.port in HTTP_PORTS


def on_host_network(service: ServiceProfile) -> bool:
    """Whether the container shares the host's network."""
    return service.network_mode is not None and service.network_mode.value == "host"


def image_variable(service: ServiceProfile) -> str:
    """The variable that holds an image nobody knows."""
    return identifier(f"{service.name}_image")


def env_variable(service: ServiceProfile, name: str) -> str:
    """The variable that holds an environment value nobody knows."""
    return identifier(f"{service.name}_{name}")
