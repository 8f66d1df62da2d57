"""Where what was learnt is kept: a Qdrant server where one is named, else a folder in MUSTER_HOME."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

EmbedderName = Literal["auto", "minilm", "hashing"]


class MemorySettings(BaseSettings):
    """On by default: it costs nothing while there is nothing to remember."""

    memory_enabled: bool = Field(default=True, description="false neither remembers nor recalls.")
    memory_embedder: EmbedderName = Field(
        default="auto", description="minilm, hashing (needs no model file), or auto: minilm where it is installed."
    )
    qdrant_host: str | None = Field(
        default=None, description="A Qdrant server, host or URL; empty: a folder in MUSTER_HOME."
    )
    qdrant_port: int = Field(default=6333, ge=1, le=65535, description="Its port.")
    qdrant_api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
