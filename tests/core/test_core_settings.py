from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from muster.core.errors import SettingsError
from muster.core.redaction import redact
from muster.core.settings import MusterSettings, load_settings, variable_names


class SampleSettings(MusterSettings):
    address: str = Field(description="Where it runs.")
    attempts: int = Field(default=3, ge=1, description="How often to try, at least 1.")
    api_token: SecretStr | None = Field(default=None, description="A token.")


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_the_environment_beats_the_file_and_the_file_beats_the_default(
    monkeypatch: pytest.MonkeyPatch, env_file: Path
) -> None:
    env_file.write_text("ADDRESS=file\nATTEMPTS=5\nUNRELATED=1\n")
    monkeypatch.setenv("ADDRESS", "environment")
    settings = load_settings(SampleSettings)
    assert (settings.address, settings.attempts, settings.api_token) == ("environment", 5, None)


@pytest.mark.parametrize("name", ["ADDRESS", "address", "Address"])
def test_names_are_case_insensitive(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert load_settings(SampleSettings).address == "x"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", "x")
    monkeypatch.setenv("ATTEMPTS", "")
    assert load_settings(SampleSettings).attempts == 3


def test_all_problems_are_told_at_once_with_the_variable_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTEMPTS", "none")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as caught:
        load_settings(SampleSettings)
    assert caught.value.exit_code == 2
    for text in ("ADDRESS is not set (Where it runs.)", "ATTEMPTS is wrong", "at least 1", "LOG_LEVEL is wrong"):
        assert text in caught.value.message


def test_a_malformed_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", "x")
    monkeypatch.setenv("ATTEMPTS", "hunter2-hunter2")
    with pytest.raises(SettingsError) as caught:
        load_settings(SampleSettings)
    assert "hunter2" not in str(caught.value)


def test_secrets_are_taught_to_the_redactor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", "x")
    monkeypatch.setenv("API_TOKEN", "correct-horse-battery")
    settings = load_settings(SampleSettings)
    assert "correct-horse" not in repr(settings)
    assert redact("said correct-horse-battery.") == "said [redacted]."


def test_the_home_is_absolute_and_without_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MUSTER_HOME", "~/here")
    assert load_settings(MusterSettings).muster_home == tmp_path / "here"
    monkeypatch.setenv("MUSTER_HOME", "there")
    assert load_settings(MusterSettings).muster_home == tmp_path / "there"
    monkeypatch.delenv("MUSTER_HOME")
    assert load_settings(MusterSettings).muster_home == tmp_path / ".muster"


def test_the_log_level_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert load_settings(MusterSettings).log_level == "DEBUG"


def test_a_file_that_is_no_text_is_an_error_that_names_it(env_file: Path) -> None:
    env_file.write_bytes(b"\xff\xfe\x00=1")
    with pytest.raises(SettingsError, match=r"\.env can't be read"):
        load_settings(MusterSettings)


def test_the_variables_of_a_class_can_be_listed() -> None:
    names = variable_names(SampleSettings)
    assert names == (*variable_names(MusterSettings), "ADDRESS", "ATTEMPTS", "API_TOKEN")
