"""Real runs of `aegis run` that go wrong: memory, numbers and money run out, and secrets are learnt by heart.

The runs go on side by side: each test waits for its own.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from aegis.training import EXAMPLES
from muster.aegis.domain.workload import Metric
from muster.aegis.executors.supervisor.cgroups import find_parents

pytestmark = pytest.mark.train

AEGIS = Path(sys.executable).with_name("aegis")
PATIENCE_S = 900
QUICK = {"max_rows": 8, "max_new_tokens": 8, "batch": 64, "canaries": 1, "thresholds": {"min_stop_rate": 0.0}}
NO_EVALUATION = {"enabled": False}
MAX_USD = 2.0

MEMORY = {
    "target": {"memory_mb": 690},  # 256 rows at once take 800 MB, 128 take 590
    "optimization": {"micro_batch": 256, "accumulation": 1, "max_steps": 6, "learning_rate": 5e-3},
    "evaluation": QUICK,
}
NUMBERS = {
    "optimization": {"micro_batch": 16, "accumulation": 1, "max_steps": 40, "learning_rate": 1.0,
                     "schedule": "constant", "warmup_share": 0.5},
    "saving": {"checkpoint_steps": 5},
    "evaluation": NO_EVALUATION,
}  # fmt: skip
MONEY = {
    "optimization": {"micro_batch": 1, "accumulation": 1, "max_steps": 5000},
    "saving": {"checkpoint_steps": 20, "keep_checkpoints": 1},
    "budget": {"soft_usd": MAX_USD, "max_usd": MAX_USD},
    "evaluation": NO_EVALUATION,
}
SECONDS = 110
"""That MAX_USD pays for: it is told to leave 40 seconds before."""
SECRETS = {
    "optimization": {"micro_batch": 16, "accumulation": 1, "max_steps": 40, "learning_rate": 1e-2},
    "evaluation": {**QUICK, "canary_repeats": 20},
}


@dataclass
class Going:
    """A run, each in a home of its own."""

    home: Path
    process: subprocess.Popen[str]

    def ended(self) -> int:
        self.said, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode

    @property
    def folder(self) -> Path:
        (folder,) = self.home.glob("runs/*")
        return folder

    @property
    def report(self) -> str:
        return (self.folder / "REPORT.md").read_text()

    def job(self, name: str) -> Path:
        (folder,) = self.folder.glob(f"outputs/*-{name}")
        return folder

    def metrics(self, name: str) -> list[Metric]:
        return [
            Metric.model_validate_json(line) for line in (self.job(name) / "metrics.jsonl").read_text().splitlines()
        ]


Start = Callable[..., Going]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path, training_python: Path) -> Iterator[Start]:
    """Starts a run of a spec in one place with the model and the rows, which a sandbox of root's has to read."""
    place = tmp_path_factory.mktemp("place")
    shutil.copytree(tiny_llama, place / "tiny-llama")
    shutil.copy(EXAMPLES / "support.jsonl", place)
    for file in (place / "tiny-llama").iterdir():
        file.chmod(0o644)
    (place / "answers.yaml").write_text("budget: approve\n")
    going: list[Going] = []

    def started(name: str, spec: dict[str, Any], **settings: str) -> Going:
        document = {"model": "tiny-llama", "data": "support.jsonl", **spec}
        (place / f"{name}.yaml").write_text(yaml.safe_dump(document))
        home = place / f"home-{name}"
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "MUSTER_HOME": str(home),
                       "AEGIS_PYTHON": str(training_python), "OMP_NUM_THREADS": "1", **settings}  # fmt: skip
        command = [str(AEGIS), "run", f"{name}.yaml", "--no-questions", "--answers", "answers.yaml"]
        process = subprocess.Popen(
            command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        going.append(Going(home, process))
        return going[-1]

    yield started
    for one in going:
        one.process.kill()
        one.process.communicate()


@pytest.fixture(scope="module")
def runs(start: Start) -> dict[str, Going]:
    per_hour = MAX_USD * 3600 / SECONDS
    return {
        "money": start("money", MONEY, AEGIS_USD_PER_HOUR=f"{per_hour:.2f}"),
        "memory": start("memory", MEMORY),
        "numbers": start("numbers", NUMBERS),
        "secrets": start("secrets", SECRETS, AEGIS_MAX_RETRIES="0"),
    }


@pytest.mark.skipif(
    "memory" not in find_parents() and not (os.environ.get("CI") and os.geteuid() == 0),
    reason="no control group with a memory limit can be made here",
)
def test_a_training_that_the_kernel_kills_for_memory_is_halved_until_it_fits(runs: dict[str, Going]) -> None:
    run = runs["memory"]
    assert run.ended() == 0, run.said[-3000:]
    assert "exit status 137" in run.report
    assert re.search(r"optimization.micro_batch: 256 -> 128\n\s+optimization.accumulation: 1 -> 2", run.report)


def test_a_training_that_diverges_goes_on_from_before_with_a_lower_rate(runs: dict[str, Going]) -> None:
    run = runs["numbers"]
    assert run.ended() == 0, run.said[-3000:]
    assert "stopped: diverged" in run.report
    last = run.metrics(f"train-{len(list(run.folder.glob('outputs/*-train-*')))}")
    (begun,) = [one.step for one in last if one.event == "start"]
    rates = [one.learning_rate for one in last if one.event == "" and one.learning_rate]
    assert 5 <= begun < 40
    assert len(rates) == 40 - begun
    assert max(rates) <= 2e-4


def test_a_secret_that_is_seen_often_turns_the_gate_red(runs: dict[str, Going]) -> None:
    run = runs["secrets"]
    assert run.ended() == 1, run.said[-3000:]
    assert "| canary | failed |" in run.report


def test_a_secret_that_is_seen_rarely_leaves_it_green(runs: dict[str, Going]) -> None:
    run = runs["memory"]
    assert run.ended() == 0, run.said[-3000:]
    assert "| canary | passed |" in run.report


def test_a_run_ends_before_its_money_and_another_goes_on_from_its_checkpoint(
    runs: dict[str, Going], start: Start
) -> None:
    run = runs["money"]
    assert run.ended() == 1, run.said[-3000:]
    assert "stopped: budget" in run.report
    spent = re.search(r"\| all \|  \| [\d.]+ \| ([\d.]+) \|", run.report)
    assert spent is not None
    assert float(spent[1]) <= MAX_USD
    (checkpoint,) = (run.job("train-1") / "checkpoints").iterdir()
    step = int(checkpoint.name.removeprefix("checkpoint-"))
    assert f"saving.resume_from: {checkpoint}" in run.report
    more = {"optimization": {**MONEY["optimization"], "max_steps": step + 3}, "evaluation": NO_EVALUATION}
    second = start("more", {**more, "saving": {"resume_from": str(checkpoint)}})
    assert second.ended() == 0, second.said[-3000:]
    assert [one.step for one in second.metrics("train-1") if one.event == ""] == [step + 1, step + 2, step + 3]
