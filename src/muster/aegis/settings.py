"""What aegis reads from the environment and `.env`, and what one call decides. Secrets are never flags."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from muster.core.settings import MusterSettings


class AegisSettings(MusterSettings):
    """Where trainings run, and the bounds of a run."""

    aegis_python: Path | None = Field(
        default=None, description="The Python that trains; empty: .venv-train/bin/python of this folder."
    )
    aegis_docker_image: str = Field(
        default="", description="Image of the executor docker: Python, torch, transformers, peft."
    )
    aegis_max_retries: int = Field(default=3, ge=0, le=10, description="Attempts after the first of a run: 0 to 10.")
    aegis_usd_per_hour: float = Field(
        default=0.0, ge=0, le=1000, description="Dollars that an hour of this machine costs; 0: it is your own."
    )


class Options(BaseModel):
    """Stored with the run, so that resume needs nothing but its id. Never a secret."""

    model_config = ConfigDict(frozen=True)

    no_sandbox: bool = False
    """Run trainings as this user, with no sandbox around them."""
