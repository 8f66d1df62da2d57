from pathlib import Path

import pytest
from pydantic import SecretStr

from muster.core.errors import SettingsError
from muster.core.observability.settings import parsed_headers
from muster.core.redaction import redact
from muster.core.settings import MusterSettings, load_settings


def loaded(tmp_path: Path, *lines: str) -> MusterSettings:
    file = tmp_path / "env"
    file.write_text("\n".join(lines))
    return load_settings(MusterSettings, env_file=file)


def test_nobody_is_told_anything_unless_it_is_set(tmp_path: Path) -> None:
    assert not loaded(tmp_path, "LANGFUSE_PUBLIC_KEY=pk-lf-1", "LANGFUSE_SECRET_KEY=sk-lf-1").traces


def test_langfuse_without_keys_is_refused_and_both_variables_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, "LANGFUSE_ENABLED=true")
    assert (
        "  LANGFUSE_ENABLED is true, and LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are not set"
        in refused.value.message.splitlines()
    )


def test_langfuse_with_one_key_names_the_other(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="and LANGFUSE_SECRET_KEY is not set"):
        loaded(tmp_path, "LANGFUSE_ENABLED=1", "LANGFUSE_PUBLIC_KEY=pk-lf-1")


@pytest.mark.parametrize("line", ["LANGFUSE_BASE_URL=langfuse.example", "OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318"])
def test_an_address_without_scheme_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match=line.split("=")[0]):
        loaded(tmp_path, line)


def test_an_otlp_endpoint_alone_turns_traces_on(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318/")
    assert settings.traces
    assert settings.otel_exporter_otlp_endpoint == "http://127.0.0.1:4318"


def test_keys_and_headers_are_never_shown(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, "LANGFUSE_SECRET_KEY=hunter2hunter2", "OTEL_EXPORTER_OTLP_HEADERS=x-key=swordfish,x-two=2"
    )
    assert "hunter2" not in repr(settings)
    assert redact("it said hunter2hunter2") == "it said [redacted]"


def test_headers_are_read_as_opentelemetry_writes_them() -> None:
    headers = SecretStr("Authorization=Bearer%20abc, x-scope = one ,,empty=")
    assert parsed_headers(headers) == {"authorization": "Bearer abc", "x-scope": "one", "empty": ""}


@pytest.mark.parametrize("headers", ["=hunter2", "name=hunter2%0Aend", "na me=hunter2", "name=hunter2\u00e9"])
def test_headers_that_are_none_are_refused(tmp_path: Path, headers: str) -> None:
    with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_HEADERS is wrong") as refused:
        loaded(tmp_path, f"OTEL_EXPORTER_OTLP_HEADERS='{headers}'")
    assert "hunter2" not in str(refused.value)
