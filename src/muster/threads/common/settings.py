"""What the content services read from the environment and `.env`. Without any of it everything runs on this machine:
SQLite, a broker of files, an embedded Qdrant, the fake Threads and the offline writer."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from muster.core.observability.settings import LogLevel
from muster.core.settings import MusterSettings

OFFLINE_KEY = "test"
"""`OPENAI_API_KEY=test`: nothing is asked of anybody, the offline writer works."""

ServiceName = Literal["orchestrator", "celery-worker", "persona-runtime", "fake-threads", "embedded-qdrant"]
PORTS: dict[ServiceName, int] = {
    "orchestrator": 8080, "persona-runtime": 8090, "fake-threads": 9009, "embedded-qdrant": 6333,
}  # fmt: skip
METRICS_PORT = 9090
"""Where every service serves /metrics beside its own port; the worker by a server of its own."""


class ThreadsSettings(MusterSettings):
    """One class for all services: the same code, settings alone differ."""

    database_url: str = Field(
        default="", description="postgresql://user@host/name, or sqlite:///FILE; empty: SQLite in MUSTER_HOME/threads."
    )
    rabbitmq_url: str = Field(
        default="", description="amqp://user:password@host:5672//; empty: files in MUSTER_HOME/threads/broker."
    )
    qdrant_url: str = Field(
        default="", description="http://host:6333; empty: an embedded Qdrant in MUSTER_HOME/threads/qdrant."
    )
    qdrant_api_key: SecretStr | None = Field(default=None, description="Key of that Qdrant.")
    orchestrator_url: str = Field(default="http://127.0.0.1:8080", description="Where commands find the API.")
    persona_runtime_url: str = Field(default="http://127.0.0.1:8090", description="Where the worker finds the writer.")
    threads_api_url: str = Field(
        default="http://127.0.0.1:9009", description="https://graph.threads.net for the real one."
    )
    threads_accounts: Path | None = Field(
        default=None, description="YAML file of the personas' accounts and long-lived tokens; the fake needs none."
    )
    threads_bind_host: str = Field(
        default="127.0.0.1", description="Address that services listen at; another one needs THREADS_API_KEYS."
    )
    threads_api_keys: Path | None = Field(
        default=None, description="YAML file of API keys as `threads keys new` prints them; empty: loopback needs none."
    )
    threads_api_key: SecretStr | None = Field(
        default=None, description="Key that commands and workers show to the services; it needs the scope tasks:write."
    )
    threads_personas: Path | None = Field(
        default=None, description="Folder of persona files beside the shipped ones; a file of the same name wins."
    )
    hook_model: str = Field(default="gpt-4o", description="Model that writes the hook.")
    body_model: str = Field(default="gpt-5-mini", description="Model that writes the body, and shortens.")
    lora_path: str = Field(
        default="", description="Name or path of a LoRA adapter of the vLLM server: asked for instead of BODY_MODEL."
    )
    threads_offline_fallback: bool = Field(
        default=False, description="Let the offline writer stand in for a model that is away; else the task waits."
    )
    metrics_port: int | None = Field(
        default=METRICS_PORT, ge=1, le=65535, description="Port of /metrics of one service; `threads up` counts on."
    )
    orchestrator_log_level: LogLevel | None = Field(default=None, description="Instead of LOG_LEVEL.")
    celery_worker_log_level: LogLevel | None = Field(default=None, description="Instead of LOG_LEVEL.")
    persona_runtime_log_level: LogLevel | None = Field(default=None, description="Instead of LOG_LEVEL.")
    fake_threads_log_level: LogLevel | None = Field(default=None, description="Instead of LOG_LEVEL.")

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if url and not url.startswith(("postgresql://", "postgres://", "sqlite:///")):
            raise ValueError("a database is postgresql://user@host/name or sqlite:///FILE")
        return url

    @field_validator("rabbitmq_url")
    @classmethod
    def _is_a_broker(cls, url: str) -> str:
        if url and not url.startswith(("amqp://", "amqps://", "memory://", "filesystem://")):
            raise ValueError("a broker is amqp://user:password@host:5672//")
        return url

    @field_validator("qdrant_url", "orchestrator_url", "persona_runtime_url", "threads_api_url")
    @classmethod
    def _is_a_service_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return url.rstrip("/")

    @property
    def threads_home(self) -> Path:
        """Where the services keep what is theirs."""
        return self.muster_home / "threads"

    @property
    def offline(self) -> bool:
        """Whether no model is asked."""
        return self.openai_api_key is None or self.openai_api_key.get_secret_value() == OFFLINE_KEY

    def log_level_of(self, service: ServiceName) -> LogLevel:
        """A service's own level, else the common one."""
        own: LogLevel | None = getattr(self, f"{service.replace('-', '_')}_log_level", None)
        return own or self.log_level
