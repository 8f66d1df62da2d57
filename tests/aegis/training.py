"""Real trainings of the tiny model: folders as an executor makes them, and a process that runs their scripts."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Metric
from muster.aegis.generators.template import TemplateGenerator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/aegis"
TRAINING_PYTHON = ROOT / ".venv-train/bin/python"
ENV = {"OMP_NUM_THREADS": "1", "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp")}
PATIENCE_S = 240
"""For a machine under load; a sound run takes seconds."""


def require_training_python() -> Path:
    """The interpreter of `make train-env`; without it a skip that says how to get it, or a failure where CI runs."""
    if not TRAINING_PYTHON.exists():
        said = "no .venv-train beside the checkout: `make train-env` installs what trains"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    return TRAINING_PYTHON


class Host:
    """Runs scripts one after another in one process's forks (training_host.py)."""

    def __init__(self, python: Path) -> None:
        command = [str(python), "-W", "ignore", str(Path(__file__).with_name("training_host.py"))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV, bufsize=1
        )

    def start(self, folder: Path, script: str = "train.py") -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder}\t{script}\n")
        return int(self._line())

    def wait(self) -> int:
        return int(self._line())

    def run(self, folder: Path, script: str = "train.py") -> int:
        self.start(folder, script)
        return self.wait()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def host(python: Path) -> Iterator[Host]:
    started = Host(python)
    try:
        yield started
    finally:
        started.close()


def support_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / "support.jsonl").read_text().splitlines()]


def spec_of(**blocks: Any) -> TrainingSpec:
    """A short training; a block's keys are put over these."""
    document: dict[str, Any] = {
        "model": {"path": "tiny-llama"},
        "data": {"path": "support.jsonl"},
        "optimization": {"max_steps": 24, "learning_rate": 5e-3, "micro_batch": 8, "accumulation": 1},
        "shape": {"seq_len": 96},
        "saving": {"checkpoint_steps": 6},
    }
    for name, value in blocks.items():
        document[name] = document.get(name, {}) | value if isinstance(value, dict) else value
    return TrainingSpec.model_validate(document)


def lay_out(folder: Path, spec: TrainingSpec, model: Path, rows: list[dict[str, Any]]) -> Path:
    """What an executor makes of a workload: script and inputs."""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    (inputs / "model").symlink_to(model)
    write_rows(inputs / "data.jsonl", rows)
    (folder / "train.py").write_text(TemplateGenerator().training(spec))
    return folder


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def metrics(folder: Path) -> list[Metric]:
    path = folder / "outputs/metrics.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [Metric.model_validate_json(line) for line in lines if line.endswith("}")]


def losses(folder: Path) -> list[float]:
    return [one.loss for one in metrics(folder) if one.event == "" and one.loss is not None]


def result(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "outputs/result.json").read_text())


def weights(folder: Path) -> bytes:
    (file,) = (folder / "outputs/artefact").glob("*.safetensors")
    return file.read_bytes()


def signal_at(folder: Path, pid: int, event: str, signum: signal.Signals) -> None:
    """Send it when the first line of that event is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if any(one.event == event for one in metrics(folder)):
            os.kill(pid, signum)
            return
        time.sleep(0.01)
    raise AssertionError(f"no event {event!r} in {PATIENCE_S} s: {(folder / 'log').read_text()[-2000:]}")
