"""How a company names things on its cluster: kept in Consul, and read before anything is guessed."""

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


class Conventions(Part):
    """The whole document; what it does not say is decided by rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vault: VaultConventions = VaultConventions()
    fabio: FabioConventions = FabioConventions()
