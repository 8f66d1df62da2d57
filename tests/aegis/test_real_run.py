"""`aegis run` as a person calls it: a real training in the sandbox, evaluated and reported; killed, and resumed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis.training import EXAMPLES, PATIENCE_S

pytestmark = pytest.mark.train

AEGIS = Path(sys.executable).with_name("aegis")
WORDS = "LoRA fine-tune tiny-llama on examples/aegis/support.jsonl under $2"
"""As the page has it: all else is a default."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path) -> Path:
    """A folder with the model and the rows, both readable by whom a sandbox of root's runs as."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copytree(tiny_llama, folder / "tiny-llama")
    for file in (folder / "tiny-llama").iterdir():
        file.chmod(0o644)
    shutil.copytree(EXAMPLES, folder / "examples/aegis")
    return folder


@pytest.fixture
def environment(place: Path, tmp_path: Path, training_python: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MUSTER_HOME": str(tmp_path / "home"),
            "AEGIS_PYTHON": str(training_python), "OMP_NUM_THREADS": "1"}  # fmt: skip


def run_folder(environment: dict[str, str]) -> Path:
    (jobs,) = Path(environment["MUSTER_HOME"]).glob("runs/*/jobs")
    return jobs.parent


def metrics(environment: dict[str, str]) -> Iterator[Path]:
    yield from Path(environment["MUSTER_HOME"]).glob("runs/*/jobs/*-train-1/outputs/metrics.jsonl")


def wait_for_steps(environment: dict[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if any('"step": 5,' in path.read_text() for path in metrics(environment)):
            return
        time.sleep(0.05)
    raise AssertionError("no step was told")


def test_words_become_an_evaluated_adapter_and_a_report(place: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [str(AEGIS), "run", WORDS, "--no-questions"], cwd=place, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    folder = run_folder(environment)
    assert list(folder.glob("outputs/*-train-1/artefact/adapter_model.safetensors"))
    report = (folder / "REPORT.md").read_text()
    assert "| perplexity | passed |" in report
    assert "| stop_rate | passed |" in report


def test_a_killed_run_follows_the_job_that_it_launched(place: Path, environment: dict[str, str]) -> None:
    started = subprocess.Popen(
        [str(AEGIS), "run", WORDS, "--no-questions"], cwd=place, env=environment, stdout=subprocess.DEVNULL
    )
    wait_for_steps(environment)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    folder = run_folder(environment)
    done = subprocess.run(
        [str(AEGIS), "resume", folder.name, "--no-questions"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert [path.name for path in sorted((folder / "jobs").iterdir())] == [
        f"{folder.name}-eval-1",
        f"{folder.name}-train-1",
    ]
