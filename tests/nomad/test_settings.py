"""The settings."""

import pytest

from muster.core.errors import SettingsError
from muster.core.settings import load_settings
from muster.nomad.settings import NomadSettings


def test_an_address_without_scheme_is_refused_with_its_variable(tmp_path):
    file = tmp_path / "env"
    file.write_text("NOMAD_ADDR=nomad.example:4646\nMAX_ITERATIONS=99\nDEFAULT_MEMORY=99999999\n")
    with pytest.raises(SettingsError) as refused:
        load_settings(NomadSettings, env_file=file)
    assert "NOMAD_ADDR" in refused.value.message
    assert "DEFAULT_MEMORY" in refused.value.message
    assert "MAX_ITERATIONS" in refused.value.message


@pytest.mark.parametrize("line", ['NOMAD_TOKEN="hunter2\\nhunter2"', "NOMAD_TOKEN=hunter2é", "NOMAD_TOKEN='a hunter2'"])
def test_a_token_that_fits_no_header_is_refused_and_not_quoted(tmp_path, line):
    file = tmp_path / "env"
    file.write_text(f"{line}\n")
    with pytest.raises(SettingsError, match="NOMAD_TOKEN is wrong: a token has no spaces") as refused:
        load_settings(NomadSettings, env_file=file)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "1e300", "soon"])
def test_a_deadline_is_a_number_of_seconds(tmp_path, seconds):
    file = tmp_path / "env"
    file.write_text(f"VERIFICATION_TIMEOUT={seconds}\n")
    with pytest.raises(SettingsError, match="VERIFICATION_TIMEOUT is wrong"):
        load_settings(NomadSettings, env_file=file)


def test_the_token_is_never_shown(tmp_path):
    file = tmp_path / "env"
    file.write_text("NOMAD_TOKEN=5b1c6e1a-0000-4444-8888-abcdefabcdef\n")
    assert "5b1c6e1a" not in repr(load_settings(NomadSettings, env_file=file))
