"""What aegis reads from the environment and `.env`, and what one call decides. Secrets are never flags."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from muster.core.settings import MusterSettings


class AegisSettings(MusterSettings):
    """Where trainings run, and the bounds of a run."""

    aegis_python: Path | None = Field(
        default=None, description="The Python that trains; empty: .venv-train/bin/python of this folder."
    )
    aegis_docker_image: str = Field(
        default="", description="Image of the executor docker: Python, torch, transformers, peft."
    )
    aegis_docker_socket: Path = Field(default=Path("/var/run/docker.sock"), description="Socket of the Docker Engine.")
    aegis_nomad_addr: str = Field(default="", description="The cluster of the executor nomad, http://host:4646.")
    aegis_nomad_token: SecretStr | None = Field(default=None, description="ACL token of that cluster.")
    aegis_nomad_cacert: Path | None = Field(default=None, description="File with that cluster's certificate authority.")
    aegis_nomad_namespace: str = Field(default="default", description="Namespace of the executor nomad's jobs.")
    aegis_nomad_datacenter: str = Field(default="*", description="Where the executor nomad's jobs run; *: anywhere.")
    aegis_nomad_image: str = Field(default="", description="Image of the executor nomad, as that of docker.")
    aegis_nomad_volume: str = Field(default="", description="Host volume of the cluster, from which jobs read.")
    aegis_nomad_volume_root: Path | None = Field(default=None, description="The folder here that this volume holds.")
    aegis_nomad_usd_per_hour: float = Field(
        default=0.0, ge=0, le=1000, description="Dollars of an hour of one of the cluster's GPUs; 0: it is your own."
    )
    aegis_modal_image: str = Field(default="", description="Image of the executor modal, as that of docker.")
    aegis_modal_token_id: SecretStr | None = Field(default=None, description="Modal's token; empty: its own file.")
    aegis_modal_token_secret: SecretStr | None = Field(default=None, description="The secret of Modal's token.")
    aegis_remote_memory_mb: int = Field(
        default=16384, ge=256, le=4_194_304, description="MB that a job on nomad or modal may use."
    )
    hf_endpoint: str = Field(default="https://huggingface.co", description="The hub that models are fetched from.")
    hf_token: SecretStr | None = Field(default=None, description="The hub's token, for models that want one.")
    aegis_max_retries: int = Field(default=3, ge=0, le=10, description="Attempts after the first of a run: 0 to 10.")
    aegis_usd_per_hour: float = Field(
        default=0.0, ge=0, le=1000, description="Dollars that an hour of this machine costs; 0: it is your own."
    )


class Options(BaseModel):
    """Stored with the run, so that resume needs nothing but its id. Never a secret."""

    model_config = ConfigDict(frozen=True)

    no_sandbox: bool = False
    """Run trainings as this user, with no sandbox around them."""
