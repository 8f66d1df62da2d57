"""What nomad-spec reads from the environment and `.env`, and what one call decides. Secrets are never flags."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from muster.core.errors import UsageError
from muster.core.settings import MusterSettings
from muster.nomad.domain.amounts import MOST_CPU_MHZ, MOST_MEMORY_MB
from muster.nomad.domain.build.secret_forms import SecretFormat
from muster.nomad.domain.estate.addresses import CONSUL_PORT, FABIO_PORT, VAULT_PORT, full_address
from muster.nomad.domain.routing.choose import RouterChoice

_WEEK_S = 604_800
_PORTS = {"vault_addr": VAULT_PORT, "consul_http_addr": CONSUL_PORT, "fabio_admin_addr": FABIO_PORT}


class NomadSettings(MusterSettings):
    """The cluster, the bounds of a run, and what a task gets when nobody says."""

    nomad_addr: str = Field(
        default="http://127.0.0.1:4646", description="The cluster's address, http://host:4646 or https://host:4646."
    )
    nomad_token: SecretStr | None = Field(default=None, description="ACL token: the UUID that Nomad calls SecretID.")
    nomad_namespace: str | None = Field(default=None, description="Namespace of the job; Nomad's own is `default`.")
    nomad_region: str | None = Field(default=None, description="Region of the job; empty for the agent's own.")
    nomad_datacenter: str | None = Field(default=None, description="Where the job runs; empty: asked of the cluster.")
    nomad_cacert: Path | None = Field(default=None, description="File with the certificate authority of the cluster.")
    vault_addr: str | None = Field(default=None, description="Vault's address, http://host:8200; empty: not asked.")
    vault_token: SecretStr | None = Field(default=None, description="Vault's token; no other login is used.")
    vault_namespace: str | None = Field(default=None, description="Namespace of Vault Enterprise, on every call.")
    vault_cacert: Path | None = Field(default=None, description="File with the certificate authority of Vault.")
    consul_http_addr: str | None = Field(
        default=None, description="Consul's address, http://host:8500; empty: not asked."
    )
    consul_http_token: SecretStr | None = Field(default=None, description="Consul's ACL token.")
    consul_cacert: Path | None = Field(default=None, description="File with the certificate authority of Consul.")
    consul_conventions_path: str = Field(
        default="config/nomad-agent/conventions", description="Key of Consul's store that holds the conventions."
    )
    fabio_admin_addr: str | None = Field(
        default=None, description="Address of Fabio's admin API, http://host:9998; empty: not asked."
    )
    router: RouterChoice = Field(
        default="auto", description="Who routes to jobs: auto (found out), none, fabio, traefik, tags (of your own)."
    )
    check_images: bool = Field(
        default=True, description="Ask registries whether images are there before a deployment; false: don't."
    )
    max_iterations: int = Field(default=3, ge=0, le=10, description="Repairs that one run may try: 0 to 10.")
    verification_timeout: float = Field(
        default=300.0,
        gt=0,
        le=_WEEK_S,
        description="Seconds to watch a job; a longer progress deadline of the job wins.",
    )
    default_cpu: int | None = Field(
        default=None, ge=1, le=MOST_CPU_MHZ, description="MHz of a task that nothing says more about."
    )
    default_memory: int | None = Field(
        default=None, ge=10, le=MOST_MEMORY_MB, description="MB of a task that nothing says more about."
    )

    @field_validator("nomad_addr")
    @classmethod
    def _is_a_cluster_address(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return address.rstrip("/")

    @field_validator("vault_addr", "consul_http_addr", "fabio_admin_addr")
    @classmethod
    def _is_a_service_address(cls, address: str | None, info: ValidationInfo) -> str | None:
        return full_address(address, _PORTS[info.field_name or ""]) if address else None

    @field_validator("nomad_token", "vault_token", "consul_http_token")
    @classmethod
    def _fits_a_header(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"[!-~]+", token.get_secret_value()):
            raise ValueError("a token has no spaces, line ends or letters beyond ASCII")
        return token


SpecForm = Literal["hcl", "json", "variables", "terraform"]
"""Plain HCL, the API's JSON, HCL with variables, a template for Terraform."""


class SpecTarget(BaseModel):
    """Where `generate` puts the job, and in which form."""

    model_config = ConfigDict(frozen=True)

    file: str | None = None
    """None prints it."""
    form: SpecForm = "hcl"
    explain: bool = False
    dry_run: bool = False
    """Only show how the file would change."""

    @property
    def anew(self) -> bool:
        """Whether the form is always written anew: a job file is changed in place, and can't be its base."""
        return self.form in ("variables", "terraform")


class Options(BaseModel):
    """Stored with the run, so that resume needs nothing but its id. Never a secret.

    Paths are relative to the folder that the run was started in.
    """

    model_config = ConfigDict(frozen=True)

    cluster: Literal["none", "nomad", "embedded"] = "nomad"
    """`none` for `generate`, which needs none and at most reads the one that NOMAD_ADDR names."""
    cluster_id: str | None = None
    """Reads `.env.ID` before `.env`: one file for each cluster."""
    images: str | None = None
    """Behaviour of images on the embedded cluster, a YAML file."""
    nodes: str | None = None
    """Nodes of the embedded cluster, a YAML file."""
    target: SpecTarget | None = None
    """What `generate` delivers; None for the others."""
    no_memory: bool = False
    """Neither recall nor remember anything."""
    skip_infra_check: bool = False
    """Do not ask the services around the cluster how they are before the run."""
    verbose: bool = False
    """Tell also what is well."""
    allow_route_conflict: str = ""
    """The reason why a route that another job has may be taken; empty: it may not."""
    secret_format: SecretFormat = "auto"
    keep: bool = False
    """Leave a job that failed for good on the cluster."""


def chosen_cluster(*, embedded: bool, cluster_id: str | None = None) -> Options:
    """The options that name the cluster, and nothing else. Raises UsageError where they name two."""
    if embedded and cluster_id:
        raise UsageError("--embedded and --cluster name two clusters", advice="Give one of them.")
    return Options(cluster="embedded" if embedded else "nomad", cluster_id=cluster_id)
