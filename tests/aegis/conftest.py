"""The environment that trains, and the tiny model: made once a session, by those tests that ask."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis.training import ENV, EXAMPLES, Host, host, require_training_python


@pytest.fixture(scope="session")
def training_python() -> Path:
    return require_training_python()


@pytest.fixture(scope="session")
def tiny_llama(training_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny-llama"
    command = [str(training_python), "-W", "ignore", str(EXAMPLES / "make_tiny_model.py"), str(folder)]
    subprocess.run(command, check=True, env=ENV, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def training_host(training_python: Path) -> Iterator[Host]:
    with host(training_python) as started:
        yield started
