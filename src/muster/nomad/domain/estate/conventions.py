"""How a company names things on its cluster: kept in Consul, and read before anything is guessed."""

from typing import Literal

from pydantic import ConfigDict, Field

from muster.nomad.domain.values import Part


class VaultConventions(Part):
    """Where secrets lie. `{app}` stands for the job's name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path_patterns: tuple[str, ...] = ()
    """Such as `secret/data/{app}/config`, the likeliest first."""
    env_var_mappings: dict[str, str] = {}
    """A variable's name to its place, `secret/data/aws/{app}#access_key`."""


class FabioConventions(Part):
    """How routes look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_port: int | None = Field(default=None, ge=1, le=65535)
    hostname_suffix: str = ""
    reserved_hostnames: tuple[str, ...] = ()


class TraefikConventions(Part):
    """How routes look where Traefik routes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry_points: tuple[str, ...] = ()
    """Names of its entry points, such as `websecure`; empty: all of its default ones."""
    cert_resolver: str = ""
    """Who gets certificates, such as `letsencrypt`; empty: routes have no TLS of their own."""
    provider: Literal["consul", "nomad"] = "consul"
    """Whose services it reads: Consul's catalog, or Nomad's own services."""


class RoutingConventions(Part):
    """Who routes from the outside to the jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    router: Literal["fabio", "traefik", "none", "tags"] | None = None
    """None: found out. `tags`: another one, which reads the tags below."""
    tags: tuple[str, ...] = ()
    """The tags that a routed service gets, with `{service}`, `{host}` and `{path}`; none: those of an answer."""


class Conventions(Part):
    """The whole document; what it does not say is decided by rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vault: VaultConventions = VaultConventions()
    fabio: FabioConventions = FabioConventions()
    traefik: TraefikConventions = TraefikConventions()
    routing: RoutingConventions = RoutingConventions()
