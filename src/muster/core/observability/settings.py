"""What logs look like, where metrics go, and what traces are sent to: unless set, nothing but warnings to stderr."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["console", "json"]


class LogSettings(BaseSettings):
    """How much is said on stderr beside the story of the run, and how."""

    log_level: LogLevel = Field(default="WARNING", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: LogFormat = Field(default="console", description="console for readers, json for collectors.")

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("log_format", mode="before")
    @classmethod
    def _in_small_letters(cls, form: object) -> object:
        return form.lower() if isinstance(form, str) else form


class MetricsSettings(BaseSettings):
    """Off unless one of them is set."""

    metrics_textfile: Path | None = Field(
        default=None, description="A file for Prometheus' node exporter, *.prom, written whenever a run ends."
    )
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="A port of this machine: while a run goes on, /metrics answers there."
    )


class TraceSettings(BaseSettings):
    """Off unless LANGFUSE_ENABLED or an OTLP endpoint is set. The OTEL_* names are OpenTelemetry's own."""

    langfuse_enabled: bool = Field(default=False, description="true or false: send traces and scores to Langfuse.")
    langfuse_public_key: str | None = Field(default=None, description="The project's public key, pk-lf-...")
    langfuse_secret_key: SecretStr | None = Field(default=None, description="The project's secret key, sk-lf-...")
    langfuse_base_url: str = Field(
        default="https://cloud.langfuse.com", description="Langfuse's address, http://host:3000 or https://host."
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        default=None, description="An OTLP backend's address; traces go to its v1/traces, as protobuf over HTTP."
    )
    otel_exporter_otlp_headers: SecretStr | None = Field(
        default=None, description="Headers for that backend: name=value,name=value with values as in a URL."
    )
    trace_user: str | None = Field(default=None, description="Who traces say it was; empty: your login name.")

    @property
    def traces(self) -> bool:
        """Whether anybody takes traces."""
        return self.langfuse_enabled or self.otel_exporter_otlp_endpoint is not None

    @field_validator("langfuse_base_url", "otel_exporter_otlp_endpoint")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is not None and not address.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return address.rstrip("/") if address else None

    @field_validator("otel_exporter_otlp_headers")
    @classmethod
    def _are_headers(cls, headers: SecretStr | None) -> SecretStr | None:
        if not all(_fits(name, value) for name, value in parsed_headers(headers).items()):
            raise ValueError("headers are written name=value,name=value; spaces in a value as %20")
        return headers

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        keys = {"LANGFUSE_PUBLIC_KEY": self.langfuse_public_key, "LANGFUSE_SECRET_KEY": self.langfuse_secret_key}
        missing = [name for name, key in keys.items() if key is None]
        if self.langfuse_enabled and missing:
            raise ValueError(f"LANGFUSE_ENABLED is true, and {' and '.join(missing)} {_are(missing)} not set")
        return self


def parsed_headers(headers: SecretStr | None) -> dict[str, str]:
    """`a=b,c=d` as OpenTelemetry writes it: values are as in a URL."""
    pairs = (pair.partition("=") for pair in headers.get_secret_value().split(",")) if headers else ()
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs if name.strip() or value}


def _fits(name: str, value: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_.-]+", name) is not None and re.fullmatch(r"[ -~]*", value) is not None


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
