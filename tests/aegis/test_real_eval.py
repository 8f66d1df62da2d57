"""`aegis eval` as a person calls it: a saved model and a task of lm-eval, measured for real."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aegis.evals.test_real_evaluation import TASK
from aegis.training import EXAMPLES, write_rows

pytestmark = pytest.mark.train

AEGIS = Path(sys.executable).with_name("aegis")
SPEC = """
model: tiny-llama
data: support.jsonl
evaluation:
  max_rows: 8
  max_new_tokens: 8
  tasks: [tasks/returns.yaml]
  thresholds: {max_regression: 0.2}
"""


@pytest.fixture
def place(tmp_path: Path, tiny_llama: Path) -> Path:
    shutil.copytree(tiny_llama, tmp_path / "tiny-llama")
    for file in (tmp_path / "tiny-llama").iterdir():
        file.chmod(0o644)
    shutil.copy(EXAMPLES / "support.jsonl", tmp_path)
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks/returns.yaml").write_text(TASK)
    asked = {"question": "Can I return the lamp?", "choices": ["Yes.", "No."], "label": 0}
    write_rows(tmp_path / "tasks/returns.jsonl", [asked] * 4)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def aegis(place: Path, python: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "MUSTER_HOME": str(place / "home"),
           "AEGIS_PYTHON": str(python), "OMP_NUM_THREADS": "1"}  # fmt: skip
    command = [str(AEGIS), *words, "--no-questions"]
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)


def test_a_model_against_itself_passes_and_the_task_is_measured(place: Path, training_python: Path) -> None:
    done = aegis(place, training_python, "eval", "spec.yaml", "--artefact", "tiny-llama")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    (found,) = place.glob("home/runs/*/outputs/*-eval-1/evaluation.json")
    assert set(json.loads(found.read_text())["others"]["task-0:acc"]) == {"base", "tuned"}
    (report,) = place.glob("home/runs/*/REPORT.md")
    assert "| perplexity | passed |" in report.read_text()
