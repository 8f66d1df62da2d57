"""Every executor is made of settings, and says before a run what it lacks."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from aegis.executors.docker_double import docker_engine
from aegis.executors.nomad_double import nomad_cluster
from aegis.executors.sandboxes import needs_bwrap
from muster.aegis.domain.spec import Executor as ExecutorName
from muster.aegis.places import Places, service_checks
from muster.aegis.settings import AegisSettings, Options
from muster.core.errors import MissingExtraError, SettingsError, UnreachableError, UsageError
from muster.core.health import ask_health
from muster.core.settings import load_settings

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def settings_of(folder: Path, **given: Any) -> AegisSettings:
    lines = [f"{name.upper()}={value}" for name, value in {"muster_home": folder / "home", **given}.items()]
    (folder / "env").write_text("\n".join(lines) + "\n")
    return load_settings(AegisSettings, env_file=folder / "env")


def nomad_settings(folder: Path, address: str, **given: Any) -> AegisSettings:
    (folder / "volume").mkdir(exist_ok=True)
    named = {"addr": address, "image": "trainer:1", "volume": "training", "volume_root": folder / "volume"}
    return settings_of(folder, **{f"aegis_nomad_{name}": value for name, value in {**named, **given}.items()})


def make(settings: AegisSettings, name: ExecutorName, stack: ExitStack) -> str:
    return Places(settings, Options(), settings.muster_home / "run", stack).executor(name).name


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("docker", "AEGIS_DOCKER_IMAGE"),
        ("nomad", "AEGIS_NOMAD_ADDR, AEGIS_NOMAD_IMAGE, AEGIS_NOMAD_VOLUME, AEGIS_NOMAD_VOLUME_ROOT"),
        ("modal", "AEGIS_MODAL_IMAGE"),
    ],
)
def test_an_executor_that_is_not_configured_names_all_its_settings(
    name: ExecutorName, missing: str, tmp_path: Path, stack: ExitStack
) -> None:
    with pytest.raises(SettingsError, match=f"the executor {name} needs {missing}"):
        make(settings_of(tmp_path), name, stack)


def test_nomad_is_made_of_its_settings(tmp_path: Path, stack: ExitStack) -> None:
    _, address = stack.enter_context(nomad_cluster(tmp_path / "cluster"))
    assert make(nomad_settings(tmp_path, address), "nomad", stack) == "nomad"


def test_a_cluster_that_is_away_is_told_before_anything_is_launched(tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(UnreachableError, match="AEGIS_NOMAD_ADDR"):
        make(nomad_settings(tmp_path, NOWHERE), "nomad", stack)


def test_a_volume_that_is_not_here_is_told_with_its_setting(tmp_path: Path, stack: ExitStack) -> None:
    settings = nomad_settings(tmp_path, NOWHERE, volume_root=tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="AEGIS_NOMAD_VOLUME_ROOT"):
        make(settings, "nomad", stack)


def test_docker_is_made_of_its_settings(tmp_path: Path, stack: ExitStack) -> None:
    _, socket = stack.enter_context(docker_engine(tmp_path / "engine"))
    settings = settings_of(tmp_path, aegis_docker_image="trainer:1", aegis_docker_socket=socket)
    assert make(settings, "docker", stack) == "docker"


def test_an_image_that_the_engine_lacks_is_told_before_anything_is_launched(tmp_path: Path, stack: ExitStack) -> None:
    _, socket = stack.enter_context(docker_engine(tmp_path / "engine"))
    settings = settings_of(tmp_path, aegis_docker_image="other:2", aegis_docker_socket=socket)
    with pytest.raises(UsageError, match="docker pull other:2"):
        make(settings, "docker", stack)


def test_modal_without_its_sdk_names_the_extra(tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(MissingExtraError, match=r"muster-agents\[modal\]"):
        make(settings_of(tmp_path, aegis_modal_image="trainer:1"), "modal", stack)


def test_only_what_is_configured_is_looked_at(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, aegis_nomad_addr=NOWHERE)
    assert [check.name for check in service_checks(settings)] == ["sandbox", "nomad"]


@needs_bwrap
def test_the_doctor_says_in_what_jobs_run(tmp_path: Path) -> None:
    (check,) = service_checks(settings_of(tmp_path, aegis_python=sys.executable))
    assert ask_health(check).detail.endswith(str(shutil.which("bwrap")))


def test_the_doctor_says_that_no_python_trains(tmp_path: Path) -> None:
    (check,) = service_checks(settings_of(tmp_path, aegis_python=tmp_path / "none"))
    health = ask_health(check)
    assert (health.status, "AEGIS_PYTHON" in health.advice) == ("misconfigured", True)


def test_tokens_are_never_shown(tmp_path: Path) -> None:
    tokens = dict.fromkeys(("aegis_nomad_token", "aegis_modal_token_secret", "hf_token"), "hunter2-token")
    assert "hunter2" not in repr(settings_of(tmp_path, **tokens))
